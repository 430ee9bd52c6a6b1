// Volumes on an engine's own machine: an ext4 file of a fixed size, in it gocryptfs under a key that the agent hands over. THE HOST SEES
// THAT KEY; whole-machine TEEs open their disks inside. Mounts file systems, starts processes.
import { createHash, randomFillSync } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../log.ts'
import { messageOf, WorkerError } from '../worker-error.ts'
import { findVolumeTools, runTool, type VolumeProgram, type VolumeTools } from './volume-tools.ts'
import type { VolumeKey, Volumes, VolumeSecret, VolumeSecrets } from './volumes.ts'

/** What volumes are kept with. */
export type EncryptedVolumesParts = {
  /** `volumes` of the state folder, absolute and without links. */
  readonly folder: string
  readonly log: Log
  /** Default: looks for them at each opening, so that installing them helps at once. */
  readonly tools?: () => VolumeTools
}

const MIB = 1_048_576
/** Journal, tables and what encryption adds: what the owner pays for can be filled. */
const FIXED_OVERHEAD_MIB = 12
const OVERHEAD_SHARE = 16
const KEY_BYTES = 32
const END_MS = 3_000
const POLL_MS = 50

type Places = {
  readonly folder: string
  /** The ext4 file. */
  readonly disk: string
  /** Where it is mounted: what is in it is encrypted. */
  readonly sealed: string
  /** Where its files are shown. */
  readonly open: string
}

/** Volumes below one folder; one process of the worker at a time, another one finds them as they are. */
export class EncryptedVolumes implements Volumes {
  readonly #parts: EncryptedVolumesParts
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(parts: EncryptedVolumesParts) {
    this.#parts = parts
  }

  open(
    volume: VolumeKey & { readonly sizeMiB: number },
    options: Parameters<Volumes['open']>[1],
  ): Promise<string> {
    const places = this.#places(volume.appId, volume.replica, volume.name)
    return this.#inTurn(places.folder, () => this.#open(places, volume.sizeMiB, options))
  }

  async close(appId: bigint, replica: number): Promise<void> {
    for (const name of namesIn(join(this.#parts.folder, String(appId), String(replica)))) {
      const places = this.#places(appId, replica, name)
      await this.#inTurn(places.folder, () => this.#close(places))
    }
  }

  async remove(appId: bigint): Promise<void> {
    const folder = join(this.#parts.folder, String(appId))
    for (const replica of namesIn(folder))
      for (const name of namesIn(join(folder, replica))) {
        const places = this.#places(appId, Number(replica), name)
        await this.#inTurn(places.folder, async () => {
          await this.#close(places)
          forget(places)
        })
      }
    rmSync(folder, { recursive: true, force: true })
  }

  #places(appId: bigint, replica: number, name: string): Places {
    const folder = join(this.#parts.folder, String(appId), String(replica), name)
    const [disk, sealed, open] = [
      join(folder, 'disk'),
      join(folder, 'sealed'),
      join(folder, 'open'),
    ]
    return { folder, disk, sealed, open }
  }

  /** One thing at a time for each volume. */
  #inTurn<T>(turn: string, act: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(turn) ?? Promise.resolve()
    const mine = before.then(act, act)
    const ended = mine.then(
      () => undefined,
      () => undefined,
    )
    this.#turns.set(turn, ended)
    void ended.then(() => {
      if (this.#turns.get(turn) === ended) this.#turns.delete(turn)
    })
    return mine
  }

  async #open(
    places: Places,
    sizeMiB: number,
    { keys, owner, signal }: Parameters<Volumes['open']>[1],
  ): Promise<string> {
    const isOpen = isMounted(places.open) && answers(places.open)
    if (!isOpen && isMounted(places.open)) await this.#close(places)
    const tools = (this.#parts.tools ?? findVolumeTools)()
    const run = (
      program: VolumeProgram,
      args: readonly string[],
      options: { readonly input?: Uint8Array; readonly highest?: number } = {},
    ) => runTool(tools[program], args, { signal, ...options })
    const own = await keys.own()
    const password = passwordOf(own)
    const given = { own, password, older: keys.older }
    try {
      if (isOpen) {
        await sealOpen(places, given, run)
        return places.open
      }
      makeFolders(places)
      await prepareDisk(places, sizeMiB, run)
      if (!isMounted(places.sealed))
        await run('mount', ['-o', 'loop,nosuid,nodev,noexec', places.disk, places.sealed])
      if (!existsSync(sealOf(places, own)) && !existsSync(firstSeal(places))) {
        clearUnfinished(places.sealed)
        // The key is not guessable: stretching it would only take time.
        await run('gocryptfs', ['-q', '-init', '-scryptn', '10', places.sealed], {
          input: password,
        })
      }
      await mountSealed(places, given, run)
      if (!isMounted(places.open))
        throw new WorkerError('volume.failed', 'gocryptfs has mounted nothing', { retryable: true })
      giveTo(places.open, owner)
      return places.open
    } catch (error) {
      // Somebody else has the one that was open.
      if (!isOpen) await this.#close(places).catch(() => undefined)
      throw error
    } finally {
      password.fill(0)
    }
  }

  async #close(places: Places): Promise<void> {
    const { log } = this.#parts
    for (const folder of [places.open, places.sealed]) {
      // Another mount namespace may hold on to it: here it is gone at once, and the process with the key is ended below.
      while (isMounted(folder)) await runTool('/bin/umount', ['-l', folder])
      if (folder === places.open) await endProcesses(places, log)
    }
  }
}

type Run = (
  program: VolumeProgram,
  args: readonly string[],
  options?: { readonly input?: Uint8Array; readonly highest?: number },
) => Promise<void>

/** As gocryptfs is given it; the key is filled with zeros. */
function passwordOf({ key }: VolumeSecret): Buffer {
  try {
    if (key.length !== KEY_BYTES)
      throw new WorkerError('volume.failed', `the key has ${key.length} bytes, not ${KEY_BYTES}`)
    return Buffer.from(Buffer.from(key).toString('hex'))
  } finally {
    key.fill(0)
  }
}

/** The seal that the volume was made with, among its encrypted files. */
const firstSeal = ({ sealed }: Places): string => join(sealed, 'gocryptfs.conf')

/** A second seal of the same master key, beside the disk: made when the network has another key. */
function sealOf({ folder }: Places, { networkKey }: Pick<VolumeSecret, 'networkKey'>): string {
  const name = createHash('sha256').update(networkKey).digest('hex').slice(0, 32)
  return join(folder, `seal-${name}.conf`)
}

/** `password` is the own key as gocryptfs is given it. */
type GivenKeys = {
  readonly own: VolumeSecret
  readonly password: Uint8Array
  readonly older: VolumeSecrets['older']
}

/** Mounts with the seal of the own key where there is one, else with the first; and where that is of an older key, seals it anew. */
async function mountSealed(
  places: Places,
  { own, password, older: askOlder }: GivenKeys,
  run: Run,
): Promise<void> {
  const seal = sealOf(places, own)
  const mount = (config: readonly string[]) =>
    run('gocryptfs', [...MOUNTING, ...config, places.sealed, places.open], { input: password })
  if (existsSync(seal)) return mount(['-config', seal])
  try {
    return await mount([])
  } catch (error) {
    const older = await askOlder()
    // Not a wrong key, or no other one to try.
    if (older === undefined) throw error
    await sealAnew(places, older, { seal, password }, run)
  }
  return mount(['-config', seal])
}

const MOUNTING = ['-q', '-allow_other', '-nosuid', '-nodev']

/**
 * A volume that an instance of the older key has open, as in an update, and the own key could not open: it is closed and opened again
 * when the older one has ended, perhaps.
 */
async function sealOpen(
  places: Places,
  { own, password, older: askOlder }: GivenKeys,
  run: Run,
): Promise<void> {
  const seal = sealOf(places, own)
  if (existsSync(seal)) return
  const to = { seal, password }
  try {
    // The first seal is of the own key: it stays the only one.
    await sealFrom(places, { from: firstSeal(places), password }, { ...to, keep: false }, run)
  } catch (error) {
    const older = await askOlder()
    if (older === undefined) throw error
    await sealAnew(places, older, to, run)
  }
}

/** The seals of before stay, so that an instance of the older key opens the volume as ever. */
async function sealAnew(
  places: Places,
  older: VolumeSecret,
  to: { readonly seal: string; readonly password: Uint8Array },
  run: Run,
): Promise<void> {
  const from = [sealOf(places, older), firstSeal(places)].find((path) => existsSync(path))
  if (from === undefined) throw new WorkerError('volume.failed', 'the volume has no seal')
  const password = passwordOf(older)
  try {
    await sealFrom(places, { from, password }, { ...to, keep: true }, run)
  } finally {
    password.fill(0)
  }
}

/** A seal under `to.password` of what another one opens, whole or not at all; without `keep` that is only tried. */
async function sealFrom(
  { sealed }: Places,
  { from, password }: { readonly from: string; readonly password: Uint8Array },
  to: { readonly seal: string; readonly password: Uint8Array; readonly keep: boolean },
  run: Run,
): Promise<void> {
  const partial = `${to.seal}.partial`
  const input = Buffer.concat([password, Buffer.from('\n'), to.password, Buffer.from('\n')])
  try {
    rmSync(partial, { force: true })
    copyFileSync(from, partial)
    chmodSync(partial, 0o600)
    const args = ['-q', '-passwd', '-scryptn', '10', '-config', partial, sealed]
    await run('gocryptfs', args, { input })
    if (to.keep) renameSync(partial, to.seal)
  } finally {
    input.fill(0)
    rmSync(partial, { force: true })
    rmSync(`${partial}.bak`, { force: true })
  }
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function makeFolders({ folder, sealed, open }: Places): void {
  mkdirSync(sealed, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  if (isMounted(open)) return
  mkdirSync(open, { recursive: true })
  // Where nothing is mounted nobody writes in the clear.
  chmodSync(open, 0o000)
}

async function prepareDisk(
  { disk, sealed }: Places,
  sizeMiB: number,
  run: (
    program: VolumeProgram,
    args: readonly string[],
    options?: { readonly highest?: number },
  ) => Promise<void>,
): Promise<void> {
  const wanted = (sizeMiB + Math.ceil(sizeMiB / OVERHEAD_SHARE) + FIXED_OVERHEAD_MIB) * MIB
  const found = statSync(disk, { throwIfNoEntry: false })
  if (found === undefined) {
    const partial = `${disk}.partial`
    rmSync(partial, { force: true })
    closeSync(openSync(partial, 'wx', 0o600))
    truncateSync(partial, wanted)
    await run('mkfs.ext4', ['-q', '-F', '-m', '0', '-J', 'size=4', partial])
    renameSync(partial, disk)
    return
  }
  // A smaller size takes nothing away; a larger one is given when nothing has the volume.
  if (found.size >= wanted || isMounted(sealed)) return
  truncateSync(disk, wanted)
  // 1: it has put something right.
  await run('e2fsck', ['-p', '-f', disk], { highest: 1 })
  await run('resize2fs', ['-f', disk])
}

/** The root is the owner's when the volume is new; what an application has set stays. */
function giveTo(open: string, owner: { uid: number; gid: number } | undefined): void {
  if (readdirSync(open).length > 0) return
  if (owner === undefined) chmodSync(open, 0o777)
  else chownSync(open, owner.uid, owner.gid)
}

/** First what the key unwraps, then all: what is left on the disk cannot be read by anybody. */
function forget({ folder, disk }: Places): void {
  if (existsSync(disk)) {
    const file = openSync(disk, 'r+')
    try {
      const noise = randomFillSync(Buffer.alloc(MIB))
      writeSync(file, noise, 0, Math.min(noise.length, statSync(disk).size), 0)
    } finally {
      closeSync(file)
    }
  }
  rmSync(disk, { force: true })
  for (const name of ['sealed', 'open']) {
    const mountPoint = join(folder, name)
    if (existsSync(mountPoint)) rmdirSync(mountPoint)
  }
  rmSync(folder, { recursive: true, force: true })
}

/** As the kernel has it: a path may end in a mount that no longer answers. */
function isMounted(folder: string): boolean {
  const escaped = folder.replaceAll('\\', '\\134').replaceAll(' ', '\\040')
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[4] === escaped)
}

function answers(folder: string): boolean {
  try {
    statfsSync(folder)
    readdirSync(folder)
    return true
  } catch {
    return false
  }
}

/** Processes of gocryptfs for this volume: with them the key leaves this machine's memory. */
async function endProcesses(places: Places, log: Log): Promise<void> {
  const deadline = performance.now() + END_MS
  for (let killed = false; ; await delay(POLL_MS)) {
    const pids = processesOf(places)
    if (pids.length === 0) return
    if (performance.now() < deadline && killed) continue
    const signal = killed ? 'SIGKILL' : 'SIGTERM'
    killed = true
    for (const pid of pids)
      try {
        process.kill(pid, signal)
      } catch (error) {
        log.debug({ error: messageOf(error) }, 'a file system process has ended by itself')
      }
  }
}

/** What a making that was interrupted has left. Files of an application are never taken for that. */
const UNFINISHED: ReadonlySet<string> = new Set([
  'lost+found',
  'gocryptfs.conf.tmp',
  'gocryptfs.diriv',
])

function clearUnfinished(sealed: string): void {
  const names = readdirSync(sealed)
  if (names.some((name) => !UNFINISHED.has(name)))
    throw new WorkerError(
      'volume.failed',
      `${sealed} has files and no gocryptfs.conf: put that back from a copy, nothing was changed`,
    )
  for (const name of names) rmSync(join(sealed, name), { recursive: true })
}

function processesOf({ sealed, open }: Places): number[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
        return (
          words[0]?.endsWith('gocryptfs') === true && words.includes(sealed) && words.includes(open)
        )
      } catch {
        return false
      }
    })
    .map(Number)
}
