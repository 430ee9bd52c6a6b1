// An enclave (SGX) on a simulated chip. Node only.
import { fromHex, type Hex } from '../../bytes.ts'
import { enclaveAttributes, writeEnclaveReport, type EnclaveKey } from './report-writer.ts'

/** What an enclave is. */
export type SimulatedEnclaveLaunch = {
  /** 32 bytes. */
  readonly mrEnclave: Hex
  /** 32 bytes. */
  readonly mrSigner: Hex
  readonly isvProdId: number
  readonly isvSvn: number
  /** 64 bytes; without it the enclave has no key separation and sharing. */
  readonly configId?: Hex
  /** In debug mode from the start, whatever the chip's switch says. */
  readonly debug?: boolean
  /** Keys beyond an application's that the enclave may ask for. */
  readonly keys?: readonly EnclaveKey[]
}

/** A running enclave. */
export type SimulatedEnclave = {
  /** An SGX quote (version 3) over 64 bytes. Throws AttestationError `binding.invalid`. */
  quote(reportData: Hex): Uint8Array
}

/** What an enclave needs of the chip it runs on. */
export type EnclaveHost = {
  debug(): boolean
  cpuSvn(): readonly number[]
  quote(report: Uint8Array): Uint8Array
}

/**
 * Starts an enclave. Throws AttestationError `binding.invalid` for values of another size and
 * RangeError for numbers of more than 16 bits.
 */
export function launchEnclave(host: EnclaveHost, launch: SimulatedEnclaveLaunch): SimulatedEnclave {
  const { isvProdId, isvSvn, debug = false, keys = [] } = launch
  const mrEnclave = fromHex(launch.mrEnclave, 32, 'mrEnclave')
  const mrSigner = fromHex(launch.mrSigner, 32, 'mrSigner')
  const configId = launch.configId === undefined ? [] : [fromHex(launch.configId, 64, 'configId')]
  for (const [name, value] of Object.entries({ isvProdId, isvSvn }))
    if (!Number.isInteger(value) || value < 0 || value > 0xffff)
      throw new RangeError(`${name} is ${value}, expected 0 to 65535`)
  return {
    quote(reportData) {
      const report = writeEnclaveReport({
        cpuSvn: host.cpuSvn(),
        attributes: enclaveAttributes({
          debug: debug || host.debug(),
          kss: configId.length > 0,
          keys,
        }),
        mrEnclave,
        mrSigner,
        isvProdId,
        isvSvn,
        ...(configId[0] === undefined ? {} : { configId: configId[0] }),
        reportData: fromHex(reportData, 64, 'reportData'),
      })
      return host.quote(report)
    },
  }
}
