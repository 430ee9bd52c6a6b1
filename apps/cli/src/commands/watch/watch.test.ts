// `wetee watch` as a user meets it: a repository on this machine, a registry, a network that answers from memory.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { afterAll, expect, test } from 'vitest'
import { startPushRegistry } from '@wetee/image/push-registry'
import { SdkError, type DeployPlan, type Network, type ReadyApp } from '@wetee/sdk'
import type { Sdk } from '../../context.ts'
import { run, sampleApp, samplePlan } from '../../testing/fake-context.ts'

const folder = mkdtempSync(join(tmpdir(), 'wetee-cli-watch-'))
const repository = join(folder, 'repository')
afterAll(() => rmSync(folder, { recursive: true }))

function git(...words: readonly string[]): string {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org']
  const env = {
    PATH: process.env['PATH'],
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  }
  return execFileSync('git', ['-C', repository, ...who, ...words], { encoding: 'utf8', env }).trim()
}

/** Commits these files and answers the commit. */
function commit(files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(repository, name), text)
  git('add', '-A')
  git('commit', '-q', '-m', 'change')
  return git('rev-parse', 'HEAD')
}

const compose = '# ours\nservices:\n  web:\n    image: app:1 # which\n'
execFileSync('git', ['init', '-q', '-b', 'main', repository])
const first = commit({ 'index.html': '<p>one', 'compose.yaml': compose })

/** An owner whose application takes whatever is planned; the texts that were. */
function ownersNetwork() {
  const planned: string[] = []
  const sdk: Partial<Sdk> = {
    showApp: () => Promise.resolve(sampleApp),
    planDeploy: (_network, { composeText }) => {
      planned.push(composeText)
      const existing = { appId: 1n } as DeployPlan['existing'] & object
      const money = { previousWeiPerDay: samplePlan.weiPerDay, depositWei: 0n }
      return Promise.resolve({ ...samplePlan, ...money, action: 'update', existing })
    },
    applyPlan: (_network, plan, options) => {
      options?.onStep?.({ id: 'sent', title: '', txHash: `0x${'ef'.repeat(32)}` })
      return Promise.resolve({
        ...{ action: 'update', appId: 1n, version: 2, workerId: 1n, plan },
        manifestDigest: plan.manifest.digest,
      })
    },
    waitForApp: () => Promise.resolve({} as ReadyApp),
  }
  const network = {
    account: { address: sampleApp.owner },
    profile: { chainId: 31337, contracts: { cloud: sampleApp.owner }, name: 'devnet' },
  } as unknown as Partial<Network>
  return { planned, sdk, network }
}

const watch = async (
  words: readonly string[],
  { sdk, network } = ownersNetwork(),
  url = `file://${repository}`,
  app = words.includes('--deploy-key') ? '1' : 'hello',
) => {
  const env = { DOCKER_CONFIG: folder }
  const asked = ['watch', app, '--git', url, '--branch', 'main', '--service', 'web']
  const shared = ['--once', '--yes', '--json', '--min-interval', '0', '--state', 'state.json']
  const cache = ['--cache', join(folder, 'cache')]
  const ran = await run([...asked, ...shared, ...cache, ...words], {
    ...{ cwd: folder, home: folder, env, sdk, network },
  })
  return { ...ran, lines: ran.stdout.trim().split('\n') }
}

test('a commit is built, pushed and proposed by digest, with every other byte of its Compose file; then never again', async () => {
  const registry = await startPushRegistry()
  const owner = ownersNetwork()
  try {
    const words = ['--push', `${registry.host}/my/app`]
    const { code, lines } = await watch(words, owner)
    expect(code).toBe(0)
    const events = lines.map((line) => JSON.parse(line) as Record<string, string>)
    expect(events.map(({ event }) => event)).toEqual([
      'building',
      'pushing',
      'proposing',
      'sent',
      'waiting',
      'serving',
      'served',
    ])
    expect(new Set(events.map((event) => event['commit']))).toEqual(new Set([first]))
    const [digest = ''] = registry.manifests.keys()
    const image = `${registry.host}/my/app@${digest}`
    expect(owner.planned).toEqual([compose.replace('app:1', image)])
    expect((await watch(words, owner)).lines.join()).toContain('"idle"')
    // Who commits the image of the update starts no other.
    commit({ 'compose.yaml': owner.planned[0] ?? '' })
    expect((await watch(words, owner)).lines.join()).toContain('"unchanged"')
    expect((await watch(words, owner)).lines.join()).toContain('"idle"')
    expect(owner.planned).toHaveLength(1)
    const other = commit({ 'index.html': '<p>two' })
    expect((await watch(words, owner)).lines.at(-1)).toContain(other)
    git('reset', '-q', '--hard', first)
    const back = await watch(words, owner)
    expect([back.code, owner.planned.length]).toEqual([1, 2])
    expect(back.stdout).toContain('watch.rewound')
  } finally {
    await registry.close()
  }
  expect(readdirSync(folder)).not.toContain('state.json.lock')
}, 60_000)

test.each<[string, readonly string[], string?]>([
  ['a tag', ['--push', 'registry.test/app:1']],
  ['a Compose file outside', ['--push', 'registry.test/app', '--compose', '../compose.yaml']],
  ['a webhook without a secret', ['--push', 'registry.test/app', '--webhook', '127.0.0.1:0']],
  ['a login in the address', ['--push', 'registry.test/app'], 'https://me:hunter2@git.example/a'],
])('%s is refused as a usage', async (_, words, url) => {
  const { code, stdout, stderr } = await watch(words, ownersNetwork(), url)
  expect(code).toBe(2)
  expect(stdout + stderr).not.toContain('hunter2')
})

test("a short secret is refused and not shown, and somebody else's application too", async () => {
  writeFileSync(join(folder, 'secret'), 'hunter2\n')
  const webhook = ['--webhook', '127.0.0.1:0', '--webhook-secret-file', 'secret']
  const short = await watch(['--push', 'registry.test/app', ...webhook])
  expect([short.code, short.stdout.includes('hunter2')]).toEqual([2, false])
  const owner = ownersNetwork()
  const stranger = { ...owner, network: { ...owner.network, account: undefined } }
  const refused = await watch(['--push', 'registry.test/app'], stranger as never)
  expect([refused.code, refused.stdout]).toEqual([4, expect.stringContaining('watch.not-owner')])
})

test('with --deploy-key the account is one that the owner has set, and what it proposes keeps the terms', async () => {
  git('checkout', '-q', '-b', 'robot', first)
  const owner = ownersNetwork()
  const planned: unknown[] = []
  const robot: `0x${string}` = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'
  const key = {
    ...{ key: robot, maxWeiPerSecond: 1n, minIntervalSeconds: 0n, expiresAt: 1n },
  } as const
  const network = { ...owner.network, account: { address: robot } } as unknown as Partial<Network>
  const registry = await startPushRegistry()
  const words = ['--branch', 'robot', '--state', 'robot.json', '--push', `${registry.host}/my/app`]
  const sdk: Partial<Sdk> = {
    ...owner.sdk,
    requireDeployKey: () => Promise.resolve(key),
    planDeploy: (at, options) => {
      planned.push([options.owner, options.byDeployKey])
      return owner.sdk.planDeploy?.(at, options) ?? Promise.reject(new Error('no plan'))
    },
  }
  try {
    const without = await watch(words, { ...owner, network })
    expect([without.code, without.stdout]).toEqual([4, expect.stringContaining('watch.not-owner')])
    const robots = { ...owner, sdk, network }
    // A name is found among the applications of the account, which the key has none of.
    const named = await watch([...words, '--deploy-key'], robots, undefined, 'hello')
    expect([named.code, named.stdout]).toEqual([2, expect.stringContaining('by its number')])
    const { code } = await watch([...words, '--deploy-key'], robots)
    expect([code, planned]).toEqual([0, [[sampleApp.owner, true]]])
    const unknown: Partial<Sdk> = {
      ...sdk,
      requireDeployKey: () => Promise.reject(new SdkError('app.key-unknown', 'none')),
    }
    const revoked = await watch([...words, '--deploy-key'], { ...owner, sdk: unknown, network })
    expect([revoked.code, planned.length]).toEqual([4, 1])
  } finally {
    await registry.close()
  }
}, 60_000)

test('a Compose file that is a link is refused with its commit, and its target is not read', async () => {
  git('checkout', '-q', '-b', 'link', first)
  execFileSync('ln', ['-sf', 'index.html', join(repository, 'compose.yaml')])
  git('add', '-A')
  git('commit', '-q', '-m', 'link')
  const words = ['--branch', 'link', '--state', 'link.json', '--push', 'registry.test/app']
  const { code, stdout } = await watch(words)
  expect([code, stdout]).toEqual([1, expect.stringContaining('watch.commit-compose')])
  expect(readFileSync(join(folder, 'link.json'), 'utf8')).toContain('"refused"')
})
