// The agent's own socket for its worker. Serves a Unix socket.
import { bridgeCallSchema } from '@wetee/chain'
import { refusal, serveSocket, type SocketCall } from '@wetee/tee-device'
import * as z from 'zod'
import type { StateAnswer } from '../instance-state.ts'
import type { VolumeKey } from '../application/volume-keys.ts'
import type { AskedCall, SignedResult } from '../bridge/call-runner.ts'
import { firstProblem } from '../launch/fields.ts'
import { errorFields, type Log } from '../log.ts'
import { failureNoticeSchema, type FailureNotice } from '../owner/failure-review.ts'

/** What the worker may ask; what a mode does not have is absent and refused. */
export type ControlActions = {
  readonly state: () => StateAnswer
  /** Signature of Ready by the instance key; `undefined` while the instance is not attested. */
  readonly ready?: () => Promise<`0x${string}`> | undefined
  /** Open connections of clients, and whether these are sent elsewhere. */
  readonly clients?: () => { readonly connections: number; readonly draining: boolean }
  /** Starts draining; answers at once. */
  readonly drain?: () => void
  /** Something has failed, by the worker's word. */
  readonly failure?: (notice: FailureNotice) => void
  /** Starts a round of renewal now. */
  readonly renew?: () => void
  /** Key of a volume that the manifest names, for the host that mounts it; `undefined` where hosts get none. */
  readonly volumeKey?: (name: string, older: boolean) => Promise<VolumeKey> | undefined
  /** Carries a call of a contract out, or says again what came of it; `undefined` while nothing can be carried out. */
  readonly call?: (asked: AskedCall) => Promise<SignedResult> | undefined
  /** Evidence of a worker's own machine, as text. */
  readonly evidence?: () => Promise<string | undefined>
}

const MAX_BODY_BYTES = 65_536
const MAX_DEFINITION_LENGTH = 4_096
const callSchema = z.strictObject({
  call: bridgeCallSchema,
  definition: z.string().min(1).max(MAX_DEFINITION_LENGTH),
  /** At most 4,096 bytes. */
  args: z.templateLiteral(['0x', z.string().regex(/^(?:[0-9a-f]{2}){0,4096}$/)]),
})
const volumeSchema = z.strictObject({
  name: z.string().min(1).max(63),
  /** That of the network's older key. */
  older: z.boolean().default(false),
})

/** Listens on `agent.sock` (mode 0666: the folder decides who reaches it). */
export function startControl(
  socketPath: string,
  actions: ControlActions,
  log: Log,
): Promise<{ close(): Promise<void> }> {
  return serveSocket({
    socketPath,
    fileMode: 0o666,
    maxBytes: MAX_BODY_BYTES,
    handle: (call) => handle(actions, call),
    onError: (error, { path }) => log.error({ path, ...errorFields(error) }, 'control call failed'),
  })
}

async function handle(
  actions: ControlActions,
  { method, path, body }: SocketCall,
): Promise<unknown> {
  switch (`${method} ${path}`) {
    case 'GET /v1/state':
      return { ...actions.state(), ...actions.clients?.() }
    case 'POST /v1/ready': {
      const signature = await actions.ready?.()
      if (signature === undefined)
        throw refusal(409, 'agent.not-attested', 'this instance is not attested now: ask again')
      return { signature }
    }
    case 'POST /v1/drain':
      actions.drain?.()
      return {}
    case 'POST /v1/failure': {
      const notice = failureNoticeSchema.safeParse(body)
      if (!notice.success)
        throw refusal(400, 'request.invalid', firstProblem(notice.error).slice(0, 300))
      actions.failure?.(notice.data)
      return {}
    }
    case 'POST /v1/renew':
      actions.renew?.()
      return {}
    case 'POST /v1/volume-key': {
      const asked = volumeSchema.safeParse(body)
      if (!asked.success) throw refusal(400, 'request.invalid', 'expected the name of a volume')
      const found = await actions.volumeKey?.(asked.data.name, asked.data.older)
      if (found === undefined)
        throw refusal(409, 'volume.not-for-hosts', 'this TEE gives no key of a disk to its host')
      return found
    }
    case 'POST /v1/call': {
      const result = await actions.call?.(parseCall(body))
      if (result === undefined)
        throw refusal(409, 'agent.not-attested', 'this instance carries nothing out now: ask again')
      const { callId, body: bytes, ...rest } = result
      const shown = bytes === undefined ? {} : { body: Buffer.from(bytes).toString('base64') }
      return { callId: String(callId), ...rest, ...shown }
    }
    case 'GET /v1/evidence': {
      const text = await actions.evidence?.()
      if (text === undefined)
        throw refusal(503, 'evidence.pending', 'there is no evidence to be had; see the log')
      return JSON.parse(text) as unknown
    }
    default:
      throw refusal(404, 'request.unknown', `${method} ${path}: no such call`)
  }
}

/** A call as the worker brings it. Throws TeeError `request.invalid`. */
export function parseCall(body: unknown): AskedCall {
  const asked = callSchema.safeParse(body)
  if (asked.success) return asked.data
  throw refusal(400, 'request.invalid', firstProblem(asked.error).slice(0, 300))
}
