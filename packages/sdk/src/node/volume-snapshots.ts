// Snapshots of volumes: fetched from the instance that seals them, checked whole before they count, and put back. Network and file I/O.
import { createReadStream, openSync, renameSync, rmSync, writeSync, closeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { openSnapshot, SealedLogError, type SnapshotHeader } from '@wetee/sealed-log'
import type { ReaderKeys } from '@wetee/sealing'
import * as z from 'zod'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import { jsonOf, readAnswer } from '../owner/calls.ts'
import { openOwnerSessions, type OwnerSession } from '../owner/session.ts'
import { feed } from './exec-input.ts'
import { leasedKeys, type LogKeys } from './sealed-records.ts'

/** A volume of one replica. */
export type VolumeInfo = {
  readonly name: string
  readonly sizeMiB: number
  /** Snapshots are read through it; absent: no service mounts the volume. */
  readonly service?: string
}

/** Which volume, and where its snapshot lies. */
export type SnapshotOptions = {
  readonly volume: string
  readonly keys: LogKeys
  /** The sealed snapshot. */
  readonly file: string
} & VolumeSource

/** Which instance has it. */
export type VolumeSource = {
  /** Default 0. */
  readonly replica?: number
  /** One that is open already, of the same application. */
  readonly sessions?: readonly OwnerSession[]
  readonly signal?: AbortSignal
}

/** Of what a snapshot is; everything in it has been checked. */
export type SnapshotInfo = SnapshotHeader & {
  /** Of the archive. */
  readonly bytes: number
  readonly sha256: string
}

const volumesSchema = z.object({
  volumes: z
    .array(
      z.object({
        name: z.string().max(63),
        sizeMiB: z.int().nonnegative(),
        service: z.string().max(63).optional(),
      }),
    )
    .max(64),
})
const frameSchema = z.union([
  z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) }),
  z.object({ restoredBytes: z.int().nonnegative() }),
  z.object({ error: z.object({ code: z.string().max(100), message: z.string().max(1_000) }) }),
])
const TRIES = 5
const RETRY_MS = 1_000

/** Volumes of one replica. Throws as `openOwnerSessions` and its sessions do. */
export async function volumes(
  network: Network,
  appId: bigint,
  options: VolumeSource = {},
): Promise<VolumeInfo[]> {
  const session = await sessionOf(network, appId, options)
  const answer = readAnswer(volumesSchema, await session.get('/v1/volumes', options.signal))
  return answer.volumes.map(({ service, ...rest }) => ({
    ...rest,
    ...(service === undefined ? {} : { service }),
  }))
}

/**
 * Has an instance seal what a volume holds, and writes that to `file`, which is there only when it is whole. Tries again while the volume is
 * written to, `tries` times (default 5). Throws as sessions do; SdkError `snapshot.changed`, `snapshot.failed`, `snapshot.invalid`.
 */
export async function snapshotVolume(
  network: Network,
  appId: bigint,
  options: SnapshotOptions & { readonly tries?: number; readonly onRetry?: (left: number) => void },
): Promise<SnapshotInfo> {
  const { tries = TRIES, signal } = options
  const session = await sessionOf(network, appId, options)
  for (let left = tries - 1; ; left--)
    try {
      return await fetchOne(session, options)
    } catch (error) {
      if (!(error instanceof SdkError) || error.code !== 'snapshot.changed' || left <= 0)
        throw error
      options.onRetry?.(left)
      await delay(RETRY_MS, undefined, signal === undefined ? {} : { signal })
    }
}

/**
 * Opens all of a snapshot and says of what it is. It counts only when it is of this application and signed by a key that has had a lease of it on
 * chain; `unproven` leaves the lease out. Throws SdkError `snapshot.invalid`, `file.unreadable`.
 */
export async function checkSnapshot(
  network: Pick<Network, 'profile' | 'reader'>,
  appId: bigint,
  {
    keys,
    file,
    unproven = false,
  }: Pick<SnapshotOptions, 'keys' | 'file'> & { readonly unproven?: boolean },
): Promise<SnapshotInfo> {
  const info = await openAll(keys, createReadStream(file))
  const { chainId, contracts } = network.profile
  const isOwn =
    info.chainId === String(chainId) &&
    info.cloud === contracts.cloud.toLowerCase() &&
    info.appId === String(appId)
  if (!isOwn)
    throw invalid(
      `${file} is of application ${info.appId} on chain ${info.chainId}, not of this one`,
    )
  if (!unproven && !(await leasedKeys(network, appId)).has(info.instanceKey))
    throw invalid(`${file} is signed by ${info.instanceKey}, which never had a lease of it`)
  return info
}

/**
 * Puts what a snapshot holds in the place of what a volume holds, after `checkSnapshot`. What goes to the instance is opened here, and sealed
 * by the connection alone. Throws as `checkSnapshot` and sessions do; SdkError `agent.refused` where it was not put back.
 */
export async function restoreVolume(
  network: Network,
  appId: bigint,
  options: SnapshotOptions & { readonly unproven?: boolean },
): Promise<SnapshotInfo> {
  const info = await checkSnapshot(network, appId, options)
  const { volume, keys, file, signal } = options
  const session = await sessionOf(network, appId, options)
  const ended = new AbortController()
  const until = AbortSignal.any([ended.signal, ...(signal === undefined ? [] : [signal])])
  let failure: unknown
  try {
    const path = `/v1/volumes/${encodeURIComponent(volume)}/restore`
    for await (const line of session.lines(path, { body: {}, signal: until })) {
      const frame = readAnswer(frameSchema, jsonOf(line))
      if ('restoredBytes' in frame) return info
      if ('error' in frame)
        throw new SdkError('agent.refused', `the agent: ${frame.error.message}`, {
          details: { code: frame.error.code },
        })
      // Not waited for: an instance that has enough says so.
      feed(session, frame.id, { input: archiveOf(keys, file) }, until).catch((error: unknown) => {
        failure = error
        ended.abort()
      })
    }
  } finally {
    ended.abort()
  }
  if (failure !== undefined) throw failure as Error
  throw new SdkError('agent.unreachable', 'the connection ended before the volume was put back', {
    retryable: true,
  })
}

async function sessionOf(
  network: Network,
  appId: bigint,
  { replica = 0, sessions, signal }: VolumeSource,
): Promise<OwnerSession> {
  const own = {
    replica,
    ...(sessions === undefined ? {} : { sessions }),
    ...(signal === undefined ? {} : { signal }),
  }
  const [session] = await openOwnerSessions(network, appId, own)
  if (session === undefined) throw new SdkError('app.no-agent', `no replica ${replica} answers`)
  return session
}

/** One try: written as it comes, opened at the same time, given its name when it is whole. */
async function fetchOne(
  session: OwnerSession,
  { volume, keys, file, signal }: SnapshotOptions,
): Promise<SnapshotInfo> {
  const partial = `${file}.partial`
  const fd = openSync(partial, 'w', 0o600)
  try {
    const path = `/v1/volumes/${encodeURIComponent(volume)}/snapshot`
    const sealed = session.bytes(path, { body: { key: `0x${keys.logKey}` }, signal })
    const info = await openAll(keys, written(sealed, fd))
    if (info.volume !== volume) throw invalid(`the instance gave volume "${info.volume}"`)
    renameSync(partial, file)
    return info
  } finally {
    closeSync(fd)
    rmSync(partial, { force: true })
  }
}

async function* written(source: AsyncIterable<Uint8Array>, fd: number) {
  for await (const bytes of source) {
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at)
    yield bytes
  }
}

/** The archive of a snapshot; its end comes only when it is whole. */
async function* archiveOf(keys: ReaderKeys, file: string): AsyncGenerator<Uint8Array> {
  for await (const part of openSnapshot(keys, createReadStream(file)))
    if ('bytes' in part) yield part.bytes
}

async function openAll(keys: ReaderKeys, source: AsyncIterable<Uint8Array>): Promise<SnapshotInfo> {
  let header: SnapshotHeader | undefined
  try {
    for await (const part of openSnapshot(keys, source))
      if ('header' in part) ({ header } = part)
      else if ('end' in part && header !== undefined) return { ...header, ...part.end }
  } catch (cause) {
    if (cause instanceof SealedLogError) throw problemOf(cause)
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause
    throw new SdkError('file.unreadable', 'the snapshot cannot be read', { cause })
  }
  throw invalid('it has no end')
}

function problemOf(cause: SealedLogError): SdkError {
  if (cause.code !== 'snapshot.failed') return invalid(cause.message, cause)
  const isChanged = cause.reason === 'snapshot.changed'
  return new SdkError(
    isChanged ? 'snapshot.changed' : 'snapshot.failed',
    isChanged
      ? 'the volume was written to each time while it was read: have the application stop writing for a moment'
      : `the instance could not read the volume: ${cause.message}`,
    { retryable: isChanged, cause, details: { code: cause.reason ?? '' } },
  )
}

function invalid(why: string, cause?: unknown): SdkError {
  return new SdkError('snapshot.invalid', `no snapshot to rely on: ${why}`, { cause })
}
