// Names of a machine and of what it measured: platformId and measurementId. Pure.
import { sha256 } from '@noble/hashes/sha2.js'
import { fromHex, isZero, toHex, unsigned, utf8, type Hex } from '../bytes.ts'
import { AttestationError } from '../error.ts'
import { frame } from './frame.ts'

/** What names a machine at its vendor: Intel's PPID (16 bytes), AMD's chip id (64 bytes). */
export type HardwareId =
  | { readonly platform: 'tdx' | 'sgx'; readonly ppid: Hex }
  | { readonly platform: 'sev-snp'; readonly chipId: Hex }

/**
 * `platformId` of a machine in a network, 32 bytes. Throws AttestationError `binding.invalid`,
 * also for an id that is zero: a masked one names no machine.
 */
export function platformId(
  machine: HardwareId & { readonly chainId: bigint; readonly subnet: Hex },
): Hex {
  const id =
    machine.platform === 'sev-snp'
      ? fromHex(machine.chipId, 64, 'chipId')
      : fromHex(machine.ppid, 16, 'ppid')
  if (isZero(id))
    throw new AttestationError('binding.invalid', 'ppid or chip id: zero names no machine')
  return toHex(
    sha256(
      frame(
        'wetee/platform/v1',
        utf8(machine.platform),
        unsigned(machine.chainId, 32, 'chainId'),
        fromHex(machine.subnet, 20, 'subnet'),
        id,
      ),
    ),
  )
}

/**
 * `measurementId` of a TDX guest, 32 bytes, from registers of 48 bytes. Throws AttestationError
 * `binding.invalid`.
 */
export function tdxMeasurementId(guest: {
  readonly mrtd: Hex
  readonly rtmr0: Hex
  readonly rtmr1: Hex
  readonly rtmr2: Hex
}): Hex {
  return toHex(
    sha256(
      frame(
        'wetee/measurement/v1',
        utf8('tdx'),
        fromHex(guest.mrtd, 48, 'mrtd'),
        fromHex(guest.rtmr0, 48, 'rtmr0'),
        fromHex(guest.rtmr1, 48, 'rtmr1'),
        fromHex(guest.rtmr2, 48, 'rtmr2'),
      ),
    ),
  )
}

/**
 * `measurementId` of an SGX enclave, 32 bytes: MRENCLAVE and MRSIGNER of 32 bytes, product and SVN
 * of 16 bits. Throws AttestationError `binding.invalid`.
 */
export function sgxMeasurementId(enclave: {
  readonly mrEnclave: Hex
  readonly mrSigner: Hex
  readonly isvProdId: number
  readonly isvSvn: number
}): Hex {
  return toHex(
    sha256(
      frame(
        'wetee/measurement/v1',
        utf8('sgx'),
        fromHex(enclave.mrEnclave, 32, 'mrEnclave'),
        fromHex(enclave.mrSigner, 32, 'mrSigner'),
        unsigned(enclave.isvProdId, 2, 'isvProdId'),
        unsigned(enclave.isvSvn, 2, 'isvSvn'),
      ),
    ),
  )
}

/**
 * `measurementId` of a SEV-SNP guest, 32 bytes, from MEASUREMENT of 48 bytes. Throws
 * AttestationError `binding.invalid`.
 */
export function snpMeasurementId({ measurement }: { readonly measurement: Hex }): Hex {
  return toHex(
    sha256(frame('wetee/measurement/v1', utf8('sev-snp'), fromHex(measurement, 48, 'measurement'))),
  )
}

/**
 * `measurementId` of a pod that is a confidential machine, 32 bytes: of its guest's, and the digest (`sha256:..`) of the agent's image, which the guest's
 * does not cover. Throws AttestationError `binding.invalid`.
 */
export function podMeasurementId(guest: Hex, agentImage: string): Hex {
  if (!/^sha256:[0-9a-f]{64}$/.test(agentImage))
    throw new AttestationError('binding.invalid', 'agentImage: expected sha256: and 64 hex digits')
  const digest = fromHex(`0x${agentImage.slice('sha256:'.length)}`, 32, 'agentImage')
  return toHex(
    sha256(frame('wetee/measurement/pod/v1', fromHex(guest, 32, 'measurementId'), digest)),
  )
}
