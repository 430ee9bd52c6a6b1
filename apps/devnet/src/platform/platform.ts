// The simulated TEE platform: vendors, machines, their sockets. Keys persist, guests do not. Does I/O.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  createSimulatedAmdVendor,
  createSimulatedVendor,
  restoreSimulatedAmdVendor,
  restoreSimulatedVendor,
} from '@wetee/attestation/simulated'
import type { Collateral } from '@wetee/tee-device'
import { startMachine } from './machine.ts'
import type { PlatformConfig } from './platform-config.ts'
import { snpTee, tdxTee, type Tee } from './tee.ts'

/** A line of the log. */
export type PlatformLog = (fields: Record<string, unknown>, message: string) => void

/** A running platform. */
export type Platform = {
  /** Roots of the vendors, PEM; also `intel-root.pem` and `amd-root.pem` in `stateDir`. */
  readonly roots: { readonly intel: string; readonly amd: string }
  /** Resolves when every socket is gone. */
  close(): Promise<void>
}

const HOUR_MS = 3_600_000
const SEED_BYTES = 32

/**
 * Starts every machine of `config` and writes the vendors' root certificates to `stateDir`. A restart keeps vendors
 * and chips and forgets all guests. Stops at `signal` or `close`. `now` is the vendors' clock, milliseconds.
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
  const { roots, openTee } = openVendors(config, now)
  for (const [vendor, pem] of Object.entries(roots))
    writeFile(join(config.stateDir, `${vendor}-root.pem`), pem, 0o644)
  const guestFolder = join(config.stateDir, 'guests')
  // Sockets of guests of an earlier run are dead.
  rmSync(guestFolder, { recursive: true, force: true })
  const machines: { close(): Promise<void> }[] = []
  const closeAll = async () => {
    for (const machine of machines) await machine.close()
  }
  let closing: Promise<void> | undefined
  const close = () => (closing ??= closeAll())
  try {
    for (const { name, socket, tee: kind } of config.machines) {
      const tee = openTee(kind, chipSeed(join(config.stateDir, `chip-${name}.json`)))
      const machine = await startMachine({
        name,
        hostSocket: socket,
        guestFolder,
        tee,
        ...hourly((atMs) => tee.collateral(atMs), now),
        onError: (error, call) =>
          log({ machine: name, path: call.path, error: String(error) }, 'request failed'),
      })
      machines.push(machine)
      log({ machine: name, tee: kind, hardwareId: tee.hardwareId, socket }, 'machine started')
    }
  } catch (error) {
    await close()
    throw error
  }
  signal.addEventListener('abort', () => void close(), { once: true })
  if (signal.aborted) await close()
  return { roots, close }
}

/** The vendors' keys, made at the first start, and their processors by seed. */
function openVendors({ vendorDir }: PlatformConfig, now: () => number) {
  // A day old, so that a chain whose clock is behind this one accepts their certificates.
  const atMs = now() - 24 * HOUR_MS
  const intel = openVendor(join(vendorDir, 'intel-vendor.json'), restoreSimulatedVendor, () =>
    createSimulatedVendor({ atMs }),
  )
  const amd = openVendor(join(vendorDir, 'amd-vendor.json'), restoreSimulatedAmdVendor, () =>
    createSimulatedAmdVendor({ atMs, product: 'Genoa' }),
  )
  return {
    roots: { intel: intel.rootPem, amd: amd.rootPem },
    openTee: (kind: Tee['platform'], seed: Uint8Array): Tee =>
      kind === 'tdx'
        ? tdxTee(intel, intel.createChip({ seed }))
        : snpTee(amd, amd.createChip({ seed })),
  }
}

function openVendor<V extends { serialize(): string }>(
  file: string,
  restore: (text: string) => V,
  create: () => V,
): V {
  if (existsSync(file)) return restore(readFileSync(file, 'utf8'))
  const vendor = create()
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFile(file, vendor.serialize(), 0o600)
  return vendor
}

function chipSeed(file: string): Uint8Array {
  if (!existsSync(file))
    writeFile(file, JSON.stringify({ seed: randomBytes(SEED_BYTES).toString('hex') }), 0o600)
  const { seed } = JSON.parse(readFileSync(file, 'utf8')) as { seed: string }
  return new Uint8Array(Buffer.from(seed, 'hex'))
}

/** Collateral is issued once an hour, dated an hour back, so that its digest is stable and never in the future. */
function hourly(issue: (atMs: number) => Collateral, now: () => number) {
  let current: { atMs: number; value: Collateral } | undefined
  return {
    collateral(): Collateral {
      const atMs = Math.floor(now() / HOUR_MS) * HOUR_MS - HOUR_MS
      if (current?.atMs !== atMs) current = { atMs, value: issue(atMs) }
      return current.value
    },
    /** AMD certifies a chip for each TCB anew. */
    onStateChanged: () => void (current = undefined),
  }
}

/** Writes through a second file, so that a crash leaves the old or the new one whole. */
function writeFile(file: string, text: string, mode: number): void {
  const partial = `${file}.partial`
  writeFileSync(partial, text, { mode })
  renameSync(partial, file)
}
