// A verifier of other authors reads simulated quotes as this one does: their formats are real.
import { expect, test } from 'vitest'
import { QuoteVerifier } from '@phala/dcap-qvl'
import { createSimulatedVendor, type SimulatedCa, type SimulatedTcb } from '../index.ts'

const atMs = Date.UTC(2026, 5, 1)
const vendor = createSimulatedVendor({ seed: new Uint8Array(32).fill(1), atMs })
const stranger = createSimulatedVendor({ seed: new Uint8Array(32).fill(2), atMs })
const reportData = `0x${'5d'.repeat(64)}` as const

const STATES: readonly SimulatedTcb[] = [
  'UpToDate',
  'SWHardeningNeeded',
  'ConfigurationAndSWHardeningNeeded',
  'OutOfDate',
]

function quotesIn(tcb: SimulatedTcb, ca: SimulatedCa) {
  const chip = vendor.createChip({ ca })
  chip.set({ tcb })
  const guest = chip.launch({ mrtd: `0x${'a1'.repeat(48)}`, mrConfigId: `0x${'c0'.repeat(48)}` })
  const enclave = chip.launchEnclave({
    mrEnclave: `0x${'e1'.repeat(32)}`,
    mrSigner: `0x${'51'.repeat(32)}`,
    isvProdId: 7,
    isvSvn: 3,
  })
  return [
    ['tdx', guest.quote(reportData)],
    ['tdx', guest.quote(reportData, { version: 5, td: '1.0' })],
    ['tdx', guest.quote(reportData, { version: 5, td: '1.5' })],
    ['sgx', enclave.quote(reportData)],
  ] as const
}

const CAS: readonly SimulatedCa[] = ['platform', 'processor']

test.each(STATES.flatMap((tcb) => CAS.map((ca): [SimulatedTcb, SimulatedCa] => [tcb, ca])))(
  '%s under the %s CA',
  (tcb, ca) => {
    for (const [tee, quote] of quotesIn(tcb, ca)) {
      const collateral = vendor.collateral(atMs, { tee, ca })
      const verify = (root: Uint8Array) =>
        QuoteVerifier.newWithRootCa(Buffer.from(root)).verify(quote, collateral, atMs / 1000)
      expect(verify(vendor.rootDer).status).toBe(tcb)
      expect(() => verify(stranger.rootDer)).toThrow()
    }
  },
)
