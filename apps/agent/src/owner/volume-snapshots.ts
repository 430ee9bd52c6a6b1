// Volumes as sealed archives to their owner, and back. A service's container has the files, so the launcher reads and writes them there, as
// its user; this seals what comes out, inside the TEE. No I/O of its own.
import type { ManifestDocument } from '@wetee/manifest'
import { SnapshotSealer, type SnapshotHeader } from '@wetee/sealed-log'
import type { ExecFrame, ExecOrder } from './exec-order.ts'
import { OwnerError } from './owner-error.ts'
import type { RestoreFrame } from './schemas.ts'
import type { ExecSession, ServiceExec } from './service-exec.ts'

/** What snapshots are made of. */
export type VolumeSnapshotsParts = {
  readonly manifest: Pick<ManifestDocument, 'services' | 'volumes' | 'snapshots'>
  /** Every snapshot names them. */
  readonly place: Omit<SnapshotHeader, 'format' | 'volume' | 'atMs'>
  readonly exec: Pick<ServiceExec, 'checkRoom' | 'runOwn'>
  /** By the instance's signing key. */
  readonly sign: (hash: `0x${string}`) => Promise<`0x${string}`>
  readonly now: () => number
  readonly monotonicMs: () => number
}

const MIB = 1_048_576
/** Longest time of one, seconds; a sign-in that has ended since does not end it. */
const MAX_SECONDS = 3_600
/** Heads of its members and files with holes come on top of a volume's size. */
const SPARE_BYTES = 4 * MIB
const MAX_WORDS = 1_000

/** One at a time. */
export class VolumeSnapshots {
  readonly #parts: VolumeSnapshotsParts
  #isBusy = false

  constructor(parts: VolumeSnapshotsParts) {
    this.#parts = parts
  }

  /** Volumes of the manifest, and the service that snapshots are read through. */
  list(): { readonly name: string; readonly sizeMiB: number; readonly service?: string }[] {
    return this.#parts.manifest.volumes.map(({ name, sizeMiB }) => {
      const service = this.#mountOf(name, 'read')?.service
      return { name, sizeMiB, ...(service === undefined ? {} : { service }) }
    })
  }

  /** Throws OwnerError where this volume cannot be read, or written, now. */
  check(name: string, access: 'read' | 'write'): void {
    const { manifest, exec } = this.#parts
    if (manifest.snapshots !== true)
      throw new OwnerError(
        'snapshot.not-allowed',
        'the manifest does not allow it: x-wetee.snapshots: true',
      )
    if (this.#mountOf(name, access) === undefined)
      throw new OwnerError('volume.unknown', `no service of it can ${access} such a volume`)
    if (this.#isBusy)
      throw new OwnerError('request.too-many', 'another snapshot is being made or put back')
    exec.checkRoom()
  }

  /** A sealed snapshot as it is made; one that fails says so under its seal. `key`: 0x and 64 digits. Throws OwnerError, SealingError. */
  async *snapshot(
    name: string,
    key: string,
    session: ExecSession,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    this.check(name, 'read')
    const { place, now, sign } = this.#parts
    const header = { ...place, volume: name, atMs: now() }
    this.#isBusy = true
    try {
      const sealer = await SnapshotSealer.open(header, Buffer.from(key.slice(2), 'hex'))
      yield sealer.head
      const said = new Said()
      let bytes = 0
      for await (const frame of this.#run(name, 'read', session, signal)) {
        const written = said.take(frame)
        if (written === undefined) continue
        bytes += written.length
        if (bytes > this.#maxBytesOf(name)) {
          yield sealer.fail('snapshot.too-large', 'it is larger than its volume may be')
          return
        }
        yield sealer.seal(written)
      }
      const failure = said.failure(bytes)
      yield failure === undefined
        ? await sealer.end(sign)
        : sealer.fail(failure.code, failure.message)
    } finally {
      this.#isBusy = false
    }
  }

  /** Takes an archive by `ServiceExec.input` and puts it in the place of what the volume holds. Throws OwnerError. */
  async *restore(
    name: string,
    session: ExecSession,
    signal: AbortSignal,
  ): AsyncGenerator<RestoreFrame, void, undefined> {
    this.check(name, 'write')
    this.#isBusy = true
    try {
      const said = new Said()
      for await (const frame of this.#run(name, 'write', session, signal))
        if ('id' in frame) yield frame
        else said.take(frame)
      const failure = said.failure(undefined)
      yield failure === undefined ? { restoredBytes: said.bytes } : { error: failure }
    } finally {
      this.#isBusy = false
    }
  }

  #run(name: string, access: 'read' | 'write', session: ExecSession, signal: AbortSignal) {
    const { exec, monotonicMs } = this.#parts
    const mount = this.#mountOf(name, access)
    if (mount === undefined) throw new OwnerError('volume.unknown', 'no such volume')
    const word = access === 'read' ? '--archive' : '--restore'
    const order: ExecOrder = {
      service: mount.service,
      command: [word, mount.target],
      interactive: true,
      timeoutSeconds: MAX_SECONDS,
    }
    const own = { ...session, endMs: monotonicMs() + MAX_SECONDS * 1_000 }
    return exec.runOwn(order, own, signal, access === 'read' ? 'snapshot' : 'restore')
  }

  /** The first service that has it, in the order of the manifest. */
  #mountOf(name: string, access: 'read' | 'write') {
    for (const { name: service, volumes } of this.#parts.manifest.services)
      for (const mount of volumes)
        if (mount.name === name && (access === 'read' || mount.readOnly !== true))
          return { service, target: mount.target }
    return undefined
  }

  #maxBytesOf(name: string): number {
    const volume = this.#parts.manifest.volumes.find((one) => one.name === name)
    return 2 * (volume?.sizeMiB ?? 0) * MIB + SPARE_BYTES
  }
}

/** What the launcher has said of how it went. It counts, and not the exit code, which the host has told. */
class Said {
  #text = ''
  #failure: { readonly code: string; readonly message: string } | undefined

  /** What it has written of an archive. */
  take(frame: ExecFrame): Uint8Array | undefined {
    if ('error' in frame) this.#failure = frame.error
    if (!('stream' in frame)) return undefined
    const bytes = Buffer.from(frame.data, 'base64')
    if (frame.stream === 'stdout') return bytes
    this.#text = (this.#text + bytes.toString('utf8')).slice(-MAX_WORDS)
    return undefined
  }

  /** By its last word. */
  get bytes(): number {
    return Number(/wetee archive: done ([0-9]{1,15})\n$/.exec(this.#text)?.[1] ?? Number.NaN)
  }

  /** Undefined where it has said that it was done, with as many bytes as there were. */
  failure(
    bytes: number | undefined,
  ): { readonly code: string; readonly message: string } | undefined {
    if (this.#failure !== undefined) return this.#failure
    if (!Number.isNaN(this.bytes) && (bytes === undefined || bytes === this.bytes)) return undefined
    if (/wetee archive: changed /.test(this.#text))
      return { code: 'snapshot.changed', message: 'the volume was written to while it was read' }
    const why = /wetee launch: (.*)\n$/.exec(this.#text)?.[1] ?? 'it ended before its end'
    return { code: 'snapshot.failed', message: why.slice(-300) }
  }
}
