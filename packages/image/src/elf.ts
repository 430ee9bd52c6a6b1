// ELF headers of programs and libraries: which loader and which libraries they need. Reads a few
// pages of a file.
import { open, type FileHandle } from 'node:fs/promises'
import { ImageError } from './error.ts'

/** What a dynamic program or library says about itself. */
export type ElfFile = {
  /** EM_X86_64 is 62, EM_AARCH64 183. */
  readonly machine: number
  /** Path of the loader; programs only. */
  readonly interpreter?: string
  readonly needed: readonly string[]
  /** Search folders of its own, `$ORIGIN` not yet replaced. */
  readonly runPath: readonly string[]
}

type Segment = {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly size: number
}

const loadSegment = 1
const dynamicSegment = 2
const interpreterSegment = 3
const maxSegments = 256
const maxDynamicBytes = 1 << 20
const maxStringBytes = 16 << 20

/** Reads a 64-bit little-endian ELF file. Throws ImageError `runtime.elf` for anything else. */
export async function readElf(path: string): Promise<ElfFile> {
  const file = await open(path, 'r')
  try {
    const header = await readAt(file, 0, 64, path)
    if (header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2 || header[5] !== 1)
      throw new ImageError('runtime.elf', `${path} is no 64-bit little-endian ELF file`)
    const segments = await readSegments(file, header, path)
    const interpreter = await readInterpreter(file, segments, path)
    const dynamic = await readDynamic(file, segments, path)
    return {
      machine: header.readUInt16LE(18),
      ...(interpreter === undefined ? {} : { interpreter }),
      ...dynamic,
    }
  } finally {
    await file.close()
  }
}

async function readSegments(file: FileHandle, header: Buffer, path: string): Promise<Segment[]> {
  const offset = Number(header.readBigUInt64LE(32))
  const entrySize = header.readUInt16LE(54)
  const count = header.readUInt16LE(56)
  if (entrySize !== 56 || count > maxSegments) throw broken(path)
  const table = await readAt(file, offset, entrySize * count, path)
  return Array.from({ length: count }, (_, index) => {
    const at = index * entrySize
    return {
      type: table.readUInt32LE(at),
      offset: Number(table.readBigUInt64LE(at + 8)),
      address: Number(table.readBigUInt64LE(at + 16)),
      size: Number(table.readBigUInt64LE(at + 32)),
    }
  })
}

async function readInterpreter(
  file: FileHandle,
  segments: readonly Segment[],
  path: string,
): Promise<string | undefined> {
  const segment = segments.find(({ type }) => type === interpreterSegment)
  if (segment === undefined) return undefined
  if (segment.size > 4096) throw broken(path)
  return textAt(await readAt(file, segment.offset, segment.size, path), 0)
}

async function readDynamic(
  file: FileHandle,
  segments: readonly Segment[],
  path: string,
): Promise<Pick<ElfFile, 'needed' | 'runPath'>> {
  const segment = segments.find(({ type }) => type === dynamicSegment)
  if (segment === undefined) return { needed: [], runPath: [] }
  if (segment.size > maxDynamicBytes) throw broken(path)
  const table = await readAt(file, segment.offset, segment.size, path)
  const values = new Map<number, number[]>()
  for (let at = 0; at + 16 <= table.length; at += 16) {
    const tag = Number(table.readBigInt64LE(at))
    if (tag === 0) break
    values.set(tag, [...(values.get(tag) ?? []), Number(table.readBigUInt64LE(at + 8))])
  }
  // DT_STRTAB 5, DT_STRSZ 10, DT_NEEDED 1, DT_RPATH 15, DT_RUNPATH 29
  const address = values.get(5)?.[0] ?? 0
  const size = values.get(10)?.[0] ?? 0
  const home = segments.find(
    (s) => s.type === loadSegment && address >= s.address && address < s.address + s.size,
  )
  if (home === undefined || size > maxStringBytes) throw broken(path)
  const strings = await readAt(file, home.offset + address - home.address, size, path)
  const texts = (tag: number) => (values.get(tag) ?? []).map((at) => textAt(strings, at))
  const runPath = [...texts(29), ...texts(15)].flatMap((list) => list.split(':'))
  return { needed: texts(1), runPath: runPath.filter((folder) => folder !== '') }
}

async function readAt(
  file: FileHandle,
  position: number,
  length: number,
  path: string,
): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  if (bytesRead !== length) throw broken(path)
  return buffer
}

function textAt(buffer: Buffer, at: number): string {
  const end = buffer.indexOf(0, at)
  return buffer.toString('utf8', at, end < 0 ? buffer.length : end)
}

function broken(path: string): ImageError {
  return new ImageError('runtime.elf', `${path} has broken ELF headers`)
}
