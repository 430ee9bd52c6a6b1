// What an operator has to do so that a SEV-SNP platform meets a minimum TCB. Pure.
import type { SevSnpClaims, SnpProduct, SnpTcb } from '../claims.ts'

/** What to do, by code; the texts are for people. */
export const SNP_TCB_REMEDIES = {
  agesa: 'install a BIOS of the machine’s vendor with newer AGESA firmware and restart the host',
  microcode: 'install newer microcode, with the BIOS or the host’s package, and restart the host',
  commit: 'have the host commit the firmware that it runs (SNP_COMMIT), which also reports it',
  certificate: 'then fetch the VCEK or VLEK certificate for the new reported TCB',
  relaunch: 'restart the guest: it was launched under older firmware than the host runs now',
} as const

/** Code of a remedy. */
export type SnpTcbRemedy = keyof typeof SNP_TCB_REMEDIES

/** A number that is too low. */
export type SnpShortfall = {
  /** The TCBs that policies judge. */
  readonly tcb: 'reported' | 'committed' | 'launch'
  readonly component: keyof SnpTcb
  /** Null where the product has no such component. */
  readonly have: number | null
  readonly need: number
  readonly shortBy: number
  readonly raisedBy: SnpTcbRemedy
}

/** Everything about a SEV-SNP platform's TCB, as JSON may carry it. */
export type SnpTcbAdvice = {
  readonly platform: 'sev-snp'
  readonly product: SnpProduct
  /** Nothing is short of the minimum. */
  readonly meetsMinimum: boolean
  readonly short: readonly SnpShortfall[]
  /** Components in which a TCB is behind what the host runs now. */
  readonly behindCurrent: Readonly<Record<SnpShortfall['tcb'], readonly (keyof SnpTcb)[]>>
  /** What to do, in order, each once. */
  readonly steps: readonly { readonly code: SnpTcbRemedy; readonly text: string }[]
}

const COMPONENTS = ['fmc', 'bootloader', 'tee', 'snp', 'microcode'] as const
const TCBS = ['reported', 'committed', 'launch'] as const
const ORDER: readonly SnpTcbRemedy[] = ['agesa', 'microcode', 'commit', 'certificate', 'relaunch']

/**
 * Compares a platform's TCBs with a minimum and with each other: what is installed (current), what
 * the host can go back to (committed), what it lets guests prove (reported), what ran when the guest
 * was measured (launch). Source of what a commit does: Linux, Documentation/virt/coco/sev-guest.rst.
 */
export function adviseSnpTcb(claims: SevSnpClaims, minimumTcb: SnpTcb): SnpTcbAdvice {
  const { product, currentTcb } = claims
  const tcbs = {
    reported: claims.reportedTcb,
    committed: claims.committedTcb,
    launch: claims.launchTcb,
  }
  const short = TCBS.flatMap((tcb) =>
    COMPONENTS.flatMap((component): SnpShortfall[] => {
      const need = minimumTcb[component]
      const have = tcbs[tcb][component]
      if (need === undefined || (have ?? -1) >= need) return []
      const installed = (currentTcb[component] ?? -1) >= need
      const raisedBy = installed ? HOST_REMEDIES[tcb] : updateOf(component)
      return [{ tcb, component, have: have ?? null, need, shortBy: need - (have ?? 0), raisedBy }]
    }),
  )
  const behind = (tcb: SnpShortfall['tcb']) =>
    COMPONENTS.filter((component) => (tcbs[tcb][component] ?? -1) < (currentTcb[component] ?? -1))
  const behindCurrent = {
    reported: behind('reported'),
    committed: behind('committed'),
    launch: behind('launch'),
  }
  const codes = new Set(short.map(({ raisedBy }) => raisedBy))
  if (behindCurrent.reported.length > 0 || behindCurrent.committed.length > 0) codes.add('commit')
  if (behindCurrent.reported.length > 0 || short.some(({ tcb }) => tcb === 'reported'))
    codes.add('certificate')
  const steps = ORDER.filter((code) => codes.has(code)).map((code) => ({
    code,
    text: SNP_TCB_REMEDIES[code],
  }))
  return {
    platform: 'sev-snp',
    product,
    meetsMinimum: short.length === 0,
    short,
    behindCurrent,
    steps,
  }
}

/** What brings a TCB up to what is installed. */
const HOST_REMEDIES: Readonly<Record<SnpShortfall['tcb'], SnpTcbRemedy>> = {
  reported: 'commit',
  committed: 'commit',
  launch: 'relaunch',
}

function updateOf(component: keyof SnpTcb): SnpTcbRemedy {
  return component === 'microcode' ? 'microcode' : 'agesa'
}
