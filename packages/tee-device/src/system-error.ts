// What a refusal of the kernel means and what to do about it. Pure.
import { TeeError, type TeeErrorCode } from './error.ts'

type Meaning = readonly [code: TeeErrorCode, remedy: string]

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: [
    'tee.not-found',
    'this kernel or this guest has no such file; see the list of files it needs',
  ],
  ENOTDIR: [
    'tee.not-found',
    'this kernel or this guest has no such file; see the list of files it needs',
  ],
  EACCES: ['tee.forbidden', 'run as root, or let this user in'],
  EPERM: ['tee.forbidden', 'run as root; a container needs the folder mounted writable'],
  EROFS: ['tee.forbidden', 'the folder is mounted read-only; mount it writable'],
  EBUSY: ['tee.busy', 'an earlier request is still with the host; try again in some seconds'],
  EAGAIN: ['tee.busy', 'another program changed the request meanwhile; try again'],
  EINTR: ['tee.interrupted', 'the wait was interrupted; try again'],
  ETIMEDOUT: ['tee.timeout', 'the host did not answer; its quoting service may be down'],
  ENXIO: ['tee.no-provider', 'no TEE driver is loaded (tdx_guest or sev_guest), or it refused'],
  ENODEV: ['tee.no-provider', 'no TEE driver is loaded (tdx_guest or sev_guest)'],
  EINVAL: ['tee.refused', 'the kernel or the firmware does not accept the request'],
  EFBIG: ['tee.answer-too-large', 'larger than the platform or this program allows'],
}

/** The system's code of an error, `undefined` when it has none. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** An error of a file call as a TeeError; a TeeError stays as it is. */
export function teeErrorOf(error: unknown, path: string): TeeError {
  if (error instanceof TeeError) return error
  const code = systemCode(error)
  const meaning = MEANINGS[code ?? '']
  if (meaning !== undefined)
    return new TeeError(meaning[0], `${path}: ${code}: ${meaning[1]}`, { cause: error })
  const reason = error instanceof Error ? error.message : String(error)
  return new TeeError('tee.failed', `${path}: ${reason}`, { cause: error })
}
