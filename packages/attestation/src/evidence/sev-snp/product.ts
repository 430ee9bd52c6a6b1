// Processor families with SEV-SNP, by CPUID. Pure.
import type { SnpProduct } from '../../appraisal/claims.ts'

/** What CPUID says of a processor: family and model with their extended parts, 0 to 255 each. */
export type SnpCpuid = {
  readonly family: number
  readonly model: number
  readonly stepping: number
}

/**
 * The family that vouches for a processor, first to last model each; Genoa's chain is Bergamo's and
 * Siena's as well. Later models of family 0x1A lay out their TCB in another way.
 */
const MODELS: readonly (readonly [
  family: number,
  first: number,
  last: number,
  product: SnpProduct,
])[] = [
  [0x19, 0x00, 0x0f, 'Milan'],
  [0x19, 0x10, 0x1f, 'Genoa'],
  [0x19, 0xa0, 0xaf, 'Genoa'],
  [0x1a, 0x00, 0x1f, 'Turin'],
]

/** The product of a processor; undefined for one that is not known. */
export function productOf({ family, model }: SnpCpuid): SnpProduct | undefined {
  return MODELS.find(([of, first, last]) => of === family && model >= first && model <= last)?.[3]
}
