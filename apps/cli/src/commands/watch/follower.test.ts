// Which commits become versions: a branch, a builder and a chain in memory, and what attackers and crashes make of them.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SdkError, type DeployPlan } from '@wetee/sdk'
import { CliError } from '../../error.ts'
import { samplePlan } from '../../testing/fake-context.ts'
import { Follower, type BuiltCommit, type Limits, type Steps, type WatchEvent } from './follower.ts'
import { WatchState } from './watch-state.ts'

const dot = 10n ** 18n
const commit = (letter: string) => letter.repeat(40)
const [a, b, c] = [commit('a'), commit('b'), commit('c')]
const digestOf = (name: string) => `sha256:${name.slice(0, 1).repeat(64)}`
const manifestOf = (text: string): `0x${string}` =>
  `0x${/@sha256:(\w)/.exec(text)?.[1]?.repeat(64)}`

/** A world in memory: commits with their parents, a chain with versions. */
function world(limits: Partial<Limits> = {}) {
  const file = join(mkdtempSync(join(tmpdir(), 'wetee-watch-')), 'state.json')
  const seen = {
    head: a as string | undefined,
    parents: { [a]: '', [b]: a, [c]: b } as Record<string, string>,
    /** Of a commit, where it is not its own. */
    sources: {} as Record<string, string>,
    nowMs: 1_800_000_000_000,
    weiPerDay: dot,
    depositWei: 0n,
    built: [] as string[],
    pushed: [] as string[],
    /** Manifest digests of a builder's records. */
    recorded: [] as string[],
    /** Manifest digests, in the order of versions; 1 is what ran before. */
    versions: [manifestOf('@sha256:0')],
    events: [] as WatchEvent[],
    pool: new Set<string>(),
  }
  const steps: Steps = {
    head: () => Promise.resolve(seen.head),
    follows: async (one, ancestor) => {
      for (let at: string | undefined = one; at !== undefined && at !== ''; at = seen.parents[at])
        if (at === ancestor) return true
      return await Promise.resolve(false)
    },
    build: async (name, accept) => {
      const source = (seen.sources[name] ?? name).slice(0, 1).repeat(64)
      await Promise.resolve()
      accept(source)
      seen.built.push(name)
      const composeText = 'services: { web: { image: old } }'
      return { layout: '', digest: digestOf(name), composeText, source }
    },
    push: ({ digest }) => {
      seen.pushed.push(digest)
      return Promise.resolve(`registry.test/app@${digest}`)
    },
    plan: (text) => {
      const digest = manifestOf(text)
      const { weiPerDay, depositWei } = seen
      const action = seen.versions.at(-1) === digest ? 'none' : 'update'
      const manifest = { ...samplePlan.manifest, digest }
      const money = { weiPerDay, depositWei, previousWeiPerDay: dot }
      return Promise.resolve({ ...samplePlan, ...money, action, manifest } satisfies DeployPlan)
    },
    record: ({ record }) => {
      seen.recorded.push(record.manifestDigest)
      return Promise.resolve()
    },
    apply: ({ manifest }, onSent) => {
      onSent(manifest.digest)
      const version = seen.versions.push(manifest.digest)
      return Promise.resolve({ version })
    },
    findVersion: (digest) => {
      const index = seen.versions.lastIndexOf(digest)
      return Promise.resolve(
        index >= seen.versions.length - 2 && index >= 0 ? index + 1 : undefined,
      )
    },
    isUnderway: (hash) => Promise.resolve(seen.pool.has(hash)),
    serving: (_version, onServing) => Promise.resolve(onServing()),
  }
  let state: WatchState | undefined
  onTestFinished(() => state?.close())
  /** As a process that is started again does, with steps of its own where some go wrong. */
  const start = (wrong: Partial<Steps> = {}, others: Partial<Limits> = {}) => {
    state?.close()
    state = WatchState.open(file, { app: '1' })
    return new Follower(
      {
        ...{ service: 'web', maxWeiPerDay: undefined, minIntervalMs: 0, allowRewind: false },
        ...limits,
        ...others,
      },
      {
        ...{ steps: { ...steps, ...wrong }, state, nowMs: () => seen.nowMs },
        report: (event) => seen.events.push(event),
      },
    )
  }
  const names = () => seen.events.map(({ event }) => event)
  return { seen, start, names, file }
}

test('a new commit is built, pushed, proposed and served; then there is nothing to do', async () => {
  const { seen, start, names } = world()
  const follower = start()
  expect(await follower.look()).toEqual({ kind: 'served' })
  expect(names()).toEqual([
    'building',
    'pushing',
    'proposing',
    'sent',
    'waiting',
    'serving',
    'served',
  ])
  expect(await follower.look()).toEqual({ kind: 'idle' })
  seen.head = b
  expect(await follower.look()).toEqual({ kind: 'served' })
  expect(seen.built).toEqual([a, b])
  expect(seen.versions).toHaveLength(3)
})

test('of several pushes the newest commit alone is built', async () => {
  const { seen, start } = world()
  const follower = start()
  await follower.look()
  seen.head = c
  await follower.look()
  expect(seen.built).toEqual([a, c])
})

test('pushes during an update are taken together after it', async () => {
  const { seen, start } = world()
  const follower = start({
    push: ({ digest }) => {
      seen.head = c
      return Promise.resolve(`registry.test/app@${digest}`)
    },
  })
  await follower.look()
  expect(seen.versions).toHaveLength(2)
  await follower.look()
  expect(seen.built).toEqual([a, c])
})

test('an old commit that comes back builds nothing, unless going back is allowed', async () => {
  const { seen, start, names } = world()
  const follower = start()
  await follower.look()
  seen.head = b
  await follower.look()
  seen.head = a
  expect(await follower.look()).toEqual({ kind: 'refused' })
  expect(await follower.look()).toEqual({ kind: 'refused' })
  expect(names().filter((name) => name === 'rewound')).toHaveLength(1)
  expect(seen.built).toEqual([a, b])
  expect(await start({}, { allowRewind: true }).look()).toEqual({ kind: 'served' })
  expect(seen.versions).toHaveLength(4)
})

test('a branch that was rewritten is not followed, unless that is allowed', async () => {
  const { seen, start } = world()
  await start().look()
  seen.parents[c] = ''
  seen.head = c
  expect(await start().look()).toEqual({ kind: 'refused' })
  expect(seen.built).toEqual([a])
  expect(await start({}, { allowRewind: true }).look()).toEqual({ kind: 'served' })
})

test('a commit that was taken off the branch while it was built is not proposed', async () => {
  const { seen, start, names } = world()
  const follower = start({
    push: ({ digest }) => {
      seen.parents[b] = ''
      seen.head = b
      return Promise.resolve(`registry.test/app@${digest}`)
    },
  })
  expect(await follower.look()).toEqual({ kind: 'refused' })
  expect(names().at(-1)).toBe('gone')
  expect(seen.versions).toHaveLength(1)
})

test('a commit that only takes over the image of the last update starts no other', async () => {
  const { seen, start, names } = world()
  const follower = start()
  await follower.look()
  seen.sources[b] = a
  seen.head = b
  expect(await follower.look()).toEqual({ kind: 'idle' })
  expect(names().at(-1)).toBe('unchanged')
  expect(await start().look()).toEqual({ kind: 'idle' })
  expect(seen.built).toEqual([a])
  seen.head = c
  expect(await start().look()).toEqual({ kind: 'served' })
})

test('a version that would cost more than what runs is refused, once, and more than --max-rent too', async () => {
  const { seen, start } = world()
  seen.weiPerDay = dot + 1n
  expect(await start().look()).toEqual({ kind: 'refused' })
  expect(await start({}, { maxWeiPerDay: 2n * dot }).look()).toEqual({ kind: 'idle' })
  expect(seen.events.at(-1)).toMatchObject({ event: 'refused', code: 'watch.commit-rent' })
  seen.head = b
  expect(await start({}, { maxWeiPerDay: dot + 1n }).look()).toEqual({ kind: 'served' })
  seen.head = c
  seen.weiPerDay = dot + 2n
  expect(await start({}, { maxWeiPerDay: dot + 1n }).look()).toEqual({ kind: 'refused' })
  expect(seen.versions).toHaveLength(2)
})

test('an update that would take a deposit above a day of rent is not sent, and the commit stays untried', async () => {
  const { seen, start } = world()
  seen.depositWei = dot + 1n
  await expect(start().look()).rejects.toMatchObject({ code: 'watch.deposit' })
  seen.depositWei = dot
  expect(await start().look()).toEqual({ kind: 'served' })
})

test('between the beginnings of two updates there is the least interval', async () => {
  const { seen, start } = world({ minIntervalMs: 60_000 })
  await start().look()
  seen.head = b
  seen.nowMs += 59_999
  expect(await start().look()).toEqual({ kind: 'later' })
  seen.nowMs += 1
  expect(await start().look()).toEqual({ kind: 'served' })
  seen.head = c
  seen.nowMs -= 86_400_000
  expect(await start().look()).toEqual({ kind: 'served' })
})

test('a commit that cannot be built is not tried again, and the next one is', async () => {
  const { seen, start } = world()
  let tries = 0
  const broken = (name: string) => {
    tries++
    return Promise.reject(new CliError('build.script-failed', `${name} does not build`))
  }
  expect(await start({ build: broken }).look()).toEqual({ kind: 'refused' })
  expect(await start({ build: broken }).look()).toEqual({ kind: 'idle' })
  expect(tries).toBe(1)
  seen.head = b
  expect(await start().look()).toEqual({ kind: 'served' })
})

test('what fails for now is tried three times, also across restarts', async () => {
  const { seen, start } = world()
  const away = new SdkError('registry.unreachable', 'no answer', { retryable: true })
  const push = () => Promise.reject(away)
  for (const kind of ['later', 'later', 'refused', 'idle'])
    expect((await start({ push }).look()).kind).toBe(kind)
  expect(seen.versions).toHaveLength(1)
})

test('what is wrong with the account ends the command, and the commit stays untried', async () => {
  const { start } = world()
  const plan = () => Promise.reject(new SdkError('account.funds', 'too little'))
  await expect(start({ plan }).look()).rejects.toMatchObject({ code: 'account.funds' })
  expect(await start().look()).toEqual({ kind: 'served' })
})

const stopped = new SdkError('aborted', 'stopped')
test.each<[string, Partial<Steps>, number]>([
  ['while it builds', { build: () => Promise.reject(stopped) }, 1],
  ['while it pushes', { push: () => Promise.reject(stopped) }, 2],
  ['before it sends', { apply: () => Promise.reject(stopped) }, 2],
  ['while it waits', { serving: () => Promise.reject(stopped) }, 1],
])('stopped %s, it goes on there and proposes the commit once', async (_, wrong, builds) => {
  const { seen, start } = world()
  await expect(start(wrong).look()).rejects.toBe(stopped)
  expect(await start().look()).toEqual({ kind: 'served' })
  expect(seen.built).toHaveLength(builds)
  expect(seen.versions).toHaveLength(2)
})

test('stopped before it knew its transaction, it finds the version on chain and neither builds nor sends again', async () => {
  const { seen, start } = world()
  const apply: Steps['apply'] = ({ manifest }) => {
    seen.versions.push(manifest.digest)
    return Promise.reject(stopped)
  }
  await expect(start({ apply }).look()).rejects.toBe(stopped)
  expect(await start().look()).toEqual({ kind: 'served' })
  expect([seen.built, seen.versions.length]).toEqual([[a], 2])
})

test('stopped between the transaction and its receipt, it waits for what it sent and sends no other', async () => {
  const { seen, start } = world()
  const apply: Steps['apply'] = async ({ manifest }, onSent) => {
    onSent(manifest.digest)
    seen.pool.add(manifest.digest)
    return await Promise.reject(stopped)
  }
  await expect(start({ apply }).look()).rejects.toBe(stopped)
  expect(await start().look()).toEqual({ kind: 'later' })
  expect(await start().look()).toEqual({ kind: 'later' })
  const [sent] = seen.pool
  seen.pool.clear()
  seen.versions.push(sent as `0x${string}`)
  expect(await start().look()).toEqual({ kind: 'served' })
  expect(seen.versions).toHaveLength(2)
  expect(seen.built).toEqual([a])
})

test('a version that was not ready in its time is waited for again; one that was dropped is done with', async () => {
  const { seen, start } = world()
  const slow = new SdkError('wait.timeout', 'not ready', { retryable: true })
  for (let round = 0; round < 5; round++)
    expect((await start({ serving: () => Promise.reject(slow) }).look()).kind).toBe('later')
  const dropped = new SdkError('app.version-dropped', 'dropped')
  expect(await start({ serving: () => Promise.reject(dropped) }).look()).toEqual({
    kind: 'refused',
  })
  expect(await start().look()).toEqual({ kind: 'idle' })
  expect(seen.versions).toHaveLength(2)
})

test('a deploy key that was revoked ends the command, and the commit stays untried', async () => {
  const { seen, start } = world()
  const apply = () => Promise.reject(new SdkError('contract.DeployKeyUnknown', 'revoked'))
  await expect(start({ apply }).look()).rejects.toMatchObject({ code: 'contract.DeployKeyUnknown' })
  expect(await start().look()).toEqual({ kind: 'served' })
  expect(seen.versions).toHaveLength(2)
})

/** What a builder answers, with a record of this manifest. */
const builtThere = (image: string, manifestDigest: `0x${string}`): BuiltCommit => {
  const word = `0x${'00'.repeat(32)}` as const
  const words = { imageDigest: word, statementDigest: word, repositoryHash: word, commit: word }
  return {
    ...{ layout: '', digest: digestOf(image), source: image.repeat(64) },
    composeText: 'services: { web: { image: old } }',
    record: { builderAppId: 7n, record: { ...words, manifestDigest }, signature: '0x' },
  }
}

test("a builder's record is kept before its manifest is proposed, also after an interruption", async () => {
  const { seen, start, names } = world()
  const build = () => Promise.resolve(builtThere('a', manifestOf('@sha256:a')))
  const apply: Steps['apply'] = () => {
    expect(seen.recorded).toEqual([manifestOf('@sha256:a')])
    return Promise.reject(stopped)
  }
  await expect(start({ build, apply }).look()).rejects.toBe(stopped)
  expect(await start({ build }).look()).toEqual({ kind: 'served' })
  expect(names()).toContain('recording')
  expect(names().indexOf('recording')).toBeLessThan(names().indexOf('proposing'))
})

test('ATTACK a builder that signs another manifest than its commit gives is not recorded, and nothing is proposed', async () => {
  const { seen, start } = world()
  const build = () => Promise.resolve(builtThere('a', manifestOf('@sha256:b')))
  await expect(start({ build }).look()).rejects.toMatchObject({ code: 'build.builder-not-genuine' })
  expect([seen.recorded, seen.versions.length]).toEqual([[], 1])
})

test.each(['contract.TooEarly', 'contract.BuildMissing', 'contract.BuildUnsigned'])(
  'after %s a deploy key tries the commit again',
  async (code) => {
    const { start } = world()
    const apply = () => Promise.reject(new SdkError(code, 'not yet'))
    expect(await start({ apply }).look()).toMatchObject({ kind: 'later' })
    expect(await start().look()).toEqual({ kind: 'served' })
  },
)

test('a commit that changes the terms is refused where a deploy key proposes, and the next one is taken', async () => {
  const { seen, start } = world()
  const plan = () => Promise.reject(new SdkError('deploy.key-terms', 'other terms'))
  expect(await start({ plan }).look()).toEqual({ kind: 'refused' })
  seen.head = b
  expect(await start().look()).toEqual({ kind: 'served' })
})

test('a branch that is not there is an error', async () => {
  const { seen, start } = world()
  seen.head = undefined
  await expect(start().look()).rejects.toMatchObject({ code: 'watch.branch-missing' })
})

test('a record that cannot be read, or is of another watch, is not begun anew', async () => {
  const { start, file } = world()
  await start().look()
  const text = readFileSync(file, 'utf8')
  expect(() => WatchState.open(`${file}-other`, { app: '1' }).close()).not.toThrow()
  writeFileSync(`${file}-other`, text)
  expect(() => WatchState.open(`${file}-other`, { app: '2' })).toThrow(/another application/)
  for (const broken of [text.slice(0, -1), text.replace('"seen"', '"sight"'), '{}', '']) {
    writeFileSync(`${file}-other`, broken)
    expect(() => WatchState.open(`${file}-other`, { app: '1' })).toThrow(/cannot be read/)
  }
})

test('two watches of one record are refused; the lock of a process that has ended is not kept', () => {
  const { file } = world()
  const first = WatchState.open(file, { app: '1' })
  expect(() => WatchState.open(file, { app: '1' })).toThrow(/watches already/)
  first.close()
  writeFileSync(`${file}.lock`, String(2 ** 22 + 1))
  WatchState.open(file, { app: '1' }).close()
  writeFileSync(`${file}.lock`, '1')
  expect(() => WatchState.open(file, { app: '1' })).toThrow(/process 1 watches/)
})
