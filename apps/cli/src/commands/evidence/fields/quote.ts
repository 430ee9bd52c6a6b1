// Quotes of TDX (versions 4 and 5) and SGX (3 to 5), field by field, without verifying. Pure.
import { bitNames, FieldReader, type Description, type Section } from './field.ts'
import { pemFields } from './certificate.ts'

const teeTdx = 0x81
const intelVendor = '939a7233f79c4ca9940a0db3957f0607'

const tdAttributes = {
  0: 'DEBUG',
  27: 'LASS',
  28: 'SEPT_VE_DISABLE',
  29: 'MIGRATABLE',
  30: 'PKS',
  31: 'KEY_LOCKER',
  63: 'PERFMON',
}
const sgxAttributes = {
  0: 'INIT',
  1: 'DEBUG',
  2: '64-BIT',
  4: 'PROVISION_KEY',
  5: 'EINITTOKEN_KEY',
  7: 'KSS',
  10: 'AEX_NOTIFY',
}

/** A quote with everything in it. */
export function describeQuote(bytes: Uint8Array): Description {
  const { version, isTdx, section, reader } = readHeader(bytes)
  const sections: Section[] = [section]
  let bodyType = isTdx ? 2 : 1
  if (version === 5) {
    const descriptor = new FieldReader(bytes, reader.offset)
    bodyType = descriptor.number(2, 'body type', (type) => bodyNames[type] ?? 'unknown')
    descriptor.number(4, 'body size', (size) => `${size} bytes`)
    sections.push({ title: 'Body descriptor', fields: descriptor.fields })
    reader.skip(6)
  }
  const body = new FieldReader(bytes, reader.offset)
  if (bodyType === 1) readEnclave(body)
  else readTd(body, bodyType === 3)
  sections.push({ title: bodyType === 1 ? 'Enclave report' : 'TD report', fields: body.fields })
  sections.push(...readAuthentication(bytes, body.offset, version))
  const tee = isTdx ? 'TDX' : 'SGX'
  return { what: `${tee} quote of version ${version}, ${bytes.length} bytes`, sections }
}

const bodyNames: Readonly<Record<number, string>> = {
  1: 'SGX enclave report',
  2: 'TD report of TDX 1.0',
  3: 'TD report of TDX 1.5',
}

function readHeader(bytes: Uint8Array) {
  const reader = new FieldReader(bytes)
  const version = reader.number(2, 'version')
  reader.number(2, 'attestation key', (type) =>
    type === 2 ? '2: ECDSA on P-256' : type === 3 ? '3: ECDSA on P-384' : `${type}: unknown`,
  )
  let isTdx = false
  if (version === 3) reader.reserved(4)
  else
    isTdx =
      reader.number(4, 'TEE type', (type) =>
        type === teeTdx ? 'TDX' : type === 0 ? 'SGX' : `${type}: unknown`,
      ) === teeTdx
  if (version === 3) {
    reader.number(2, 'QE SVN')
    reader.number(2, 'PCE SVN')
  } else reader.reserved(4)
  reader.take(16, 'QE vendor', (id) =>
    Buffer.from(id).toString('hex') === intelVendor ? 'Intel' : 'not Intel',
  )
  reader.take(20, 'user data', () => 'begins with an id of the quoting enclave')
  return { version, isTdx, reader, section: { title: 'Header', fields: reader.fields } }
}

function readTd(body: FieldReader, extended: boolean): void {
  body.take(16, 'TEE_TCB_SVN', tcbSvn)
  body.take(48, 'MRSEAM', () => 'the TDX module')
  body.take(48, 'MRSIGNERSEAM', (key) =>
    key.some(Boolean) ? 'not Intel: the signer is set' : 'zero: Intel',
  )
  body.take(8, 'SEAMATTRIBUTES', (bits) => bitNames(bits, {}))
  body.take(8, 'TDATTRIBUTES', (bits) => bitNames(bits, tdAttributes))
  body.take(8, 'XFAM', () => 'processor states that the guest may use')
  body.take(48, 'MRTD', () => 'memory at launch: the firmware')
  body.take(48, 'MRCONFIGID', () => 'set by the host at launch: the configuration')
  body.take(48, 'MROWNER', () => 'set by the host at launch')
  body.take(48, 'MROWNERCONFIG', () => 'set by the host at launch')
  body.take(48, 'RTMR0', () => 'firmware configuration')
  body.take(48, 'RTMR1', () => 'kernel')
  body.take(48, 'RTMR2', () => 'command line and initial file system')
  body.take(48, 'RTMR3', () => 'what the guest itself adds')
  body.take(64, 'REPORTDATA', () => 'what the guest asked to have signed')
  if (!extended) return
  body.take(16, 'TEE_TCB_SVN_2', (svn) => `as it is now: ${tcbSvn(svn)}`)
  body.take(48, 'MRSERVICETD', () => 'a service guest that may move this one')
}

function tcbSvn(svn: Uint8Array): string {
  const [low = 0, high = 0, third = 0] = svn
  return high === 0
    ? `TDX module SVN ${low}, third component ${third}`
    : `TDX module ${high} with SVN ${low}, third component ${third}`
}

function readEnclave(body: FieldReader): void {
  body.take(16, 'CPUSVN', () => 'SVNs of processor and microcode')
  body.take(4, 'MISCSELECT')
  body.reserved(12)
  body.take(16, 'ISVEXTPRODID')
  body.take(16, 'ATTRIBUTES', (bits) => bitNames(bits.subarray(0, 8), sgxAttributes))
  body.take(32, 'MRENCLAVE', () => 'code and data of the enclave')
  body.reserved(32)
  body.take(32, 'MRSIGNER', () => 'the key that signed the enclave')
  body.reserved(32)
  body.take(64, 'CONFIGID', () => 'set by the host at launch')
  body.number(2, 'ISVPRODID', (id) => `product ${id} of the signer`)
  body.number(2, 'ISVSVN', (svn) => `its security version ${svn}`)
  body.number(2, 'CONFIGSVN')
  body.reserved(42)
  body.take(16, 'ISVFAMILYID')
  body.take(64, 'REPORTDATA', () => 'what the enclave asked to have signed')
}

const dataTypes: Readonly<Record<number, string>> = {
  1: 'PPID in plain text',
  2: 'PPID encrypted with RSA-2048',
  3: 'PPID encrypted with RSA-3072',
  5: 'PCK certificate chain in PEM',
  6: 'report of the quoting enclave',
  7: 'PCK certificate chain of a platform',
}

function readAuthentication(bytes: Uint8Array, offset: number, version: number): Section[] {
  const reader = new FieldReader(bytes, offset)
  const size = reader.number(4, 'length', (value) => `${value} bytes`)
  const end = reader.offset + size
  reader.take(64, 'quote signature', () => 'r and s, by the attestation key')
  reader.take(64, 'attestation key', () => 'x and y, on P-256')
  if (version !== 3) {
    reader.number(2, 'data type', (type) => `${type}: ${dataTypes[type] ?? 'unknown'}`)
    reader.number(4, 'data length', (value) => `${value} bytes`)
  }
  const sections: Section[] = [{ title: 'Authentication data', fields: reader.fields }]
  if (reader.left === 0) return sections
  const enclave = new FieldReader(bytes, reader.offset)
  readEnclave(enclave)
  sections.push({ title: 'Report of the quoting enclave', fields: enclave.fields })
  const proof = new FieldReader(bytes, enclave.offset)
  proof.take(64, 'report signature', () => 'r and s, by the PCK key of the platform')
  const authSize = proof.number(2, 'QE data length', (value) => `${value} bytes`)
  if (authSize > 0) proof.take(authSize, 'QE data', () => 'hashed with the attestation key')
  const type = proof.number(2, 'data type', (value) => `${value}: ${dataTypes[value] ?? 'unknown'}`)
  const dataSize = proof.number(4, 'data length', (value) => `${value} bytes`)
  const start = proof.offset
  const data = bytes.subarray(start, Math.min(start + dataSize, bytes.length))
  sections.push({ title: 'Proof of the quoting enclave', fields: proof.fields })
  if (type === 5)
    sections.push({
      title: `PCK chain, from offset 0x${start.toString(16)}`,
      fields: pemFields(new TextDecoder('latin1').decode(data)),
    })
  else if (dataSize > 0) proof.take(Math.min(dataSize, proof.left), 'certification data')
  if (bytes.length > end && end > 0)
    sections.push({
      title: 'After the quote',
      fields: [
        {
          offset: end,
          name: 'trailing bytes',
          meaning: `${bytes.length - end} bytes, signed by nobody`,
        },
      ],
    })
  return sections
}
