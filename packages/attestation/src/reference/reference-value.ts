// Reference values (RFC 9334): measurements that somebody vouches for, and whether claims have one.
// Pure.
import { sgxMeasurementId, snpMeasurementId, tdxMeasurementId } from '../binding/identity.ts'
import type { LaunchClaims } from '../binding/launch.ts'
import type { Hex } from '../bytes.ts'

/** Registers that make a measurement, by platform; lower-case hex. None of them may be zero. */
export type ReferenceRegisters = {
  /** 48 bytes each. A run-time register that is zero has measured nothing. */
  readonly tdx: Readonly<Record<'mrtd' | 'rtmr0' | 'rtmr1' | 'rtmr2', Hex>>
  readonly sgx: {
    /** 32 bytes each. */
    readonly mrEnclave: Hex
    readonly mrSigner: Hex
    /** 16 bits each. */
    readonly isvProdId: number
    readonly isvSvn: number
  }
  /** 48 bytes. */
  readonly 'sev-snp': { readonly measurement: Hex }
}

/** Platforms whose measurements have an id. */
export type ReferencePlatform = keyof ReferenceRegisters

/** How a measurement came about, so that others can make it again. */
export type Provenance = {
  /** 1 to 1,024 characters: the command or the place where it is written down. */
  readonly text: string
  /** Commit of the source, 40 or 64 hex digits. */
  readonly sourceCommit?: string
  /** SHA-256 of the recipe (build description, container image), 32 bytes. */
  readonly recipeDigest?: Hex
}

type Common = {
  /** What was measured, e.g. `wetee-guest`; 1 to 64 characters of `a-z0-9.-`. */
  readonly name: string
  /** 1 to 64 characters of `A-Za-z0-9.+-`. */
  readonly version: string
  readonly producedBy: Provenance
  /** First instant at which it counts, milliseconds. */
  readonly validFromMs: number
  /** First instant at which it no longer counts, milliseconds. */
  readonly validUntilMs: number | 'no-end'
}

/** A measurement of a released program on one platform. */
export type ReferenceValue = {
  readonly [P in ReferencePlatform]: Common & {
    readonly platform: P
    readonly registers: ReferenceRegisters[P]
  }
}[ReferencePlatform]

/** Whether claims have a reference value that counts. */
export type ReferenceMatch =
  | { readonly matched: true; readonly value: ReferenceValue }
  | {
      readonly matched: false
      readonly reason: 'unknown' | 'not-yet-valid' | 'expired'
      /** The value that would have counted at another time. */
      readonly value?: ReferenceValue
    }

/** `measurementId` of a value, 32 bytes. Throws AttestationError `binding.invalid`. */
export function measurementIdOf(value: ReferenceValue): Hex {
  switch (value.platform) {
    case 'tdx':
      return tdxMeasurementId(value.registers)
    case 'sgx':
      return sgxMeasurementId(value.registers)
    case 'sev-snp':
      return snpMeasurementId(value.registers)
  }
}

/**
 * The value that has exactly the claims' registers on their platform, at the instant `atMs`
 * (milliseconds); there are no wildcards, and no claims match an empty list. Where several have
 * them, one that counts comes before one that does not.
 */
export function matchReferenceValue(
  { platform, measurementId }: Pick<LaunchClaims, 'platform' | 'measurementId'>,
  values: readonly ReferenceValue[],
  atMs: number,
): ReferenceMatch {
  const same = values.filter(
    (value) => value.platform === platform && measurementIdOf(value) === measurementId,
  )
  const [first] = same
  if (first === undefined) return { matched: false, reason: 'unknown' }
  const live = same.find((value) => validityOf(value, atMs) === 'valid')
  if (live !== undefined) return { matched: true, value: live }
  const reason = validityOf(first, atMs) === 'expired' ? 'expired' : 'not-yet-valid'
  return { matched: false, reason, value: first }
}

function validityOf(
  { validFromMs, validUntilMs }: Common,
  atMs: number,
): 'not-yet-valid' | 'valid' | 'expired' {
  // A time that is no number is within no span.
  if (!(atMs >= validFromMs)) return 'not-yet-valid'
  return validUntilMs === 'no-end' || atMs < validUntilMs ? 'valid' : 'expired'
}
