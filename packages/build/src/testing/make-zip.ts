// ZIP archives for tests: honest ones, and such as no tool writes. No I/O.
import { crc32, deflateRawSync } from 'node:zlib'

/** A file to pack; what is given beside its content is a lie that the archive tells. */
export type ZipFile = {
  readonly name: string
  readonly content: string | Uint8Array
  /** Unix mode, of a symbolic link for example. */
  readonly mode?: number
  readonly flags?: number
  readonly size?: number
  readonly localName?: string
}

/** Packs files, compressed. */
export function makeZip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = []
  const list: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const content = Buffer.from(file.content)
    const packed = deflateRawSync(content)
    const name = Buffer.from(file.name)
    const localName = Buffer.from(file.localName ?? file.name)
    const facts = (given: Buffer) => {
      const header = Buffer.alloc(26)
      header.writeUInt16LE(20, 0)
      header.writeUInt16LE(file.flags ?? 0, 2)
      header.writeUInt16LE(8, 4)
      header.writeUInt32LE(crc32(content), 10)
      header.writeUInt32LE(packed.length, 14)
      header.writeUInt32LE(file.size ?? content.length, 18)
      header.writeUInt16LE(given.length, 22)
      return header
    }
    const local = [Buffer.from('PK\x03\x04'), facts(localName), localName, packed]
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(((file.mode ?? 0o100644) << 16) >>> 0, 6)
    tail.writeUInt32LE(offset, 10)
    list.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), facts(name), tail, name)
    parts.push(...local)
    offset += Buffer.concat(local).length
  }
  const directory = Buffer.concat(list)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, directory, end])
}
