// Facts of a SEV-SNP report that are no fault of the evidence but that strict policies refuse. Pure.
import type { SnpReport } from '../../evidence/sev-snp/report.ts'
import type { ClaimFlag } from '../claims.ts'

const VMPL_FLAGS = [undefined, 'VMPL1', 'VMPL2', 'VMPL3'] as const

/** Flags of a report. */
export function readFlags({
  isDebug,
  mayMigrate,
  aliasesChecked,
  vmpl,
}: Pick<SnpReport, 'isDebug' | 'mayMigrate' | 'aliasesChecked' | 'vmpl'>): ClaimFlag[] {
  const flags: ClaimFlag[] = []
  if (isDebug) flags.push('DEBUG')
  if (mayMigrate) flags.push('MIGRATE_MA')
  // Reports of version 2 are of firmware without this check: the minimum TCB refuses it.
  if (aliasesChecked === false) flags.push('NO_ALIAS_CHECK')
  const level = VMPL_FLAGS[vmpl]
  if (level !== undefined) flags.push(level)
  return flags
}
