// Whether the TDX module is Intel's, and which level it has reached. Pure.
import { equalBytes } from '../../bytes.ts'
import type { ModuleIdentity, ModuleSigner, TdxTcbInfo } from '../../endorsement/intel/tcb-info.ts'
import { findIsvLevel, type IsvLevel } from '../../endorsement/intel/tcb-level.ts'
import { AttestationError } from '../../error.ts'
import type { TdReport } from '../../evidence/intel/td-report.ts'
import { equalMasked } from './masked.ts'

/**
 * What TCB info says of the module that TEE_TCB_SVN names, whose signer and attributes are
 * compared with it; undefined for generation 0, which is judged with the platform. Throws
 * AttestationError `tdx-module.mismatch`.
 */
export function identifyTdxModule(
  tcbInfo: TdxTcbInfo,
  report: TdReport,
  teeTcbSvn: Uint8Array,
): ModuleIdentity | undefined {
  const [, generation = 0] = teeTcbSvn
  if (generation === 0) {
    requireSigner(tcbInfo.module, report)
    return undefined
  }
  const id = `TDX_${generation.toString(16).padStart(2, '0').toUpperCase()}`
  const identity = tcbInfo.moduleIdentities.find((candidate) => candidate.id.toUpperCase() === id)
  if (identity === undefined)
    throw new AttestationError('tdx-module.mismatch', `TCB info knows no TDX module ${id}`)
  requireSigner(identity, report)
  return identity
}

/**
 * The level of the module that TEE_TCB_SVN names; undefined for generation 0. Throws
 * AttestationError `tdx-module.mismatch` or `tcb.unsupported`.
 */
export function appraiseTdxModule(
  tcbInfo: TdxTcbInfo,
  report: TdReport,
  teeTcbSvn: Uint8Array,
): IsvLevel | undefined {
  const identity = identifyTdxModule(tcbInfo, report, teeTcbSvn)
  if (identity === undefined) return undefined
  const [svn = 0] = teeTcbSvn
  const level = findIsvLevel(identity.levels, svn)
  if (level === undefined)
    throw new AttestationError(
      'tcb.unsupported',
      `TDX module ${identity.id}: SVN ${svn} is below every level`,
    )
  return level
}

function requireSigner(signer: ModuleSigner, report: TdReport): void {
  if (!equalBytes(signer.mrSigner, report.mrSignerSeam))
    throw new AttestationError(
      'tdx-module.mismatch',
      'TDX module: another signer than TCB info says',
    )
  if (!equalMasked(report.seamAttributes, signer.attributes, signer.attributesMask))
    throw new AttestationError(
      'tdx-module.mismatch',
      'TDX module: other attributes than TCB info says',
    )
}
