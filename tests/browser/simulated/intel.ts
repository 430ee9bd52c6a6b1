// Simulated TDX and SGX evidence, sound and with each thing wrong that simulation knows, as requests. Computes only.
import {
  CHIP_FAULTS,
  COLLATERAL_FAULTS,
  createSimulatedVendor,
  type CollateralFault,
  type SimulatedSwitches,
  type SimulatedTcb,
} from '@wetee/attestation/simulated'
import type { Hex } from '@wetee/attestation'
import type { AppraisalRequest } from '../page/wire.ts'
import { AT_MS as atMs, flipped, hex, seed, type NamedRequest } from './request.ts'

const REPORT_DATA: Hex = `0x${'5d'.repeat(64)}`

const vendor = createSimulatedVendor({ seed: seed(1), atMs })
const other = createSimulatedVendor({ seed: seed(3), atMs })
const rootOf = ({ name, rootDer }: typeof vendor) => ({ name, der: hex(rootDer), simulated: true })

type Evidence = 'TDX v4' | 'TDX v5, TD 1.0' | 'TDX v5, TD 1.5' | 'SGX v3'
const EVIDENCE: readonly Evidence[] = ['TDX v4', 'TDX v5, TD 1.0', 'TDX v5, TD 1.5', 'SGX v3']
const TCB_STATES: readonly SimulatedTcb[] = ['SWHardeningNeeded', 'OutOfDate', 'Revoked']

/** All of them, the sound one of each kind of evidence first. */
export function intelRequests(): NamedRequest[] {
  return EVIDENCE.flatMap((evidence) => [
    { name: evidence, request: requestOf(evidence), authentic: true },
    ...changedRequests(evidence),
  ])
}

function changedRequests(evidence: Evidence): NamedRequest[] {
  const sound = requestOf(evidence)
  const refused = (name: string, request: AppraisalRequest): NamedRequest => ({
    name: `${evidence}: ${name}`,
    request,
    authentic: false,
  })
  const quote = Buffer.from(sound.quote.slice(2), 'hex')
  return [
    refused('a changed byte', { ...sound, quote: hex(flipped(quote, 200)) }),
    refused('nothing', { ...sound, quote: '0x' }),
    refused('half of it', { ...sound, quote: hex(quote.subarray(0, quote.length / 2)) }),
    refused('under another root', { ...sound, roots: [rootOf(other)] }),
    refused('after its collateral', { ...sound, atMs: atMs + 31 * 86_400_000 }),
    refused('collateral of another vendor', { ...sound, endorsements: other.collateral(atMs) }),
    ...COLLATERAL_FAULTS.map((fault) => refused(fault, requestOf(evidence, {}, [fault]))),
    ...CHIP_FAULTS.filter((fault) => evidence !== 'SGX v3' || !fault.startsWith('module-')).map(
      (fault) => refused(fault, requestOf(evidence, { faults: [fault] })),
    ),
    ...TCB_STATES.map((tcb) => ({
      name: `${evidence}: ${tcb}`,
      request: requestOf(evidence, { tcb }),
      authentic: tcb !== 'Revoked',
    })),
    { name: `${evidence}: debug`, request: requestOf(evidence, { debug: true }), authentic: true },
  ]
}

function requestOf(
  evidence: Evidence,
  switches: Partial<SimulatedSwitches> = {},
  faults: readonly CollateralFault[] = [],
): AppraisalRequest {
  const platform = evidence === 'SGX v3' ? 'sgx' : 'tdx'
  return {
    platform,
    quote: hex(quoteOf(evidence, switches)),
    endorsements: vendor.collateral(atMs, { tee: platform, faults }),
    roots: [rootOf(vendor)],
    atMs,
  }
}

function quoteOf(evidence: Evidence, switches: Partial<SimulatedSwitches>): Uint8Array {
  const chip = vendor.createChip({ seed: seed(2) })
  chip.set(switches)
  if (evidence === 'SGX v3') {
    const identity = {
      mrEnclave: `0x${'e1'.repeat(32)}`,
      mrSigner: `0x${'e2'.repeat(32)}`,
    } as const
    return chip.launchEnclave({ ...identity, isvProdId: 1, isvSvn: 2 }).quote(REPORT_DATA)
  }
  const guest = chip.launch({ mrtd: `0x${'a1'.repeat(48)}`, mrConfigId: `0x${'c0'.repeat(48)}` })
  if (evidence === 'TDX v4') return guest.quote(REPORT_DATA)
  return guest.quote(REPORT_DATA, { version: 5, td: evidence === 'TDX v5, TD 1.0' ? '1.0' : '1.5' })
}
