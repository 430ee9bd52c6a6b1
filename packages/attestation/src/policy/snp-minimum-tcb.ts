// Lowest SEV-SNP firmware worth accepting, by processor line, and where that is from. Pure.
import type { SevSnpClaims, SnpTcb } from '../appraisal/claims.ts'

/**
 * Processors whose microcode is numbered alike. Numbers of different lines cannot be compared: that
 * of a patched Bergamo is below that of a vulnerable Genoa. `Bergamo` is Siena too.
 */
export type SnpLine =
  | 'Milan'
  | 'Milan-X'
  | 'Genoa'
  | 'Genoa-X'
  | 'Bergamo'
  | 'Turin'
  | 'Turin-Dense'

/**
 * Lowest numbers by line. `snp`: AMD-SB-3020 and AMD-SB-3023, 27 on Zen 3 and Zen 4, 4 on Zen 5.
 * `microcode`: AMD-SB-3019 (Milan, Milan-X, Bergamo), AMD-SB-3020 and AMD-SB-3027 (Genoa, Genoa-X,
 * Turin), AMD-SB-7033 (Turin-Dense). Bulletins name no lowest boot loader, TEE or FMC: those are
 * what patched machines have. Taken from what others quote of the bulletins, November 2026.
 */
export const SNP_MINIMUM_TCB: Readonly<Record<SnpLine, SnpTcb>> = {
  Milan: { bootloader: 4, tee: 0, snp: 27, microcode: 0xdb },
  'Milan-X': { bootloader: 4, tee: 0, snp: 27, microcode: 0x44 },
  Genoa: { bootloader: 10, tee: 0, snp: 27, microcode: 0x56 },
  'Genoa-X': { bootloader: 10, tee: 0, snp: 27, microcode: 0x51 },
  Bergamo: { bootloader: 10, tee: 0, snp: 27, microcode: 0x19 },
  Turin: { fmc: 1, bootloader: 1, tee: 1, snp: 4, microcode: 0x51 },
  'Turin-Dense': { fmc: 1, bootloader: 1, tee: 1, snp: 4, microcode: 0x47 },
}

/**
 * The line of a processor by its CPUID, which reports have from version 3 on. Without it, and for a
 * stepping that is not known here, the line that gave the product its name: its microcode has the
 * highest numbers, so that nothing is accepted by mistake.
 */
export function snpLineOf({ product, cpuid }: Pick<SevSnpClaims, 'product' | 'cpuid'>): SnpLine {
  if (cpuid === undefined) return product
  const { model, stepping } = cpuid
  switch (product) {
    case 'Milan':
      return model === 0x01 && stepping === 2 ? 'Milan-X' : 'Milan'
    case 'Genoa':
      if (model >= 0xa0 && model <= 0xaf) return 'Bergamo'
      return model === 0x11 && stepping === 2 ? 'Genoa-X' : 'Genoa'
    case 'Turin':
      return model >= 0x10 && model <= 0x1f ? 'Turin-Dense' : 'Turin'
  }
}
