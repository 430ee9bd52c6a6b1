// Reads ZIP archives of strangers: plain files alone, one list of them, within bounds. No I/O.
//
// APPNOTE.TXT 6.3, without what Go modules and wheels have no use for and readers disagree about: encryption, several disks, ZIP64,
// bytes before the first entry or after the last.
import { crc32, inflateRawSync } from 'node:zlib'
import { BuildError } from '../error.ts'

/** Bounds of one archive, unpacked. */
export type ZipLimits = { readonly maxBytes: number; readonly maxFiles: number }

/** A file, or a folder (its name ends in a slash) that has no content. */
export type ZipEntry = {
  readonly name: string
  readonly size: number
  readonly executable: boolean
  /** Unpacks it, checked by size and CRC-32. Throws BuildError `build.dependency-invalid`. */
  readonly read: () => Buffer
}

const endSignature = 0x06054b50
const centralSignature = 0x02014b50
const localSignature = 0x04034b50
const endBytes = 22
const maxNameBytes = 1024
const maxDepth = 64

/** Lists an archive. `shown` names it in errors. Throws BuildError `build.dependency-invalid`. */
export function readZip(bytes: Buffer, shown: string, limits: ZipLimits): ZipEntry[] {
  const refuse = (why: string): never => {
    throw new BuildError('build.dependency-invalid', `${shown}: ${why}`)
  }
  const end = endOf(bytes) ?? refuse('it is no ZIP archive that is used here')
  if (end.count > limits.maxFiles) refuse('it has too many files')
  const entries: ZipEntry[] = []
  const names = new Set<string>()
  let at = end.start
  let left = limits.maxBytes
  for (let index = 0; index < end.count; index++) {
    const record = centralRecord(bytes, at, end.end) ?? refuse('its list of files is broken')
    at = record.next
    const { name } = record
    if (!isPlainName(name)) refuse(`it has the path ${JSON.stringify(name.slice(0, 200))}`)
    if (names.has(name)) refuse(`it has ${JSON.stringify(name)} twice`)
    names.add(name)
    if ((record.kind & 0o170000) === 0o120000)
      refuse(`${JSON.stringify(name)} is a link: only files are taken`)
    left -= record.size
    if (left < 0) refuse('it unpacks to too much')
    entries.push({
      name,
      size: record.size,
      executable: (record.kind & 0o100) !== 0,
      read: () => contentOf(bytes, record) ?? refuse(`${JSON.stringify(name)} is broken`),
    })
  }
  if (at !== end.end) refuse('its list of files is broken')
  requireTree(names, refuse)
  return entries
}

type End = { readonly start: number; readonly end: number; readonly count: number }

/** The list of files, which ends where the archive's end begins. */
function endOf(bytes: Buffer): End | undefined {
  const first = Math.max(0, bytes.length - endBytes - 0xffff)
  for (let at = bytes.length - endBytes; at >= first; at--) {
    if (bytes.readUInt32LE(at) !== endSignature) continue
    if (at + endBytes + bytes.readUInt16LE(at + 20) !== bytes.length) continue
    const count = bytes.readUInt16LE(at + 10)
    const start = bytes.readUInt32LE(at + 16)
    const oneDisk = bytes.readUInt32LE(at + 4) === 0 && bytes.readUInt16LE(at + 8) === count
    const ends = start + bytes.readUInt32LE(at + 12) === at
    return oneDisk && ends && count < 0xffff ? { start, end: at, count } : undefined
  }
  return undefined
}

type CentralRecord = {
  readonly name: string
  readonly rawName: Buffer
  readonly method: number
  readonly crc: number
  readonly packedSize: number
  readonly size: number
  readonly kind: number
  readonly local: number
  readonly listStart: number
  readonly next: number
}

function centralRecord(bytes: Buffer, at: number, end: number): CentralRecord | undefined {
  if (at + 46 > end || bytes.readUInt32LE(at) !== centralSignature) return undefined
  const flags = bytes.readUInt16LE(at + 8)
  const nameBytes = bytes.readUInt16LE(at + 28)
  const next = at + 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  const method = bytes.readUInt16LE(at + 10)
  // Encrypted, or patched from another archive.
  if (next > end || (flags & 0x2061) !== 0 || (method !== 0 && method !== 8)) return undefined
  const rawName = bytes.subarray(at + 46, at + 46 + nameBytes)
  return {
    name: rawName.toString('utf8'),
    ...{ rawName, method, next, listStart: end },
    crc: bytes.readUInt32LE(at + 16),
    packedSize: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    kind: bytes.readUInt16LE(at + 40),
    local: bytes.readUInt32LE(at + 42),
  }
}

/** Undefined where the file's own header says another name, or its bytes are others. */
function contentOf(bytes: Buffer, record: CentralRecord): Buffer | undefined {
  const { local, rawName, packedSize, size, method } = record
  if (local + 30 > record.listStart || bytes.readUInt32LE(local) !== localSignature)
    return undefined
  const nameEnd = local + 30 + bytes.readUInt16LE(local + 26)
  const start = nameEnd + bytes.readUInt16LE(local + 28)
  const name = bytes.subarray(local + 30, nameEnd)
  if (start + packedSize > record.listStart || !name.equals(rawName)) return undefined
  if (bytes.readUInt16LE(local + 8) !== method) return undefined
  const packed = bytes.subarray(start, start + packedSize)
  const content = method === 0 ? packed : inflate(packed, size)
  return content?.length === size && crc32(content) === record.crc ? content : undefined
}

/** Never more than it says, whatever it would unpack to. */
function inflate(packed: Buffer, size: number): Buffer | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) })
  } catch {
    return undefined
  }
}

function isPlainName(name: string): boolean {
  const parts = (name.endsWith('/') ? name.slice(0, -1) : name).split('/')
  const odd = parts.some((part) => part === '' || part === '.' || part === '..')
  // eslint-disable-next-line no-control-regex -- these are what is refused
  const hasOddCharacter = /[\\\u0000-\u001f\u007f\ufffd]/.test(name)
  return (
    !odd && !hasOddCharacter && Buffer.byteLength(name) <= maxNameBytes && parts.length <= maxDepth
  )
}

/** A name that is a file is no folder of another one. */
function requireTree(names: ReadonlySet<string>, refuse: (why: string) => never): void {
  for (const name of names)
    for (let end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1)) {
      const parent = name.slice(0, end)
      if (names.has(parent)) refuse(`${JSON.stringify(parent)} is a file and a folder`)
    }
}
