// For tests: a program of a few bytes that makes system calls and prints what the kernel answers. Pure; x86-64.

/** A system call: its name, number and first argument; the others are zero. */
export type SystemCall = readonly [name: string, number: number, argument: number]

/** Calls that succeed, or fail in another way than by EPERM, where nothing filters them. */
export const REFUSED_CALLS: readonly SystemCall[] = [
  ['io_uring_setup', 425, 1],
  ['io_uring_enter', 426, 0],
  ['io_uring_register', 427, 0],
  ['keyctl', 250, 0],
  ['add_key', 248, 0],
  // 1: for faults of the program itself, which needs no right.
  ['userfaultfd', 323, 1],
  ['perf_event_open', 298, 0],
  ['bpf', 321, 0],
  // CLONE_NEWUSER: what opens every other namespace to whoever is not root.
  ['clone', 56, 0x1000_0011],
  ['unshare', 272, 0x1000_0000],
  ['clone3', 435, 0],
  ['setns', 308, 0],
  ['mount', 165, 0],
  ['open_tree', 428, 0],
  // AF_VSOCK
  ['socket', 41, 40],
]

const BASE = 0x40_0000
const HEAD = 0x78

/** An ELF program: makes the calls in turn and writes, for each, four bytes of answer and the argument. */
export function systemCalls(calls: readonly SystemCall[]): Uint8Array {
  const table = Buffer.alloc(calls.length * 8)
  for (const [index, [, number, argument]] of calls.entries()) {
    table.writeUInt32LE(number, index * 8)
    table.writeUInt32LE(argument, index * 8 + 4)
  }
  // Every byte of the code counts for `tableAt`: its length does not depend on the numbers in it.
  const tableAt = BASE + HEAD + codeOf(0, 0).length
  const code = codeOf(tableAt, table.length)
  const head = Buffer.alloc(HEAD)
  // ELF64, little-endian; an executable for x86-64 with one segment that may be read, written and run.
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  head.writeUInt16LE(2, 16)
  head.writeUInt16LE(62, 18)
  head.writeUInt32LE(1, 20)
  head.writeBigUInt64LE(BigInt(BASE + HEAD), 24)
  head.writeBigUInt64LE(64n, 32)
  for (const [at, value] of [64, 56, 1].entries()) head.writeUInt16LE(value, 52 + at * 2)
  head.writeUInt32LE(1, 64)
  head.writeUInt32LE(7, 68)
  head.writeBigUInt64LE(BigInt(BASE), 80)
  head.writeBigUInt64LE(BigInt(BASE), 88)
  const size = BigInt(HEAD + code.length + table.length)
  head.writeBigUInt64LE(size, 96)
  head.writeBigUInt64LE(size, 104)
  head.writeBigUInt64LE(0x1000n, 112)
  return Buffer.concat([head, code, table])
}

function codeOf(tableAt: number, bytes: number): Buffer {
  const word = (value: number) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff)
  return Buffer.from([
    ...[0xbb, ...word(tableAt)], // mov ebx, table
    ...[0xbd, ...word(tableAt + bytes)], // mov ebp, its end
    // next:
    ...[0x39, 0xeb, 0x73, 0x1b], // cmp ebx, ebp; jae done
    ...[0x8b, 0x03, 0x8b, 0x7b, 0x04], // mov eax, [rbx]; mov edi, [rbx + 4]
    ...[0x31, 0xf6, 0x31, 0xd2, 0x45, 0x31, 0xd2], // xor esi, esi; xor edx, edx; xor r10d, r10d
    ...[0x45, 0x31, 0xc0, 0x45, 0x31, 0xc9], // xor r8d, r8d; xor r9d, r9d
    ...[0x0f, 0x05, 0x89, 0x03], // syscall; mov [rbx], eax
    ...[0x83, 0xc3, 0x08, 0xeb, 0xe1], // add ebx, 8; jmp next
    // done: write(1, table, bytes); exit(0)
    ...[0xb8, ...word(1), 0xbf, ...word(1)],
    ...[0xbe, ...word(tableAt), 0xba, ...word(bytes), 0x0f, 0x05],
    ...[0xb8, ...word(60), 0x31, 0xff, 0x0f, 0x05],
  ])
}
