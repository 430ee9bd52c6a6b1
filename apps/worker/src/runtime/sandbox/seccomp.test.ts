// The filter, run by a small interpreter: what is refused, what is not, and the ways around it.
import { expect, test } from 'vitest'
import { REFUSED, seccompFilter, seccompProgram } from './seccomp.ts'

const X86_64 = 0xc000_003e
const ALLOW = 0x7fff_0000
const refuse = (errno: number) => 0x0005_0000 | errno
const [EPERM, ENOSYS] = [1, 38]

/** What the kernel would do with a system call; the program as in `struct sock_filter`. */
function verdict(number: number, argument = 0, architecture = X86_64): number {
  const program = seccompProgram()
  const data = new Map([
    [0, number],
    [4, architecture],
    [16, argument],
  ])
  let accumulator = 0
  for (let at = 0; at < program.length; at++) {
    const [code, ifTrue, ifFalse, value] = program[at]!
    if (code === 0x20) accumulator = data.get(value)!
    else if (code === 0x06) return value
    else {
      const holds =
        code === 0x15
          ? accumulator === value
          : code === 0x35
            ? accumulator >= value
            : (accumulator & value) !== 0
      at += holds ? ifTrue : ifFalse
    }
  }
  throw new Error('ran off the end')
}

test.each(Object.entries(REFUSED))('%s is refused', (_, number) => {
  expect(verdict(number)).toBe(refuse(EPERM))
})

test('every other system call is allowed', () => {
  const refused = new Set(Object.values(REFUSED))
  for (let number = 0; number < 600; number++)
    if (!refused.has(number) && number !== 435) expect(verdict(number), `${number}`).toBe(ALLOW)
})

test('a namespace is not made by clone, a thread is, and clone3 is not known', () => {
  const thread = 0x003d_0f00
  expect(verdict(56, thread)).toBe(ALLOW)
  for (const flag of [0x2_0000, 0x200_0000, 0x400_0000, 0x800_0000, 0x1000_0000, 0x4000_0000])
    expect(verdict(56, thread | flag)).toBe(refuse(EPERM))
  expect(verdict(435)).toBe(refuse(ENOSYS))
})

test('the same flags are nothing to other system calls', () => {
  expect(verdict(57, 0x1000_0000)).toBe(ALLOW)
})

test('sockets of the hypervisor are refused, those of the network are not', () => {
  expect(verdict(41, 40)).toBe(refuse(EPERM))
  for (const family of [1, 2, 10, 16]) expect(verdict(41, family)).toBe(ALLOW)
})

test('the interfaces for 32 bits do not lead around it', () => {
  expect(verdict(5, 0, 0x4000_0003)).toBe(refuse(EPERM))
  expect(verdict(0x4000_0000 | 165)).toBe(refuse(EPERM))
})

test('is eight bytes for each instruction, within what the kernel takes', () => {
  const filter = seccompFilter()
  expect(filter.length).toBe(seccompProgram().length * 8)
  expect(seccompProgram().length).toBeLessThan(256)
  expect([...filter.slice(0, 8)]).toEqual([0x20, 0, 0, 0, 4, 0, 0, 0])
})
