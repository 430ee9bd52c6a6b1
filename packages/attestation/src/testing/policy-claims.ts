// Claims of every platform that strict policies accept, for tests of policies. No I/O.
import { evaluate, SNP_MINIMUM_TCB, strictPolicy } from '../index.ts'
import type {
  Claims,
  IntelPolicy,
  NitroClaims,
  Policy,
  SevSnpClaims,
  SevSnpPolicy,
  SgxClaims,
  SnpLine,
  SnpProduct,
  TdxClaims,
} from '../index.ts'

export const nowMs = Date.UTC(2026, 5, 8)
export const DAY_MS = 86_400_000
export const hex = (byte: string, size: number) => `0x${byte.repeat(size)}` as const
const zero = hex('00', 48)

const common = {
  flags: [],
  reportData: hex('44', 64),
  trustRoot: 'vendor-root',
  simulated: false,
} as const
const intelClaims = {
  ...common,
  tcbStatus: 'UpToDate',
  tcbDate: '2025-05-14T00:00:00Z',
  oldestTcbDate: '2025-05-14T00:00:00Z',
  advisoryIds: [],
  evaluationNumber: 20,
  collateralIssuedAtMs: nowMs - DAY_MS,
  ppid: hex('55', 16),
  fmspc: hex('66', 6),
  measurementId: hex('33', 32),
} as const
export const tdx: TdxClaims = {
  ...intelClaims,
  platform: 'tdx',
  mrtd: hex('11', 48),
  rtmr: [zero, zero, zero, zero],
  mrConfigId: hex('22', 48),
}
export const sgx: SgxClaims = {
  ...intelClaims,
  platform: 'sgx',
  mrEnclave: hex('11', 32),
  mrSigner: hex('22', 32),
  isvProdId: 1,
  isvSvn: 1,
  configId: hex('00', 64),
  attributes: hex('05', 16),
}
/** Family, model and stepping of each line. */
const CPUIDS: Record<SnpLine, readonly [SnpProduct, number, number, number]> = {
  Milan: ['Milan', 0x19, 0x01, 1],
  'Milan-X': ['Milan', 0x19, 0x01, 2],
  Genoa: ['Genoa', 0x19, 0x11, 1],
  'Genoa-X': ['Genoa', 0x19, 0x11, 2],
  Bergamo: ['Genoa', 0x19, 0xa0, 2],
  Turin: ['Turin', 0x1a, 0x02, 1],
  'Turin-Dense': ['Turin', 0x1a, 0x11, 0],
}
export const lines = Object.keys(CPUIDS) as SnpLine[]
export const snpOf = (line: SnpLine): SevSnpClaims => ({
  ...common,
  platform: 'sev-snp',
  product: CPUIDS[line][0],
  cpuid: { family: CPUIDS[line][1], model: CPUIDS[line][2], stepping: CPUIDS[line][3] },
  signedBy: 'VCEK',
  reportedTcb: SNP_MINIMUM_TCB[line],
  currentTcb: SNP_MINIMUM_TCB[line],
  committedTcb: SNP_MINIMUM_TCB[line],
  launchTcb: SNP_MINIMUM_TCB[line],
  vmpl: 0,
  guestSvn: 0,
  guestPolicy: hex('00', 8),
  measurement: hex('11', 48),
  hostData: hex('22', 32),
  familyId: hex('00', 16),
  imageId: hex('00', 16),
  idKeyDigest: zero,
  authorKeyDigest: zero,
  chipId: hex('77', 64),
  collateralIssuedAtMs: nowMs - 100 * DAY_MS,
  measurementId: hex('33', 32),
})
export const snp = snpOf('Genoa')
export const nitro: NitroClaims = {
  ...common,
  platform: 'nitro',
  moduleId: 'i-1-enc1',
  timestampMs: nowMs - 1000,
  pcrs: { 0: hex('11', 48) },
  nonce: undefined,
  publicKey: undefined,
}

export const codeOf = (claims: Claims, policy: Policy = strictPolicy(), atMs = nowMs) => {
  const verdict = evaluate(claims, policy, atMs)
  return verdict.accepted ? 'accepted' : verdict.code
}
export const strict = strictPolicy() as Required<Policy>
export const withIntel = (change: Partial<IntelPolicy>): Policy => ({
  ...strict,
  intel: { ...strict.intel, ...change },
})
export const withSnp = (change: Partial<SevSnpPolicy>): Policy => ({
  ...strict,
  sevSnp: { ...strict.sevSnp, ...change },
})
