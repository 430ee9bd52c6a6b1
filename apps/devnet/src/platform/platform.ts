// The simulated TEE platform: a vendor, its machines, their sockets. Keys persist, guests do not. Does I/O.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  createSimulatedVendor,
  restoreSimulatedVendor,
  type SimulatedChip,
  type SimulatedVendor,
} from '@wetee/attestation/simulated'
import type { Collateral } from '@wetee/tee-device'
import { startMachine } from './machine.ts'
import type { PlatformConfig } from './platform-config.ts'

/** A line of the log. */
export type PlatformLog = (fields: Record<string, unknown>, message: string) => void

/** A running platform. */
export type Platform = {
  readonly rootPem: string
  /** Resolves when every socket is gone. */
  close(): Promise<void>
}

const HOUR_MS = 3_600_000
const SEED_BYTES = 32

/**
 * Starts every machine of `config` and writes the vendor's root certificate to `stateDir/root.pem`. A restart keeps
 * vendor and chips and forgets all guests. Stops at `signal` or `close`. `now` is the vendor's clock, milliseconds.
 */
export async function startPlatform(
  config: PlatformConfig,
  {
    signal,
    log,
    now = Date.now,
  }: { readonly signal: AbortSignal; readonly log: PlatformLog; readonly now?: () => number },
): Promise<Platform> {
  mkdirSync(config.stateDir, { recursive: true, mode: 0o700 })
  const vendor = openVendor(config.vendorFile, now)
  writeFile(join(config.stateDir, 'root.pem'), vendor.rootPem, 0o644)
  const guestFolder = join(config.stateDir, 'guests')
  // Sockets of guests of an earlier run are dead.
  rmSync(guestFolder, { recursive: true, force: true })
  const collateral = hourly((atMs) => vendor.collateral(atMs), now)
  const machines: { close(): Promise<void> }[] = []
  const closeAll = async () => {
    for (const machine of machines) await machine.close()
  }
  let closing: Promise<void> | undefined
  const close = () => (closing ??= closeAll())
  try {
    for (const { name, socket } of config.machines) {
      const chip = openChip(vendor, join(config.stateDir, `chip-${name}.json`))
      const machine = await startMachine({
        name,
        hostSocket: socket,
        guestFolder,
        chip,
        collateral,
        onError: (error, call) =>
          log({ machine: name, path: call.path, error: String(error) }, 'request failed'),
      })
      machines.push(machine)
      log({ machine: name, ppid: chip.ppid, socket }, 'machine started')
    }
  } catch (error) {
    await close()
    throw error
  }
  signal.addEventListener('abort', () => void close(), { once: true })
  if (signal.aborted) await close()
  return { rootPem: vendor.rootPem, close }
}

function openVendor(file: string, now: () => number): SimulatedVendor {
  if (existsSync(file)) return restoreSimulatedVendor(readFileSync(file, 'utf8'))
  // A day old, so that a chain whose clock is behind this one accepts its certificates.
  const vendor = createSimulatedVendor({ atMs: now() - 24 * HOUR_MS })
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFile(file, vendor.serialize(), 0o600)
  return vendor
}

function openChip(vendor: SimulatedVendor, file: string): SimulatedChip {
  if (!existsSync(file))
    writeFile(file, JSON.stringify({ seed: randomBytes(SEED_BYTES).toString('hex') }), 0o600)
  const { seed } = JSON.parse(readFileSync(file, 'utf8')) as { seed: string }
  return vendor.createChip({ seed: new Uint8Array(Buffer.from(seed, 'hex')) })
}

/** Collateral is issued once an hour, dated an hour back, so that its digest is stable and never in the future. */
function hourly(issue: (atMs: number) => Collateral, now: () => number): () => Collateral {
  let current: { atMs: number; value: Collateral } | undefined
  return () => {
    const atMs = Math.floor(now() / HOUR_MS) * HOUR_MS - HOUR_MS
    if (current?.atMs !== atMs) current = { atMs, value: issue(atMs) }
    return current.value
  }
}

/** Writes through a second file, so that a crash leaves the old or the new one whole. */
function writeFile(file: string, text: string, mode: number): void {
  const partial = `${file}.partial`
  writeFileSync(partial, text, { mode })
  renameSync(partial, file)
}
