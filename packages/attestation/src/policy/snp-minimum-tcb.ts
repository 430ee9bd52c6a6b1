// Lowest SEV-SNP firmware worth accepting, by product, and where that is from. Pure.
import type { SnpProduct, SnpTcb } from '../appraisal/claims.ts'

/**
 * Lowest numbers by product (AMD's bulletins; `snp` 27 on Zen 3 and Zen 4, 4 on Zen 5: AMD-SB-3020
 * and AMD-SB-3023; `microcode`: AMD-SB-3019 on Milan, AMD-SB-3020 and AMD-SB-3027 on Genoa and
 * Turin). Bulletins name no lowest boot loader, TEE or FMC: those are what patched machines have.
 */
export const SNP_MINIMUM_TCB: Readonly<Record<SnpProduct, SnpTcb>> = {
  Milan: { bootloader: 4, tee: 0, snp: 27, microcode: 0xdb },
  Genoa: { bootloader: 10, tee: 0, snp: 27, microcode: 0x56 },
  Turin: { fmc: 1, bootloader: 1, tee: 1, snp: 4, microcode: 0x51 },
}
