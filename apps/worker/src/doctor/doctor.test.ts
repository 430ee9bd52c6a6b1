// What the doctor says of a machine: each thing that can be wrong has its row and remedy, and one broken part hides no other.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { configSchema } from '../config.ts'
import { report } from './command.ts'
import { examine } from './doctor.ts'
import { clockRow, diskRows, MAX_CLOCK_SECONDS, nameRows, portRows, rangeRows } from './host.ts'
import { kernelRows } from './kernel.ts'
import { parseTimeAnswer } from './ntp.ts'
import { attempt, error, ok, warning, type Row } from './row.ts'
import { teeRows } from './tee.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wetee-doctor-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function file(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const severities = (rows: readonly Row[]) =>
  Object.fromEntries(rows.map(({ code, severity }) => [code, severity]))
const withRemedies = (rows: readonly Row[]) => {
  for (const row of rows) if (row.severity !== 'ok') expect(row.remedy, row.code).not.toBe('')
  return severities(rows)
}

function goodKernel(): void {
  file('sys/fs/cgroup/cgroup.controllers', 'cpuset cpu io memory hugetlb pids\n')
  file('proc/sys/kernel/seccomp/actions_avail', 'kill_process kill_thread trap errno allow\n')
  file('proc/sys/user/max_user_namespaces', '15000\n')
  file('proc/filesystems', 'nodev\tproc\n\text4\nnodev\toverlay\n')
  file(
    'proc/self/limits',
    'Max open files            65536                65536               files\n',
  )
}

test('a kernel with everything has no complaint, one with nothing has one for each', () => {
  expect(Object.values(withRemedies(kernelRows(root)))).toEqual([
    ...['error', 'error', 'warning', 'warning', 'error'],
  ])
  goodKernel()
  expect(new Set(Object.values(severities(kernelRows(root))))).toEqual(new Set(['ok']))
})

test.each<[string, string, string, string, string]>([
  [
    'memory is not limited',
    'sys/fs/cgroup/cgroup.controllers',
    'cpu pids',
    'kernel.control-groups',
    'error',
  ],
  [
    'too few files',
    'proc/self/limits',
    'Max open files  1024  4095  files',
    'host.open-files',
    'error',
  ],
  [
    'few files',
    'proc/self/limits',
    'Max open files  1024  4096  files',
    'host.open-files',
    'warning',
  ],
])('when %s, it says so', (_what, path, text, code, severity) => {
  goodKernel()
  file(path, text)
  expect(withRemedies(kernelRows(root))[code]).toBe(severity)
})

test('control groups of version 1 count, too', () => {
  goodKernel()
  rmSync(join(root, 'sys/fs/cgroup/cgroup.controllers'))
  const enabled = (...names: string[]) => names.map((name) => `${name}\t3\t1\t1\n`).join('')
  file('proc/cgroups', `#subsys_name\thierarchy\n${enabled('cpu', 'memory', 'pids')}`)
  expect(severities(kernelRows(root))['kernel.control-groups']).toBe('ok')
  file('proc/cgroups', `${enabled('cpu', 'pids')}memory\t0\t1\t0\n`)
  expect(severities(kernelRows(root))['kernel.control-groups']).toBe('error')
})

test('no hardware is a warning, a host that can launch guests is not, a TEE that does not answer is an error', async () => {
  const tee = async () =>
    withRemedies(await teeRows({ simulatedSocket: join(root, 'absent.sock') }, root))
  expect(await tee()).toEqual({ 'tee.hardware': 'warning', 'tee.unreachable': 'error' })
  file('sys/module/kvm_intel/parameters/tdx', 'N\n')
  expect((await tee())['tee.hardware']).toBe('warning')
  file('sys/module/kvm_intel/parameters/tdx', 'Y\n')
  expect((await tee())['tee.hardware']).toBe('ok')
  file('dev/tdx_guest', '')
  expect((await tee())['tee.reports']).toBe('error')
})

test('a clock is wrong from a second above the bound on, to both sides', () => {
  for (const sign of [1, -1]) {
    expect(clockRow(sign * MAX_CLOCK_SECONDS, 'x').severity).toBe('ok')
    expect(clockRow(sign * (MAX_CLOCK_SECONDS + 1), 'x').severity).toBe('error')
  }
})

test("a time server's answer is read, and nothing else is taken for one", () => {
  const answer = Buffer.alloc(48)
  answer[0] = 0x24
  answer[1] = 2
  answer.writeUInt32BE(2_208_988_800 + 1_000, 40)
  answer.writeUInt32BE(2 ** 31, 44)
  expect(parseTimeAnswer(answer)).toBe(1_000_500)
  const spoiled = (at: number, byte: number) => {
    const copy = Buffer.from(answer)
    copy[at] = byte
    return copy
  }
  const wrong = [spoiled(0, 0x23), spoiled(0, 0xe4), spoiled(1, 0), spoiled(1, 16)]
  for (const bytes of [...wrong, answer.subarray(1), Buffer.concat([answer, Buffer.alloc(1)])])
    expect(parseTimeAnswer(bytes)).toBeUndefined()
  // 2036: the counter starts anew.
  answer.writeUInt32BE(5, 40)
  expect(parseTimeAnswer(answer)).toBe((2 ** 32 + 5 - 2_208_988_800) * 1_000 + 500)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 96 }), (bytes) => {
      const found = parseTimeAnswer(bytes)
      return found === undefined || (bytes.length === 48 && Number.isFinite(found))
    }),
  )
})

test('ports that are taken, few, or where outgoing connections are, are said', async () => {
  expect(rangeRows([20_000, 20_099], 0)).toMatchObject([{ severity: 'ok' }])
  expect(rangeRows([20_000, 20_099], 95)).toMatchObject([{ severity: 'warning' }])
  expect(rangeRows([20_000, 20_099], 100)).toMatchObject([{ severity: 'error' }])
  expect(severities(rangeRows([20_000, 61_000], 0))['port.ephemeral']).toBe('warning')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  const { port } = address
  const api = { host: '127.0.0.1', port }
  const ingress = { host: '127.0.0.1', portRange: [port, port] as [number, number] }
  const taken = severities(await portRows({ api, ingress }, false))
  expect(taken).toMatchObject({ 'port.api': 'error', 'port.ingress': 'error' })
  expect(severities(await portRows({ api, ingress }, true))['port.api']).toBe('ok')
  await new Promise((resolve) => server.close(resolve))
})

test('names that do not exist are errors, addresses are not asked', async () => {
  expect(await nameRows(['127.0.0.1', '::1'])).toMatchObject([{ severity: 'ok' }])
  const rows = await nameRows(['nothing.invalid', '10.0.0.1'])
  expect(withRemedies(rows)).toEqual({ 'dns.resolves': 'error' })
  expect(rows[0]?.text).toBe('nothing.invalid: not found')
})

test('a folder that is not made yet is looked at where it will be', () => {
  expect(severities(diskRows(join(root, 'not', 'yet')))).toHaveProperty('host.disk')
})

test('a check that cannot be made is an error and the others are made', async () => {
  const config = configSchema.parse({
    networkFile: join(root, 'absent.json'),
    operator: { privateKeyFile: join(root, 'key') },
    stateDir: join(root, 'state'),
    runtime: { kind: 'docker', socketPath: join(root, 'docker.sock') },
    platform: { simulatedSocket: join(root, 'absent.sock'), allowSimulated: true },
    agentImage: { layout: join(root, 'agent'), digest: `sha256:${'a'.repeat(64)}` },
    api: { port: 1 },
  })
  const signal = AbortSignal.timeout(20_000)
  const sections = await examine({ config, signal, nowMs: Date.now })
  expect(sections.map(({ title }) => title)).toEqual([
    ...['Network', 'Engine', 'TEE', 'Machine', 'Worker'],
  ])
  expect(withRemedies(sections.flatMap(({ rows }) => rows))).toMatchObject({
    'network.profile': 'error',
    'engine.unreachable': 'error',
    'agent.image': 'error',
    'tee.unreachable': 'error',
    'worker.stopped': 'warning',
  })
  expect(await attempt('x', () => Promise.reject(new Error('why')))).toMatchObject([
    { code: 'x', severity: 'error', text: 'could not be checked: why' },
  ])
})

test('the report shows remedies below their rows, counts, and lets no text move the cursor', () => {
  const rows = [ok('a', 'fine'), warning('b', 'so \u001b[2Jso', 'do this'), error('c', 'bad', '')]
  expect(report([{ title: 'Part', rows }], false)).toBe(
    'Part\n  ✔ fine\n  ! so  [2Jso (b)\n      do this\n  ✘ bad (c)\n\n3 checks: 1 error, 1 warning\n',
  )
})
