// The profile for engines: what it lets through, and that it is no wider than the sandbox's.
import { expect, test } from 'vitest'
import * as z from 'zod'
import { REFUSED } from '../sandbox/seccomp.ts'
import { SECCOMP_DIGEST, SECCOMP_PROFILE } from './seccomp-profile.ts'

const argument = z.strictObject({
  index: z.int(),
  value: z.int(),
  valueTwo: z.int().optional(),
  op: z.string(),
})
const schema = z.strictObject({
  defaultAction: z.string(),
  defaultErrnoRet: z.int(),
  syscalls: z.array(
    z.strictObject({
      names: z.array(z.string()),
      action: z.string(),
      errnoRet: z.int().optional(),
      args: z.array(argument).optional(),
    }),
  ),
})
const profile = schema.parse(JSON.parse(SECCOMP_PROFILE))
const rulesOf = (name: string) => profile.syscalls.filter(({ names }) => names.includes(name))

test('what nobody has named is refused', () => {
  expect([profile.defaultAction, profile.defaultErrnoRet]).toEqual(['SCMP_ACT_ERRNO', 1])
})

test('nothing that the sandbox refuses is let through by engines', () => {
  for (const name of Object.keys(REFUSED)) expect(rulesOf(name), name).toEqual([])
})

test('calls are named once, but for those that depend on an argument', () => {
  const [always] = profile.syscalls
  const names = always?.names ?? []
  expect(new Set(names).size).toBe(names.length)
  for (const { names: some, args, errnoRet } of profile.syscalls.slice(1)) {
    expect(args ?? errnoRet).toBeDefined()
    for (const name of some) expect(names).not.toContain(name)
  }
})

test('threads are made and namespaces are not; of clone3 nothing is known', () => {
  expect(rulesOf('clone')).toMatchObject([
    { action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 0x7e02_0000, valueTwo: 0 }] },
  ])
  expect(rulesOf('clone3')).toMatchObject([{ action: 'SCMP_ACT_ERRNO', errnoRet: 38 }])
})

test('sockets are made, but for those of the hypervisor', () => {
  expect(rulesOf('socket')).toMatchObject([{ args: [{ index: 0, value: 40, op: 'SCMP_CMP_NE' }] }])
})

test('its digest is fixed: a change of the profile must be meant', () => {
  expect(SECCOMP_DIGEST).toMatchInlineSnapshot(
    `"sha256:a27bd458b3bbd87fb5a1dc31220a09d9c5baf710f3fadc96463083e036b4960e"`,
  )
})
