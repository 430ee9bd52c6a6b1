// The order of mounts, what is refused, and that nothing in a path is taken for shell.
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { orderSteps, OWN_STEPS, quote, setupScript, type MountStep } from './mount-plan.ts'

const tmpfs = (place: string): MountStep => ({
  kind: 'tmpfs',
  place,
  sizeBytes: 4_096,
  mode: '1777',
})
const bind = (place: string, source = '/source'): MountStep => ({
  kind: 'bind',
  place,
  source,
  isFolder: true,
  readOnly: true,
})

test('outer places are mounted before inner ones', () => {
  const steps = orderSteps([bind('/run/a/b'), tmpfs('/run'), ...OWN_STEPS, tmpfs('/run/a')])
  const places = steps.map(({ place }) => place)
  for (const [outer, inner] of [
    ['/run', '/run/a'],
    ['/run/a', '/run/a/b'],
  ] as const)
    expect(places.indexOf(outer)).toBeLessThan(places.indexOf(inner))
})

test.each([
  ['a place taken twice', [bind('/a'), tmpfs('/a')]],
  ['a place in a mounted folder', [bind('/a'), tmpfs('/a/b')]],
  [
    'a place in a folder mounted in a memory file system',
    [tmpfs('/a'), bind('/a/b'), bind('/a/b/c')],
  ],
  ['the place of devices', [...OWN_STEPS, bind('/dev')]],
  ['a device', [...OWN_STEPS, bind('/dev/null')]],
  ['processes', [...OWN_STEPS, tmpfs('/proc/sys')]],
])('%s is refused', (_, steps) => {
  expect(() => orderSteps(steps)).toThrow(expect.objectContaining({ code: 'container.invalid' }))
})

test('names that only begin alike are not inside of each other', () => {
  expect(orderSteps([bind('/data'), tmpfs('/database'), tmpfs('/dat')])).toHaveLength(3)
})

const plan = {
  root: '/state/root',
  readOnlyRoot: true,
  steps: orderSteps([...OWN_STEPS, tmpfs('/run'), bind('/run/x'), bind('/data')]),
  joins: ['/sys/fs/cgroup/pids/x/cgroup.procs'],
  mount: '/usr/bin/mount',
  messages: '/state/setup.pipe',
  program: ['/usr/bin/perl', '/enter.pl'],
}

test('the script is one that the shell can read, and closes the root last of all mounts', () => {
  const script = setupScript(plan)
  execFileSync('/bin/sh', ['-n', '-c', script])
  const lines = script.trim().split('\n')
  const mounts = lines.filter((line) => line.includes('/usr/bin/mount'))
  expect(mounts.at(-1)).toContain("remount,bind,ro,nosuid,nodev' '/state/root'")
  expect(lines.at(-1)).toBe("exec '/usr/bin/perl' '/enter.pl'")
  expect(lines.indexOf("'mkdir' '-p' '/state/root/run/x'")).toBeGreaterThan(0)
  expect(lines).not.toContain("'mkdir' '-p' '/state/root/data'")
})

test('a root that may be written is mounted without set-user-id programs and devices all the same', () => {
  expect(setupScript({ ...plan, readOnlyRoot: false })).toContain(
    "'remount,bind,nosuid,nodev' '/state/root'",
  )
})

test('whatever is in a path is one word of the shell', () => {
  const word = fc.string({ unit: 'binary', maxLength: 200 }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(word, (text) => {
      const printed = execFileSync('/bin/sh', ['-c', `printf %s ${quote(text)}`])
      expect(printed.equals(Buffer.from(text))).toBe(true)
    }),
    { numRuns: 50 },
  )
})
