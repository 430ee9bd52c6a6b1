// Writes quotes of versions 3, 4 and 5 around a report, byte for byte as hardware does. Node only.
import { createHash } from 'node:crypto'
import type { P256Key } from '../ecdsa-key.ts'
import { writeQuotingEnclave } from './report-writer.ts'
import type { ChipFault } from './switches.ts'

/** Version 3 is SGX's; version 4 holds a TD 1.0 report, version 5 says which it holds. */
export type QuoteFormat =
  | { readonly version: 3 }
  | { readonly version: 4 }
  | { readonly version: 5; readonly td: '1.0' | '1.5' }

/** Everything a quote is made of. */
export type QuoteContent = {
  readonly format: QuoteFormat
  /** TD report or enclave report. */
  readonly body: Uint8Array
  readonly cpuSvn: readonly number[]
  readonly pceSvn: number
  /** SVN of the quoting enclave. */
  readonly qeSvn: number
  readonly attestationKey: P256Key
  readonly pckKey: P256Key
  /** Leaf, CA, root. */
  readonly pckChainPem: string
  readonly faults: ReadonlySet<ChipFault>
}

const QE_VENDOR = Buffer.from('939a7233f79c4ca9940a0db3957f0607', 'hex')
const QE_AUTH_DATA = Uint8Array.from({ length: 32 }, (_, index) => index)
const TEE_TDX = 0x81
const KEY_P256 = 2
const KEY_P384 = 3
const DATA_QE_REPORT = 6
const DATA_PCK_CHAIN = 5
/** The platform's name, encrypted, in place of its chain. */
const DATA_ENCRYPTED_PPID = 3

/** A quote that verifies under the chain of `content`, but for its faults. */
export function writeQuote(content: QuoteContent): Uint8Array {
  const { format, attestationKey, body, faults } = content
  const signed = Buffer.concat([header(content), descriptor(format, body), body])
  const signature = attestationKey.sign(signed)
  const certification = certificationData(content)
  const authentication = Buffer.concat([
    faults.has('quote-signature') ? changed(signature) : signature,
    attestationKey.publicKey,
    ...(format.version === 3 ? [] : [u16(DATA_QE_REPORT), u32(certification.length)]),
    certification,
  ])
  const quote = Buffer.concat([signed, u32(authentication.length), authentication])
  return new Uint8Array(faults.has('quote-cut') ? quote.subarray(0, -1) : quote)
}

/** The bytes with their last one changed. */
export function changed(bytes: Uint8Array): Uint8Array {
  return bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1)
}

function certificationData(content: QuoteContent): Buffer {
  const { attestationKey, pckKey, pckChainPem, faults, cpuSvn, qeSvn } = content
  const tee = content.format.version === 3 ? 'sgx' : 'tdx'
  const bound = createHash('sha256').update(attestationKey.publicKey).update(QE_AUTH_DATA).digest()
  const report = writeQuotingEnclave(tee, { cpuSvn, isvSvn: qeSvn, bound }, faults)
  const signature = pckKey.sign(report)
  const chain = Buffer.from(pckChainPem, 'ascii')
  return Buffer.concat([
    report,
    faults.has('qe-signature') ? changed(signature) : signature,
    u16(QE_AUTH_DATA.length),
    QE_AUTH_DATA,
    u16(faults.has('quote-certification-data') ? DATA_ENCRYPTED_PPID : DATA_PCK_CHAIN),
    u32(chain.length),
    chain,
  ])
}

function header({ format: { version }, qeSvn, pceSvn, faults }: QuoteContent): Buffer {
  const bytes = Buffer.alloc(48)
  const tee = version === 3 ? 0 : TEE_TDX
  bytes.writeUInt16LE(faults.has('quote-version') ? 9 : version, 0)
  bytes.writeUInt16LE(faults.has('quote-key-type') ? KEY_P384 : KEY_P256, 2)
  bytes.writeUInt32LE(faults.has('quote-tee-type') ? 0x82 : tee, 4)
  if (version === 3) {
    bytes.writeUInt16LE(qeSvn, 8)
    bytes.writeUInt16LE(pceSvn, 10)
  }
  if (!faults.has('quote-vendor')) QE_VENDOR.copy(bytes, 12)
  return bytes
}

/** Version 5 says what follows. */
function descriptor(format: QuoteFormat, body: Uint8Array): Buffer {
  if (format.version !== 5) return Buffer.alloc(0)
  return Buffer.concat([u16(format.td === '1.0' ? 2 : 3), u32(body.length)])
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
