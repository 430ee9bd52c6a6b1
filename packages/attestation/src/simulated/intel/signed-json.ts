// The JSON that the simulated vendor signs: TCB info and QE identity. Node only.
import { bareHex } from '../../bytes.ts'
import {
  FMSPC,
  MODULE_SVNS,
  PCE_ID,
  QUOTING_ENCLAVES,
  svnsOf,
  TCB_STATES,
  type SimulatedTcb,
  type SimulatedTee,
} from './tcb.ts'

/** When a document counts, milliseconds. */
export type Window = { readonly issuedAtMs: number; readonly nextUpdateMs: number }

/** What a document is about, and fields of it that are to be others than usual. */
export type DocumentOptions = {
  readonly tee?: SimulatedTee
  /** How often the vendor has raised its demands on microcode since. */
  readonly recoveries?: number
  readonly fields?: Readonly<Record<string, unknown>>
}

const EVALUATION_NUMBER = 20
const DAY_MS = 86_400_000
const NEWEST = '2025-05-14T00:00:00Z'
const OLD = '2023-08-09T00:00:00Z'
const OLDEST = '2018-01-04T00:00:00Z'
/** What older and weaker platforms are exposed to. */
const ADVISORIES: Readonly<Record<SimulatedTcb, readonly number[]>> = {
  UpToDate: [],
  SWHardeningNeeded: [2],
  ConfigurationNeeded: [3],
  ConfigurationAndSWHardeningNeeded: [2, 3],
  OutOfDate: [1],
  OutOfDateConfigurationNeeded: [1, 3],
  Revoked: [1, 4],
}
const COMPONENTS: Readonly<Record<'sgx' | 'tdx', readonly object[]>> = {
  sgx: [
    { category: 'BIOS', type: 'Early Microcode Update' },
    { category: 'OS/VMM', type: 'SGX Late Microcode Update' },
    { category: 'OS/VMM', type: 'TXT SINIT' },
    { category: 'BIOS' },
    { category: 'BIOS' },
    // What a setting is about has no name.
    {},
    {},
    { category: 'OS/VMM', type: 'SEAMLDR ACM' },
  ],
  tdx: [
    { category: 'OS/VMM', type: 'TDX Module' },
    { category: 'OS/VMM', type: 'TDX Module' },
    { category: 'OS/VMM', type: 'TDX Late Microcode Update' },
  ],
}
const MODULE_SIGNER = {
  mrsigner: '00'.repeat(48),
  attributes: '00'.repeat(8),
  attributesMask: 'FF'.repeat(8),
}

/** Text of TCB info for a window of validity. */
export function tcbInfoText(
  window: Window,
  { tee = 'tdx', recoveries = 0, fields = {} }: DocumentOptions = {},
): string {
  const ofTdx = {
    tdxModule: MODULE_SIGNER,
    tdxModuleIdentities: Object.entries(MODULE_SVNS).map(([generation, svn]) => ({
      id: `TDX_0${generation}`,
      ...MODULE_SIGNER,
      tcbLevels: isvLevels(svn, 5),
    })),
  }
  return JSON.stringify({
    id: tee === 'tdx' ? 'TDX' : 'SGX',
    version: 3,
    ...dates(window),
    fmspc: FMSPC.toUpperCase(),
    pceId: PCE_ID,
    tcbType: 0,
    tcbEvaluationDataNumber: EVALUATION_NUMBER + recoveries,
    ...(tee === 'tdx' ? ofTdx : {}),
    tcbLevels: platformLevels(tee, recoveries),
    ...fields,
  })
}

function platformLevels(tee: SimulatedTee, recoveries: number): object[] {
  const raised = Array.from({ length: recoveries }, (_, index) => {
    const by = recoveries - index
    return level(tee, 'UpToDate', { by, status: index === 0 ? 'UpToDate' : 'OutOfDate' })
  })
  const status = (state: SimulatedTcb): SimulatedTcb => {
    if (recoveries === 0 || state === 'Revoked') return state
    return state.includes('Configuration') ? 'OutOfDateConfigurationNeeded' : 'OutOfDate'
  }
  const usual = TCB_STATES.map((state) => level(tee, state, { by: 0, status: status(state) }))
  return [...raised, ...usual]
}

/** The level of a state, with microcode raised `by` and judged as `status`. */
function level(
  tee: SimulatedTee,
  state: SimulatedTcb,
  { by, status }: { by: number; status: SimulatedTcb },
): object {
  const { sgx, pce, tee: teeSvns } = svnsOf(state)
  const components = (values: readonly number[], of: 'sgx' | 'tdx') =>
    values.map((svn, index) => ({ svn, ...COMPONENTS[of][index] }))
  const ofTdx = [teeSvns[0] ?? 0, 0, (teeSvns[2] ?? 0) + by, ...teeSvns.slice(3)]
  const numbers = new Set([...ADVISORIES[state], ...ADVISORIES[status]])
  return {
    tcb: {
      sgxtcbcomponents: components(
        sgx.map((svn, index) => (index < 2 ? svn + by : svn)),
        'sgx',
      ),
      pcesvn: pce,
      ...(tee === 'tdx' ? { tdxtcbcomponents: components(ofTdx, 'tdx') } : {}),
    },
    tcbDate: state === 'Revoked' ? OLDEST : state.startsWith('OutOfDate') ? OLD : dateOf(by),
    tcbStatus: status,
    ...advisories([...numbers]),
  }
}

/** Each recovery is 90 days after the one before. */
function dateOf(recovery: number): string {
  return iso(Date.parse(NEWEST) + recovery * 90 * DAY_MS)
}

/** Text of QE identity for a window of validity. */
export function qeIdentityText(
  window: Window,
  { tee = 'tdx', recoveries = 0, fields = {} }: DocumentOptions = {},
): string {
  const { isvSvn, isvProdId, mrSigner } = QUOTING_ENCLAVES[tee]
  return JSON.stringify({
    id: tee === 'tdx' ? 'TD_QE' : 'QE',
    version: 2,
    ...dates(window),
    tcbEvaluationDataNumber: EVALUATION_NUMBER + recoveries,
    miscselect: '00000000',
    miscselectMask: 'FFFFFFFF',
    attributes: '11000000000000000000000000000000',
    attributesMask: 'FBFFFFFFFFFFFFFF0000000000000000',
    mrsigner: bareHex(mrSigner).toUpperCase(),
    isvprodid: isvProdId,
    tcbLevels: isvLevels(isvSvn, 6),
    ...fields,
  })
}

/** The newest SVN is up to date, one below it out of date, two below it revoked. */
function isvLevels(newest: number, advisory: number) {
  return [
    { tcb: { isvsvn: newest }, tcbDate: NEWEST, tcbStatus: 'UpToDate' },
    {
      tcb: { isvsvn: newest - 1 },
      tcbDate: OLD,
      tcbStatus: 'OutOfDate',
      ...advisories([advisory]),
    },
    {
      tcb: { isvsvn: newest - 2 },
      tcbDate: OLDEST,
      tcbStatus: 'Revoked',
      ...advisories([advisory]),
    },
  ]
}

function advisories(numbers: readonly number[]) {
  if (numbers.length === 0) return {}
  return { advisoryIDs: numbers.map((number) => `SIMULATED-SA-0000${number}`) }
}

function dates({ issuedAtMs, nextUpdateMs }: Window) {
  return { issueDate: iso(issuedAtMs), nextUpdate: iso(nextUpdateMs) }
}

/** An instant in UTC, seconds cut off. */
function iso(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
