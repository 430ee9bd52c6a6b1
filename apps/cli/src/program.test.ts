// The command line as a user meets it: arguments, JSON, help, exit codes.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { nativeAsset, SdkError, type OwnerOptions } from '@wetee/sdk'
import type { ExecOptions } from '@wetee/sdk/node'
import { expect, test, vi } from 'vitest'
import type { Sdk } from './context.ts'
import type { Attached } from './terminal.ts'
import { failedReport, run, sampleApp, samplePlan } from './testing/fake-context.ts'

const json = (text: string) => JSON.parse(text) as Record<string, unknown>
const compose = () => {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-compose-'))
  const file = join(folder, 'compose.yaml')
  writeFileSync(file, 'services: {}\n')
  return file
}
const deployed = {
  action: 'create',
  appId: 1n,
  version: 1,
  workerId: 1n,
  manifestDigest: samplePlan.manifest.digest,
  txHash: '0x1234',
  plan: samplePlan,
} as const
const planned = { planDeploy: () => Promise.resolve(samplePlan) }

const names = [
  'build',
  'watch',
  'deploy',
  'list',
  'show',
  'logs',
  'metrics',
  'usage',
  'failures',
  'verify',
  'top-up',
  'terminate',
  'app',
  'api',
  'call',
  'calls',
  'subscription',
  'withdraw',
  'complaint',
  'worker',
  'dsecret',
  'dao',
  'secret',
  'doctor',
  'account',
]
const groups: Record<string, readonly string[]> = {
  app: 'events exceptions exec viewers snapshot restore record-build update configure scale migrate pause resume freeze drop guardian budget cap transfer'.split(
    ' ',
  ),
  api: 'list sync add update rm pause resume callers import client'.split(' '),
  subscription: 'list order top-up cancel trigger'.split(' '),
  calls: 'expire replay'.split(' '),
  complaint: 'list show file answer uphold reject dismiss'.split(' '),
  worker:
    'list show doctor register update price drain notice shutdown stake unstake withdraw'.split(
      ' ',
    ),
  secret: 'set list rotate rollback rm grant revoke upload receipts'.split(' '),
  dsecret:
    'list show epoch refresh committee rotate end-key alerts register keys report terminate stake unstake withdraw'.split(
      ' ',
    ),
  dao: 'list show propose vote queue execute cancel delegate treasury members'.split(' '),
}
/** Those that sign nothing. */
const reading = [
  'events',
  'exceptions',
  'exec',
  'viewers',
  'snapshot',
  'restore',
  'list',
  'show',
  'treasury',
  'epoch',
  'upload',
  'receipts',
  'alerts',
  'doctor',
  'import',
  'client',
]
const grouped = Object.entries(groups).flatMap(([group, all]) =>
  all.map((name): [string, string] => [group, name]),
)

test.each(names)('%s --help has an example and exits 0', async (name) => {
  const { code, stdout, stderr } = await run([name, '--help'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/Examples?:\n {2}\$ wetee /)
  expect(stdout).toContain(`wetee ${name}`)
  expect(stderr).toBe('')
})

test.each(grouped)(
  '%s %s --help has an example and the options of what it does',
  async (group, name) => {
    const { code, stdout } = await run([group, name, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`Examples?:\\n {2}\\$ wetee ${group} ${name}`))
    const signing = ['--dry-run', '--unsigned <file>', '--from <address>', '--yes']
    for (const option of ['--json', ...(reading.includes(name) ? [] : signing)])
      expect(stdout).toContain(option)
  },
)

test.each(Object.entries(groups))(
  'the help of %s lists its commands and no others',
  async (group, all) => {
    const { stdout } = await run([group, '--help'])
    const commands = stdout.slice(stdout.indexOf('Commands:'))
    const listed = [...commands.matchAll(/^ {2}([a-z-]+) (?:\[options\]|<|\[)/gm)].map(
      ([, name]) => name,
    )
    expect(listed.filter((name) => name !== 'help').sort()).toEqual([...all].sort())
  },
)

test('the help of the program lists every command', async () => {
  const { code, stdout } = await run(['--help'])
  expect(code).toBe(0)
  for (const name of names) expect(stdout).toContain(`  ${name}`)
})

test('no command at all shows the help on stderr, exit 2', async () => {
  const { code, stdout, stderr } = await run([])
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain('Commands:')
})

test.each([
  ['the program', []],
  ['deploy', ['deploy']],
  ['worker register', ['worker', 'register']],
  ['app update', ['app', 'update']],
  ['dao propose', ['dao', 'propose']],
  ['secret receipts', ['secret', 'receipts']],
])('help text of %s stays as documented', async (_name, args) => {
  expect((await run([...args, '--help'])).stdout).toMatchSnapshot()
})

test.each([
  ['an unknown command', ['depoly', 'x']],
  ['an unknown option', ['list', '--colour']],
  ['a missing argument', ['show']],
  ['no command of a group', ['account']],
  ['an amount that is none', ['top-up', '1', '-5']],
  ['an amount with too many decimals', ['top-up', '1', '0.00000000001']],
  ['a tail that is no number', ['logs', '1', '--tail', 'all']],
  ['nothing to verify', ['verify']],
])('%s is a usage error: exit 2, one line that says so', async (_what, args) => {
  const { code, stdout, stderr } = await run(args)
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^error: .+/)
})

test('a usage error with --json is one JSON document on stdout', async () => {
  const { code, stdout, stderr } = await run(['show', '--json'])
  expect(code).toBe(2)
  expect(json(stdout)).toMatchObject({ error: { code: 'usage' } })
  expect(stderr).toBe('')
})

test.each([
  ['chain.unreachable', 3],
  ['network.wrong-chain', 3],
  ['worker.unreachable', 3],
  ['evidence.unreachable', 3],
  ['contract.DepositTooLow', 4],
  ['account.funds', 4],
  ['worker.none-fits', 4],
  ['deploy.deposit-too-low', 4],
  ['app.not-found', 5],
  ['registry.not-found', 5],
  ['network.not-found', 5],
  ['account.missing', 6],
  ['wait.timeout', 8],
  ['aborted', 130],
])('an error %s exits %i and keeps its code in JSON', async (errorCode, expected) => {
  const showApp = () => Promise.reject(new SdkError(errorCode, 'what, where, what to do'))
  const { code, stdout } = await run(['show', '1', '--json'], { sdk: { showApp } })
  expect(code).toBe(expected)
  expect(json(stdout)).toMatchObject({ error: { code: errorCode } })
})

test('every problem of a manifest is shown with its line, exit 7', async () => {
  const problems = [
    { code: 'compose.privileged', message: 'privileged is refused', line: 4, column: 5, path: 'a' },
    { code: 'compose.unknown-key', message: 'unknown key "x"', line: 9, column: 1, path: 'b' },
  ]
  const error = Object.assign(new Error('2 problems'), { code: 'manifest.invalid', problems })
  const sdk = { planDeploy: () => Promise.reject(error) }
  const text = await run(['deploy', compose(), '--yes'], { sdk })
  expect(text.code).toBe(7)
  expect(text.stderr).toContain('line 4: privileged is refused (compose.privileged)')
  expect(text.stderr).toContain('line 9: unknown key')
  const document = await run(['deploy', compose(), '--yes', '--json'], { sdk })
  expect(json(document.stdout)).toMatchObject({ error: { problems } })
})

test('deploy --dry-run shows the cost and sends nothing', async () => {
  const applyPlan = vi.fn()
  const { code, stdout, stderr } = await run(['deploy', compose(), '--dry-run', '--json'], {
    sdk: { ...planned, applyPlan },
  })
  expect(code).toBe(0)
  expect(applyPlan).not.toHaveBeenCalled()
  expect(json(stdout)).toMatchSnapshot()
  expect(stderr).toContain('Plan')
})

test('deploy in text shows rent, deposit and every public value before it signs', async () => {
  const { stderr } = await run(['deploy', compose(), '--dry-run'], { sdk: planned })
  expect(stderr).toContain('Rent       1 DOT per day')
  expect(stderr).toContain('Deposit    7 DOT; the unused part comes back')
  expect(stderr).toContain('Lasts      7 d')
  expect(stderr).toContain('public: GREETING=hello')
})

test('an update shows each changed value and the rent before and after', async () => {
  const changes = [
    { path: 'services.web.cpuMilli', kind: 'changed', before: 250, after: 500 },
    { path: 'services.web.environment.NEW', kind: 'added', after: 'x' },
  ] as const
  const plan = {
    ...samplePlan,
    action: 'update',
    changes,
    previousWeiPerDay: 5n * 10n ** 17n,
  } as const
  const sdk = { planDeploy: () => Promise.resolve(plan) }
  const { stderr } = await run(['deploy', compose(), '--dry-run'], { sdk })
  expect(stderr).toContain('change: services.web.cpuMilli: 250 -> 500')
  expect(stderr).toContain('change: services.web.environment.NEW: nothing -> "x"')
  expect(stderr).toContain('1 DOT per day (now 0.5 DOT)')
})

test('deploy without a terminal needs --yes and sends nothing otherwise', async () => {
  const applyPlan = vi.fn()
  const { code, stderr } = await run(['deploy', compose()], { sdk: { ...planned, applyPlan } })
  expect(code).toBe(2)
  expect(stderr).toContain('confirm.required')
  expect(applyPlan).not.toHaveBeenCalled()
})

test('deploy --yes --wait --json gives one document with id, transaction and addresses', async () => {
  const { code, stdout } = await run(['deploy', compose(), '--yes', '--wait', '--json'], {
    sdk: {
      ...planned,
      applyPlan: (_n, _p, options) => {
        options?.onStep?.({ id: 'sent', title: 'Transaction sent', txHash: '0x1234' })
        return Promise.resolve(deployed)
      },
      waitForApp: (_n, appId, options) => {
        options?.onProgress?.({ stage: 'lease', text: '0 of 1', done: [], conditions: [] })
        return Promise.resolve({
          details: { ...sampleApp, appId },
          urls: [{ service: 'web', target: 8080, url: 'https://127.0.0.1:7800' }],
          status: 200,
        })
      },
    },
  })
  expect(code).toBe(0)
  const document = json(stdout)
  delete document['plan']
  expect(document).toMatchSnapshot()
})

test('a deposit is read as DOT and a worker as its number', async () => {
  const planDeploy = vi.fn(() => Promise.resolve(samplePlan))
  const args = [
    'deploy',
    compose(),
    '--dry-run',
    '--deposit',
    '2.5',
    '--worker',
    '3',
    '--name',
    'x',
  ]
  await run(args, { sdk: { planDeploy } })
  expect(planDeploy).toHaveBeenCalledWith(
    expect.anything(),
    expect.objectContaining({ depositWei: 2_500_000_000_000_000_000n, workerId: 3n, name: 'x' }),
  )
})

test('a missing Compose file is named, exit 5', async () => {
  const { code, stderr } = await run(['deploy', 'nothing.yaml', '--yes'])
  expect(code).toBe(5)
  expect(stderr).toContain('nothing.yaml')
})

test('list and show as JSON stay stable', async () => {
  const sdk = {
    listApps: () => Promise.resolve([sampleApp, { ...sampleApp, state: 'ended' as const }]),
    showApp: () => Promise.resolve(sampleApp),
  }
  const { instances: _i, leases: _l, version: _v, worker: _w, ...summary } = sampleApp
  sdk.listApps = () => Promise.resolve([summary, { ...summary, state: 'ended' }] as never)
  expect(json((await run(['list', '--json'], { sdk })).stdout)).toMatchSnapshot()
  expect(json((await run(['show', 'hello', '--json'], { sdk })).stdout)).toMatchSnapshot()
})

test('list and show in text stay stable', async () => {
  const sdk = {
    listApps: () => Promise.resolve([sampleApp]),
    showApp: () => Promise.resolve(sampleApp),
  }
  expect((await run(['list'], { sdk })).stdout).toMatchSnapshot()
  expect((await run(['show', 'hello'], { sdk })).stdout).toMatchSnapshot()
})

test('verify names the failing step, warns of the simulation, and exits 1', async () => {
  const sdk = { verify: () => Promise.resolve(failedReport) }
  const text = await run(['verify', 'hello'], { sdk })
  expect(text.code).toBe(1)
  expect(text.stdout).toMatchSnapshot()
  const document = await run(['verify', 'hello', '--json'], { sdk })
  expect(document.code).toBe(1)
  expect(json(document.stdout)).toEqual(failedReport)
})

test('the simulation banner is red where colours are wanted, and there are none with NO_COLOR', async () => {
  const sdk = { verify: () => Promise.resolve(failedReport) }
  const escape = '\u001b['
  expect((await run(['verify', '1'], { sdk, colour: true })).stdout).toContain(`${escape}1;97;41m`)
  expect((await run(['verify', '1'], { sdk })).stdout).not.toContain(escape)
})

test('verify takes an id, a URL or a file, and keeps the document with --save', async () => {
  const verify = vi.fn((_n: unknown, options: { onEvidence?: (f: never) => void }) => {
    options.onEvidence?.({ text: '{"format":"x"}', url: 'https://a' } as never)
    return Promise.resolve({ ...failedReport, ok: true, failed: [] })
  })
  const home = mkdtempSync(join(tmpdir(), 'wetee-verify-'))
  const sdk = { verify: verify as never }
  expect((await run(['verify', '7', '--save', 'saved.json'], { sdk, home })).code).toBe(0)
  expect(verify.mock.lastCall?.[1]).toMatchObject({ appId: 7n })
  expect(readFileSync(join(home, 'saved.json'), 'utf8')).toBe('{"format":"x"}')
  await run(['verify', 'https://127.0.0.1:7800'], { sdk, home })
  expect(verify.mock.lastCall?.[1]).toMatchObject({ url: 'https://127.0.0.1:7800' })
  await run(['verify', '--evidence', 'saved.json'], { sdk, home })
  expect(verify.mock.lastCall?.[1]).toMatchObject({ evidence: '{"format":"x"}' })
})

test('terminate asks, and reports every amount', async () => {
  const ended = {
    appId: 1n,
    asset: nativeAsset,
    attestedSeconds: 60n,
    rentWei: 1000n,
    feeWei: 20n,
    paidToWorkerWei: 980n,
    refundWei: 5000n,
    withdrawnWei: 5000n,
    txHash: '0x12' as const,
  }
  const terminate = vi.fn(() => Promise.resolve(ended))
  const sdk = { terminate }
  const declined = await run(['terminate', '1'], { sdk, interactive: true, answers: ['n'] })
  expect(declined.code).toBe(2)
  expect(terminate).not.toHaveBeenCalled()
  const done = await run(['terminate', '1', '--yes', '--json'], { sdk })
  expect(done.code).toBe(0)
  expect(json(done.stdout)).toMatchObject({ refundWei: '5000', paidToWorkerWei: '980' })
})

test('logs print one line each, as one document, or as a stream of documents', async () => {
  const logs = async function* () {
    const line = { version: 1, replica: 0, stream: 'stdout', time: '', number: 1 } as const
    yield await Promise.resolve({ ...line, service: 'web', text: 'one\u001b[2J' })
    yield { ...line, service: 'web', text: 'two' }
  }
  const text = await run(['logs', '1'], { sdk: { logs } })
  expect(text.stdout).toBe('web | one\ufffd[2J\nweb | two\n')
  const document = await run(['logs', '1', '--json'], { sdk: { logs } })
  expect(json(document.stdout)).toMatchObject({ appId: '1', lines: [{}, { text: 'two' }] })
  const stream = await run(['logs', '1', '-f', '--json'], { sdk: { logs } })
  expect(stream.stdout.trim().split('\n').map(json)).toHaveLength(2)
})

test('exec hands on words after --, output as it is, and the exit code', async () => {
  const asked: unknown[] = []
  const exec = async function* (_: unknown, appId: bigint, order: object, options?: object) {
    asked.push({ appId, ...order, ...options })
    yield await Promise.resolve({ stream: 'stdout', bytes: Buffer.from('one') } as const)
    yield { stream: 'stderr', bytes: Buffer.from('wrong') } as const
    yield { exitCode: 42, truncated: false }
  }
  const words = ['app', 'exec', '1', 'web', '--timeout', '9', '--', 'ls', '-l', '--json']
  const { code, stdout, stderr } = await run(words, { sdk: { exec } })
  expect({ code, stdout, stderr }).toEqual({ code: 42, stdout: 'one', stderr: 'wrong' })
  expect(asked).toMatchObject([
    { appId: 1n, service: 'web', command: ['ls', '-l', '--json'], timeoutSeconds: 9 },
  ])
  const document = await run(['app', 'exec', '1', 'web', '--json', '--', 'ls'], { sdk: { exec } })
  expect(json(document.stdout)).toMatchObject({ exitCode: 42, stdout: 'one', stderr: 'wrong' })
  expect((await run(['app', 'exec', '1', 'web'], { sdk: { exec } })).code).toBe(2)
})

test('exec -i passes input on as it comes, -t size and name of the terminal too; it is given back', async () => {
  const asked: ExecOptions[] = []
  const attached: string[] = []
  const exec = async function* (_n: unknown, _a: bigint, _o: object, options: ExecOptions = {}) {
    asked.push(options)
    yield await Promise.resolve({ exitCode: 0, truncated: false })
  }
  const none = async function* () {}
  const attach = (asTerminal: boolean): Attached => {
    attached.push(asTerminal ? 'terminal' : 'input')
    const terminal = { size: { columns: 90, rows: 30 }, sizes: none() }
    const close = () => void attached.push('closed')
    return { input: none(), close, ...(asTerminal ? { terminal } : {}) }
  }
  const how = { sdk: { exec }, attach, env: { TERM: 'screen' } }
  const words = ['app', 'exec', '1', 'web']
  expect((await run([...words, '-i', '--timeout', '900', '--', 'cat'], how)).code).toBe(0)
  expect((await run([...words, '-it', '--', 'sh'], how)).code).toBe(0)
  expect(asked).toMatchObject([
    { input: expect.anything() as unknown, timeoutSeconds: 900 },
    { terminal: { columns: 90, rows: 30, name: 'screen' }, sizes: expect.anything() as unknown },
  ])
  expect(asked[0]?.terminal).toBeUndefined()
  expect(attached).toEqual(['input', 'closed', 'terminal', 'closed'])
  for (const wrong of [
    ['-t', '--json'],
    ['-i', '--input', 'x'],
    ['--timeout', '900'],
    ['-i', '--timeout', '28801'],
  ])
    expect((await run([...words, ...wrong, '--', 'ls'], how)).code, wrong.join(' ')).toBe(2)
  expect(attached).toHaveLength(4)
})

test('viewers lists, grants until a time and takes back; an instance that does not answer makes it exit 1', async () => {
  const account = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'
  const asked: unknown[] = []
  let problem = false
  const tell = (options?: OwnerOptions) => {
    const instance = { version: 2, replica: 0, url: 'https://x.example' }
    if (problem) options?.onProblem?.(instance, new SdkError('agent.unreachable', 'silent'))
    return Promise.resolve(1)
  }
  const sdk: Partial<Sdk> = {
    viewers: async (_n, _a, options) => {
      await tell(options)
      return [{ account: '0x00', expiresInSeconds: 60, version: 1, replica: 0 }]
    },
    grantViewer: (_n, appId, grant, options) => (asked.push({ appId, ...grant }), tell(options)),
    revokeViewer: (_n, appId, who, options) => (asked.push({ appId, revoked: who }), tell(options)),
  }
  const viewers = (...words: string[]) => run(['app', 'viewers', '1', ...words], { sdk })
  expect((await viewers()).stdout).toContain('v1/0')
  expect(await viewers(account, '--until', '2d')).toMatchObject({
    ...{ code: 0, stdout: `${account} may read at 1 instance(s)\n` },
  })
  expect((await viewers(account, '--revoke')).code).toBe(0)
  expect(asked).toEqual([
    { appId: 1n, account, seconds: 172_800 },
    { appId: 1n, revoked: account },
  ])
  problem = true
  const partly = await viewers(account, '--revoke')
  expect(partly).toMatchObject({ code: 1, stdout: expect.stringContaining('1 did not') as string })
  asked.length = 0
  for (const wrong of [
    ['--revoke'],
    [account, '--until', '31d'],
    [account, '--until', '2020-01-01'],
    [account, '--until', '1d', '--revoke'],
    ['0x12'],
  ])
    expect((await viewers(...wrong)).code, wrong.join(' ')).toBe(2)
  expect(asked).toEqual([])
})

test('doctor exits 1 when something is wrong and says what helps', async () => {
  const finding = { code: 'chain.finality-lag', severity: 'error', text: 'old', remedy: 'wait' }
  const sdk = { doctor: () => Promise.resolve([finding as never]) }
  const { code, stdout } = await run(['doctor'], { sdk })
  expect(code).toBe(1)
  expect(stdout).toBe('✘ old\n  wait (chain.finality-lag)\n')
  expect(json((await run(['doctor', '--json'], { sdk })).stdout)).toMatchObject({ ok: false })
})
