// The simulated processor family: its TCB levels, and the JSON that the vendor signs about them.
// Node only.
import { createHash } from 'node:crypto'
import { bareHex } from '../../bytes.ts'

/** States a chip can be put into. */
export type SimulatedTcb = 'UpToDate' | 'OutOfDate' | 'Revoked'

/** SVNs of a state, at the size of the fields of a quote and a certificate. */
export type SimulatedSvns = {
  readonly sgx: readonly number[]
  readonly pce: number
  readonly tee: readonly number[]
}

/** All states, newest level first. */
export const TCB_STATES: readonly SimulatedTcb[] = ['UpToDate', 'OutOfDate', 'Revoked']
/** "SIMULA" in ASCII: no processor has this FMSPC. */
export const FMSPC = '53494d554c41'
export const PCE_ID = '0000'
export const QE_ISV_SVN = 4
export const QE_ISV_PROD_ID = 2
/** Signer of the simulated quoting enclave, 32 bytes. */
export const QE_MR_SIGNER: Uint8Array = createHash('sha256')
  .update('Simulated TD quoting enclave signer')
  .digest()

const EVALUATION_NUMBER = 20
const DATES: Readonly<Record<SimulatedTcb, string>> = {
  UpToDate: '2025-05-14T00:00:00Z',
  OutOfDate: '2023-08-09T00:00:00Z',
  Revoked: '2018-01-04T00:00:00Z',
}
const MODULE_SVN = 5
const MODULE_GENERATION = 1

const pad = (values: readonly number[]) =>
  Array.from({ length: 16 }, (_, index) => values[index] ?? 0)

/** SVNs of a chip in a state. */
export function svnsOf(state: SimulatedTcb): SimulatedSvns {
  const microcode = 7 - TCB_STATES.indexOf(state)
  return {
    sgx: pad([microcode, microcode, 2, 2, 3, 1, 0, 3]),
    pce: 11,
    tee: pad([MODULE_SVN, MODULE_GENERATION, microcode]),
  }
}

type Window = { readonly issuedAtMs: number; readonly nextUpdateMs: number }

/** Text of TCB info for a window of validity. */
export function tcbInfoText(window: Window): string {
  const svns = (values: readonly number[]) => values.map((svn) => ({ svn }))
  const signer = {
    mrsigner: '00'.repeat(48),
    attributes: '00'.repeat(8),
    attributesMask: 'FF'.repeat(8),
  }
  return JSON.stringify({
    id: 'TDX',
    version: 3,
    ...dates(window),
    fmspc: FMSPC.toUpperCase(),
    pceId: PCE_ID,
    tcbType: 0,
    tcbEvaluationDataNumber: EVALUATION_NUMBER,
    tdxModule: signer,
    tdxModuleIdentities: [{ id: 'TDX_01', ...signer, tcbLevels: isvLevels(MODULE_SVN) }],
    tcbLevels: TCB_STATES.map((state) => {
      const { sgx, pce, tee } = svnsOf(state)
      return {
        tcb: {
          sgxtcbcomponents: svns(sgx),
          pcesvn: pce,
          tdxtcbcomponents: svns(pad([MODULE_SVN, 0, tee[2] ?? 0])),
        },
        tcbDate: DATES[state],
        tcbStatus: state,
        ...(state === 'UpToDate' ? {} : { advisoryIDs: ['SIMULATED-SA-00001'] }),
      }
    }),
  })
}

/** Text of QE identity for a window of validity. */
export function qeIdentityText(window: Window): string {
  return JSON.stringify({
    id: 'TD_QE',
    version: 2,
    ...dates(window),
    tcbEvaluationDataNumber: EVALUATION_NUMBER,
    miscselect: '00000000',
    miscselectMask: 'FFFFFFFF',
    attributes: '11000000000000000000000000000000',
    attributesMask: 'FBFFFFFFFFFFFFFF0000000000000000',
    mrsigner: bareHex(QE_MR_SIGNER).toUpperCase(),
    isvprodid: QE_ISV_PROD_ID,
    tcbLevels: isvLevels(QE_ISV_SVN),
  })
}

function isvLevels(isvsvn: number) {
  return [{ tcb: { isvsvn }, tcbDate: DATES.UpToDate, tcbStatus: 'UpToDate' }]
}

function dates({ issuedAtMs, nextUpdateMs }: Window) {
  const text = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
  return { issueDate: text(issuedAtMs), nextUpdate: text(nextUpdateMs) }
}
