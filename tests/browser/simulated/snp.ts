// Simulated SEV-SNP reports, sound and with each thing wrong that simulation knows, as requests. Computes only.
import {
  createSimulatedAmdVendor,
  SNP_ENDORSEMENT_FAULTS,
  SNP_REPORT_FAULTS,
  type SimulatedAmdVendor,
  type SnpEndorsementFault,
  type SnpSwitches,
} from '@wetee/attestation/simulated'
import type { SnpProduct } from '@wetee/attestation'
import type { AppraisalRequest } from '../page/wire.ts'
import { AT_MS, flipped, hex, seed, type NamedRequest } from './request.ts'

const PRODUCTS: readonly SnpProduct[] = ['Milan', 'Genoa', 'Turin']
/** Switches that leave a report authentic. */
const SWITCHES: Readonly<Record<string, Partial<SnpSwitches>>> = {
  'version 3': { version: 3 },
  'the VLEK': { signingKey: 'VLEK' },
  'no chip id': { maskChipId: true, signingKey: 'VLEK' },
  debug: { debug: true },
  'a migration agent': { migrateMa: true },
  'VMPL 2': { vmpl: 2 },
}

/** All of them, the sound one of each product first. */
export function snpRequests(): NamedRequest[] {
  return PRODUCTS.flatMap((product) => requestsOf(`SEV-SNP ${product}`, product))
}

function requestsOf(kind: string, product: SnpProduct): NamedRequest[] {
  const vendor = createSimulatedAmdVendor({ seed: seed(1), atMs: AT_MS, product })
  const sound = requestOf(vendor)
  const named = (authentic: boolean) => (name: string, request: AppraisalRequest) => ({
    name: `${kind}: ${name}`,
    request,
    authentic,
  })
  const accepted = named(true)
  const refused = named(false)
  const report = Buffer.from(sound.quote.slice(2), 'hex')
  return [
    { name: kind, request: sound, authentic: true },
    refused('a changed byte', { ...sound, quote: hex(flipped(report, 200)) }),
    refused('nothing', { ...sound, quote: '0x' }),
    refused('half of it', { ...sound, quote: hex(report.subarray(0, report.length / 2)) }),
    refused('after its list', { ...sound, atMs: AT_MS + 91 * 86_400_000 }),
    ...SNP_REPORT_FAULTS.map((fault) => refused(fault, requestOf(vendor, { faults: [fault] }))),
    ...SNP_ENDORSEMENT_FAULTS.map((fault) => refused(fault, requestOf(vendor, {}, [fault]))),
    ...Object.entries(SWITCHES).map(([name, switches]) =>
      accepted(name, requestOf(vendor, switches)),
    ),
  ]
}

function requestOf(
  vendor: SimulatedAmdVendor,
  switches: Partial<SnpSwitches> = {},
  faults: readonly SnpEndorsementFault[] = [],
): AppraisalRequest {
  const chip = vendor.createChip({ seed: seed(2) })
  chip.set(switches)
  const guest = chip.launch({
    measurement: `0x${'a1'.repeat(48)}`,
    hostData: `0x${'c0'.repeat(32)}`,
  })
  return {
    platform: 'sev-snp',
    quote: hex(guest.report(`0x${'5d'.repeat(64)}`)),
    endorsements: vendor.endorsements(chip, AT_MS, { faults }),
    roots: [{ name: vendor.name, der: hex(vendor.rootDer), simulated: true }],
    atMs: AT_MS,
  }
}
