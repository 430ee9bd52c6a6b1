// Fuzz targets of TCB advice: signed TCB info may say anything and advice has to come of it, and
// valid inputs to mutate. Only AttestationError may escape a target. No I/O.
import { adviseIsv, advisePlatform, type PartAdvice } from '../appraisal/intel/part-advice.ts'
import { readComponentNames } from '../endorsement/intel/component-names.ts'
import { parseTcbInfo, type TcbInfo } from '../endorsement/intel/tcb-info.ts'
import { utf8 } from '../bytes.ts'
import { createSimulatedVendor } from '../simulated/index.ts'
import { svnsOf } from '../simulated/intel/tcb.ts'

const AT_MS = Date.UTC(2026, 0, 1)
const vendor = createSimulatedVendor({ seed: new Uint8Array(32).fill(1), atMs: AT_MS })
const { sgx, pce, tee } = svnsOf('OutOfDate')
const platform = {
  ppid: new Uint8Array(16),
  fmspc: new Uint8Array(6),
  pceId: new Uint8Array(2),
  componentSvns: sgx,
  pceSvn: pce,
}
const teeSvns = { atLaunch: Uint8Array.from(tee), now: new Uint8Array(16).fill(9) }

/** Targets by name. */
export const tcbAdviceTargets: Readonly<Record<string, (input: Uint8Array) => void>> = {
  'tcb-advice'(input) {
    const text = new TextDecoder().decode(input)
    const isTdx = text.includes('"TDX"')
    const tcbInfo: TcbInfo = parseTcbInfo(text, isTdx ? 'tdx' : 'sgx')
    const names = readComponentNames(text)
    for (const { category, type } of [...names.sgx, ...names.tdx])
      for (const name of [category, type])
        if (name !== null && !/^[ -~]{1,64}$/.test(name)) throw new Error(`name ${name}`)
    const about = { id: '00', tee: isTdx ? teeSvns : undefined }
    check(advisePlatform(tcbInfo, platform, names, about), tcbInfo.levels.length)
    if (!isTdx) return
    for (const { id, levels } of parseTcbInfo(text, 'tdx').moduleIdentities)
      for (const have of [0, 4, 65_535])
        check(adviseIsv({ part: 'tdx-module', id }, levels, { have, now: 5 }), levels.length)
  },
}

function check(advice: PartAdvice, levels: number): void {
  const { status, current, target, short, lowest } = advice
  if ((current === null) !== (status === 'Unsupported')) throw new Error('no level, but a status')
  if ((target === null) !== (levels === 0)) throw new Error('levels, but none to aim for')
  if ((lowest !== null) !== (current === null && levels > 0)) throw new Error('no lowest level')
  if (status === 'UpToDate' && short.length > 0) throw new Error('up to date and short')
  for (const { have, need, shortBy } of [...short, ...(lowest?.short ?? [])])
    if (have >= need || have + shortBy !== need) throw new Error(`${have} is short of ${need}`)
}

/** Valid inputs by target, for mutation. */
export const tcbAdviceSeeds: Readonly<Record<string, readonly Uint8Array[]>> = {
  'tcb-advice': [
    utf8(vendor.collateral(AT_MS).tcb_info),
    utf8(vendor.collateral(AT_MS, { tee: 'sgx', recoveries: 1 }).tcb_info),
  ],
}
