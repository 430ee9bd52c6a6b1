// Gramine's `/dev/attestation` as its libOS has it (libos/src/fs/dev/attestation.c), in memory. No I/O.
import { systemError } from '../files.ts'
import type { SimulatedTree } from './simulated-files.ts'

/** What stands behind the files: an enclave. */
export type EnclaveUnderGramine = {
  /** `dcap`, `none` or `epid`; `undefined`: not on SGX. */
  readonly attestationType: string | undefined
  /** A local report of 432 bytes. */
  report(reportData: Uint8Array): Uint8Array
  /** May throw; Gramine then answers EACCES. */
  quote(reportData: Uint8Array): Uint8Array
  /** Keys of 16 bytes by the name of their file; empty when not set. */
  readonly keys: Readonly<Record<string, Uint8Array>>
}

const REPORT_DATA_BYTES = 64
const TARGET_INFO_BYTES = 512

/** The tree below `/dev/attestation`: one place for report data in the whole enclave. */
export function createSimulatedGramine(enclave: EnclaveUnderGramine): SimulatedTree {
  let reportData = new Uint8Array(REPORT_DATA_BYTES)
  let targetInfo = new Uint8Array(TARGET_INFO_BYTES)
  const myTargetInfo = new Uint8Array(TARGET_INFO_BYTES).fill(7)
  const files = () => {
    if (enclave.attestationType === undefined) return []
    const always = [
      'attestation_type',
      'my_target_info',
      'report',
      'user_report_data',
      'target_info',
    ]
    return enclave.attestationType === 'none' ? always : [...always, 'quote']
  }
  const refused = () => {
    throw systemError('EACCES', 'gramine')
  }
  return {
    list: ([folder]) => (folder === 'keys' ? Object.keys(enclave.keys) : [...files(), 'keys']),
    mkdir: refused,
    rmdir: refused,
    read([name = '', key = '']) {
      if (name === 'keys') {
        const value = enclave.keys[key]
        if (value === undefined) throw systemError('ENOENT', key)
        return value.slice()
      }
      if (!files().includes(name)) throw systemError('ENOENT', name)
      if (name === 'attestation_type') return Buffer.from(enclave.attestationType ?? '')
      if (name === 'my_target_info') return myTargetInfo
      // Nothing can be read back from the two files that are written.
      if (name === 'user_report_data' || name === 'target_info') return new Uint8Array()
      if (name === 'report' && !Buffer.from(targetInfo).equals(myTargetInfo)) return refused()
      try {
        return name === 'report' ? enclave.report(reportData) : enclave.quote(reportData)
      } catch {
        return refused()
      }
    },
    write([name = ''], bytes) {
      if (name === 'user_report_data') reportData = padded(bytes, REPORT_DATA_BYTES)
      else if (name === 'target_info') targetInfo = padded(bytes, TARGET_INFO_BYTES)
      else refused()
    },
  }
}

/** Gramine cuts what is too long and fills up what is too short, without a word. */
function padded(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(size)
  result.set(bytes.subarray(0, size))
  return result
}
