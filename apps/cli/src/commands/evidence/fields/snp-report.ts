// SEV-SNP reports, field by field, without verifying (firmware ABI, publication 56860). Pure.
import { bitNames, FieldReader, type Description, type Section } from './field.ts'

const policyBits = {
  16: 'SMT allowed',
  17: 'always set',
  18: 'MIGRATE_MA',
  19: 'DEBUG',
  20: 'one socket',
  21: 'CXL allowed',
  22: 'AES-256-XTS',
  23: 'RAPL off',
  24: 'ciphertext hidden',
  25: 'no page swap',
}
const platformBits = {
  0: 'SMT on',
  1: 'TSME on',
  2: 'ECC memory',
  3: 'RAPL off',
  4: 'ciphertext hidden',
  5: 'memory aliases checked',
}
const keyNames = ['VCEK, of the chip', 'VLEK, of the cloud']

/** A report with everything in it. */
export function describeSnpReport(bytes: Uint8Array): Description {
  const guest = new FieldReader(bytes)
  const version = guest.number(4, 'version')
  const isTurin = version >= 3 && bytes[0x188] === 0x1a
  guest.number(4, 'guest SVN')
  guest.take(8, 'guest policy', readPolicy)
  guest.take(16, 'family id')
  guest.take(16, 'image id')
  guest.number(4, 'VMPL', (level) =>
    level > 3 ? `${level}: not asked for by a guest` : `asked for at privilege level ${level}`,
  )
  guest.number(4, 'signature', (type) =>
    type === 1 ? '1: ECDSA P-384, SHA-384' : `${type}: unknown`,
  )
  const platform = new FieldReader(bytes, guest.offset)
  platform.take(8, 'current TCB', tcb(isTurin))
  platform.take(8, 'platform info', (bits) => bitNames(bits, platformBits))
  platform.number(4, 'key info', readKeyInfo)
  platform.reserved(4)
  const measured = new FieldReader(bytes, platform.offset)
  measured.take(64, 'REPORT_DATA', () => 'what the guest asked to have signed')
  measured.take(48, 'MEASUREMENT', () => 'memory and processors at launch')
  measured.take(32, 'HOST_DATA', () => 'set by the host at launch: the configuration')
  measured.take(48, 'ID_KEY_DIGEST', () => 'the key that signed the expected measurement')
  measured.take(48, 'AUTHOR_KEY_DIGEST', () => 'the key that signed that key')
  measured.take(32, 'REPORT_ID', () => 'of this guest')
  measured.take(32, 'REPORT_ID_MA', () => 'of its migration agent; all ones: none')
  const machine = new FieldReader(bytes, measured.offset)
  readMachine(machine, version, isTurin)
  const sections: Section[] = [
    { title: 'Guest', fields: guest.fields },
    { title: 'Platform', fields: platform.fields },
    { title: 'Measured', fields: measured.fields },
    { title: 'Machine', fields: machine.fields },
    { title: 'Signature', fields: readSignature(bytes) },
  ]
  return { what: `SEV-SNP report of version ${version}, ${bytes.length} bytes`, sections }
}

function readMachine(machine: FieldReader, version: number, isTurin: boolean): void {
  machine.take(8, 'reported TCB', (bytes) => `${tcb(isTurin)(bytes)}: what the key is bound to`)
  if (version < 3) machine.reserved(24)
  else {
    machine.take(
      3,
      'CPUID',
      ([family = 0, model = 0, stepping = 0]) =>
        `family 0x${family.toString(16)}, model 0x${model.toString(16)}, stepping ${stepping}: ${silicon(family, model)}`,
    )
    machine.reserved(21)
  }
  machine.take(64, 'CHIP_ID', () => 'of the processor; zero where the host masks it')
  machine.take(8, 'committed TCB', (bytes) => `${tcb(isTurin)(bytes)}: no way back below it`)
  machine.take(3, 'current version', firmware)
  machine.reserved(1)
  machine.take(3, 'committed version', firmware)
  machine.reserved(1)
  machine.take(8, 'launch TCB', tcb(isTurin))
  if (version < 5) return machine.reserved(168)
  machine.take(8, 'launch mitigations', (bits) => bitNames(bits, {}))
  machine.take(8, 'current mitigations', (bits) => bitNames(bits, {}))
  machine.reserved(152)
}

function readSignature(bytes: Uint8Array) {
  const signature = new FieldReader(bytes, 0x2a0)
  signature.take(72, 'r', () => 'little-endian, 48 bytes and padding')
  signature.take(72, 's', () => 'little-endian, 48 bytes and padding')
  signature.reserved(368)
  if (signature.left > 0)
    signature.take(signature.left, 'after the report', () => 'signed by nobody')
  return signature.fields
}

function readPolicy(bytes: Uint8Array): string {
  const [minor = 0, major = 0] = bytes
  const bits = Uint8Array.from(bytes, (byte, index) => (index < 2 ? 0 : byte))
  return `ABI ${major}.${minor} or later; ${bitNames(bits, policyBits)}`
}

function readKeyInfo(value: number): string {
  const key = keyNames[(value >>> 2) & 7] ?? 'no key, or an unknown one'
  const masked = (value & 2) === 0 ? '' : ', the host masks the chip’s key'
  return `signed by ${key}${(value & 1) === 0 ? '' : ', with an author key'}${masked}`
}

function tcb(isTurin: boolean): (bytes: Uint8Array) => string {
  return (bytes) => {
    const [a, b, c, d] = bytes
    return isTurin
      ? `FMC ${a}, boot loader ${b}, TEE ${c}, SNP ${d}, microcode ${bytes[7]}`
      : `boot loader ${a}, TEE ${b}, SNP ${bytes[6]}, microcode ${bytes[7]}`
  }
}

function firmware([build, minor, major]: Uint8Array): string {
  return `firmware ${major}.${minor}, build ${build}`
}

function silicon(family: number, model: number): string {
  if (family === 0x19 && model <= 0x0f) return 'Milan'
  if (family === 0x19 && model >= 0x10 && model <= 0x1f) return 'Genoa'
  if (family === 0x19 && model >= 0xa0 && model <= 0xaf) return 'Bergamo or Siena (Genoa chain)'
  return family === 0x1a && model <= 0x11 ? 'Turin' : 'unknown'
}
