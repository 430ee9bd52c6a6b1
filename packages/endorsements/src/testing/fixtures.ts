// What the tests of this package start from: simulated vendors, servers over them, clients. Network.
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { EndorsementClient, type EndorsementClientOptions } from '../endorsement-client.ts'
import type { AmdHoldings } from './amd-routes.ts'
import { makeCertificate, makeRevocationList, toPem } from './der-fixtures.ts'
import type { IntelHoldings } from './intel-routes.ts'
import { createSimulatedClock, type SimulatedClock } from './simulated-clock.ts'
import { startVendorServer, type VendorServer, type VendorServerOptions } from './vendor-server.ts'

export const NOW_MS = Date.UTC(2026, 5, 1)
export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
/** Of the simulated processor family. */
export const FMSPC = '53494d554c41'
export const HW_ID = 'ab'.repeat(64)
export const TURIN_HW_ID = 'cd'.repeat(8)
export const TCB = { bootloader: 4, tee: 0, snp: 24, microcode: 219 }
/** What clients are asked for. */
export const TDX = { tee: 'tdx', fmspc: FMSPC, ca: 'platform' } as const
export const MILAN = { product: 'Milan', signer: 'vcek', hwId: HW_ID, tcb: TCB } as const

const cleanups: (() => Promise<void>)[] = []

/** Closes everything that was started since the last call. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
}

/** Runs at the next `cleanUp`. */
export function onCleanUp(cleanup: () => Promise<void>): void {
  cleanups.push(cleanup)
}

/** A vendor's collateral at the clock's time; `stale` is of 20 days ago. */
export function intelHoldings(clock: SimulatedClock): IntelHoldings {
  const vendor = createSimulatedVendor({ seed: new Uint8Array(32).fill(7), atMs: NOW_MS - DAY_MS })
  const dates = { issueDate: '2026-06-01T00:00:00Z', nextUpdate: '2026-07-01T00:00:00Z' }
  const tcbEvalNumbers = [20, 19].map((number) => ({
    tcbEvaluationDataNumber: number,
    tcbRecoveryEventDate: '2026-05-13T00:00:00Z',
    tcbDate: '2026-05-14T00:00:00Z',
  }))
  return {
    fmspcs: [FMSPC],
    collateral: () => vendor.collateral(clock.nowMs()),
    staleCollateral: () => vendor.collateral(clock.nowMs() - 20 * DAY_MS),
    evaluationNumbers: {
      text: JSON.stringify({ id: 'TDX', version: 1, ...dates, tcbEvalNumbers }),
      signature: 'ab'.repeat(64),
    },
  }
}

/** Certificates of the right form and dates that nobody signed. */
function amdHoldings(clock: SimulatedClock): AmdHoldings {
  const years = (count: number) => clock.nowMs() + count * 365 * DAY_MS
  const certificate = (name: string) => makeCertificate(name, NOW_MS - DAY_MS, years(7))
  return {
    vcek: (product, hwId, tcb) => {
      const known = hwId === HW_ID || hwId === TURIN_HW_ID
      const name = `${product} ${JSON.stringify(tcb)}`
      return known ? makeCertificate(name, NOW_MS - DAY_MS, years(7), hwId) : undefined
    },
    chain: (product, signer) =>
      [`ASK ${product} ${signer}`, `ARK ${product}`].map(certificate).map(toPem).join(''),
    crl: (product) =>
      makeRevocationList(product, clock.nowMs() - HOUR_MS, clock.nowMs() + 30 * DAY_MS),
    staleCrl: (product) => makeRevocationList(product, NOW_MS - 40 * DAY_MS, NOW_MS - 10 * DAY_MS),
  }
}

/** A server that `cleanUp` closes. */
export async function startServer(options: VendorServerOptions): Promise<VendorServer> {
  const server = await startVendorServer(options)
  onCleanUp(() => server.close())
  return server
}

/** A client that `cleanUp` closes; random waits are the longest possible. */
export async function openClient(
  clock: SimulatedClock,
  options: EndorsementClientOptions,
): Promise<EndorsementClient> {
  const client = await EndorsementClient.open(options, { clock, random: () => 0.999 })
  onCleanUp(() => client.close())
  return client
}

/** A PCS, a KDS, and a client of both. */
export async function startWorld(options: EndorsementClientOptions = {}) {
  const clock = createSimulatedClock(NOW_MS)
  const pcs = await startServer({ api: 'pcs', intel: intelHoldings(clock) })
  const pccs = await startServer({ api: 'pccs', intel: intelHoldings(clock) })
  const kds = await startServer({ api: 'kds', amd: amdHoldings(clock) })
  const servers = {
    intel: [{ api: 'pcs', url: pcs.url, rootCrlUrl: `${pcs.url}/IntelSGXRootCA.der` }] as const,
    amd: [{ url: kds.url }],
  }
  const client = await openClient(clock, { ...servers, ...options })
  return { clock, pcs, pccs, kds, client, servers }
}
