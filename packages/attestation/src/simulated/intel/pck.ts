// PCK certificates of simulated chips. Node only.
import { createHash } from 'node:crypto'
import { TAG } from '../../der/reader.ts'
import { EXTENSION } from '../../x509/extensions.ts'
import { element, integer, octets, oid, sequence } from '../der-writer.ts'
import { FMSPC, PCE_ID, svnsOf, type SimulatedCa, type SimulatedTcb } from './tcb.ts'

/** Serial number of the certificate that a chip has in a state, 20 bytes. */
export function pckSerial(ppid: Uint8Array, state: SimulatedTcb): Uint8Array {
  const digest = createHash('sha256').update(ppid).update(state).digest().subarray(0, 20)
  digest[0] = ((digest[0] ?? 0) & 0x7f) | 0x40
  return digest
}

/** What the extension says where a chip is not just in a state. */
export type PckDetails = {
  readonly svns?: { readonly sgx: readonly number[]; readonly pce: number }
  /** Hex of 6 bytes. */
  readonly fmspc?: string
  /** Hex of 2 bytes. */
  readonly pceId?: string
  readonly ca?: SimulatedCa
}

/** Content of Intel's SGX extension for a chip in a state. */
export function sgxExtension(
  ppid: Uint8Array,
  state: SimulatedTcb,
  details: PckDetails = {},
): Uint8Array {
  const { svns = svnsOf(state), fmspc = FMSPC, pceId = PCE_ID, ca = 'platform' } = details
  const entry = (number: string, value: Uint8Array) =>
    sequence(oid(`${EXTENSION.sgx}.${number}`), value)
  const enumerated = (value: number) => element(TAG.enumerated, Uint8Array.of(value))
  const flag = (value: boolean) => element(TAG.boolean, Uint8Array.of(value ? 0xff : 0))
  const tcb = sequence(
    ...svns.sgx.map((svn, index) => entry(`2.${index + 1}`, integer(svn))),
    entry('2.17', integer(svns.pce)),
    entry('2.18', octets(Uint8Array.from(svns.sgx))),
  )
  const always = [
    entry('1', octets(ppid)),
    entry('2', tcb),
    entry('3', octets(Buffer.from(pceId, 'hex'))),
    entry('4', octets(Buffer.from(fmspc, 'hex'))),
    entry('5', enumerated(ca === 'platform' ? 1 : 0)),
  ]
  if (ca === 'processor') return sequence(...always)
  // Only machines of several processors have an instance and settings.
  return sequence(
    ...always,
    entry('6', octets(createHash('sha256').update(ppid).digest().subarray(0, 16))),
    entry(
      '7',
      sequence(entry('7.1', flag(true)), entry('7.2', flag(false)), entry('7.3', flag(true))),
    ),
  )
}
