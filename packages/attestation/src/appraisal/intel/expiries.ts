// Until when the certificates and collateral of a platform count. Pure.
import type { EndorsedPlatform } from './quote.ts'

/** A part of the collateral, and how long it counts. */
export type Expiry = {
  readonly part:
    | 'pck-certificate'
    | 'pck-ca'
    | 'root'
    | 'tcb-info-signer'
    | 'qe-identity-signer'
    | 'root-crl'
    | 'pck-crl'
    | 'tcb-info'
    | 'qe-identity'
    /** Not an expiry of the vendor's: the oldest collateral that a policy takes. */
    | 'collateral-age'
  /** The last instant at which it counts, milliseconds. */
  readonly untilMs: number
  /** Whole days until then. */
  readonly daysLeft: number
}

const DAY_MS = 86_400_000

/** Whole days from `atMs` to `untilMs`, below zero when it is past. */
export function daysBetween(atMs: number, untilMs: number): number {
  return Math.floor((untilMs - atMs) / DAY_MS)
}

/** All parts, the first to expire first; `maxAgeMs` is what a policy says of collateral's age. */
export function expiriesOf(
  { chain, collateral }: EndorsedPlatform,
  atMs: number,
  maxAgeMs: number | undefined,
): Expiry[] {
  const { pck, ca, rootCertificate } = chain
  const { tcbSigner, qeSigner, rootCrl, pckCrl, tcbInfo, qeIdentity } = collateral
  const lastOf = (path: readonly { notAfterMs: number }[]) =>
    Math.min(...path.map(({ notAfterMs }) => notAfterMs))
  const issuedAtMs = Math.min(tcbInfo.issuedAtMs, qeIdentity.issuedAtMs, pckCrl.thisUpdateMs)
  const untils: [Expiry['part'], number][] = [
    ['pck-certificate', pck.notAfterMs],
    ['pck-ca', ca.notAfterMs],
    ['root', rootCertificate.notAfterMs],
    ['tcb-info-signer', lastOf(tcbSigner)],
    ['qe-identity-signer', lastOf(qeSigner)],
    ['root-crl', rootCrl.nextUpdateMs],
    ['pck-crl', pckCrl.nextUpdateMs],
    ['tcb-info', tcbInfo.nextUpdateMs],
    ['qe-identity', qeIdentity.nextUpdateMs],
    ...(maxAgeMs === undefined ? [] : [['collateral-age', issuedAtMs + maxAgeMs] as const]),
  ].map(([part, untilMs]) => [part as Expiry['part'], untilMs as number])
  return untils
    .map(([part, untilMs]) => ({ part, untilMs, daysLeft: daysBetween(atMs, untilMs) }))
    .sort((a, b) => a.untilMs - b.untilMs)
}
