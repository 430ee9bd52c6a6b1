// The image of the container that holds a pod's network: one program of 129 bytes that sleeps. Does file I/O.
import { filesLayer, writeImage } from '@wetee/image'

/** Where the program lies in the image. */
export const pausePath = '/pause'

/** Writes the image into a layout and returns its manifest digest, always the same. */
export async function writePauseImage(layout: string): Promise<{ layout: string; digest: string }> {
  const { digest } = await writeImage({
    layout,
    layers: [filesLayer({ [pausePath]: { content: pauseProgram(), mode: 0o755 } })],
    config: { entrypoint: [pausePath], user: '65534:65534' },
  })
  return { layout, digest }
}

const ADDRESS = 0x40_0000
const HEADER_BYTES = 64
const SEGMENT_BYTES = 56

/** `for (;;) pause();` as an ELF file for x86-64 Linux: file header, one loadable segment, code (System V ABI, chapter 4). */
function pauseProgram(): Uint8Array {
  // mov $34 (pause), %eax; syscall; jmp back to the start
  const code = [0xb8, 34, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7]
  const start = HEADER_BYTES + SEGMENT_BYTES
  const size = start + code.length
  const file = Buffer.alloc(size)
  // ELF, 64 bits, little-endian, version 1
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0)
  file.writeUInt16LE(2, 16) // executable
  file.writeUInt16LE(62, 18) // x86-64
  file.writeUInt32LE(1, 20)
  file.writeBigUInt64LE(BigInt(ADDRESS + start), 24) // entry
  file.writeBigUInt64LE(BigInt(HEADER_BYTES), 32) // segment table
  file.writeUInt16LE(HEADER_BYTES, 52)
  file.writeUInt16LE(SEGMENT_BYTES, 54)
  file.writeUInt16LE(1, 56) // segments
  file.writeUInt32LE(1, HEADER_BYTES) // loadable
  file.writeUInt32LE(5, HEADER_BYTES + 4) // readable, executable
  file.writeBigUInt64LE(BigInt(ADDRESS), HEADER_BYTES + 16)
  file.writeBigUInt64LE(BigInt(ADDRESS), HEADER_BYTES + 24)
  file.writeBigUInt64LE(BigInt(size), HEADER_BYTES + 32)
  file.writeBigUInt64LE(BigInt(size), HEADER_BYTES + 40)
  file.writeBigUInt64LE(4096n, HEADER_BYTES + 48)
  file.set(code, start)
  return file
}
