// Dockerfiles, built by the engine: one digest from everywhere, and what the steps of a stranger can reach.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import {
  copyImage,
  createRegistryServer,
  emptyRootLayer,
  openImage,
  programsLayer,
  unpackImage,
  writeImage,
  type RegistryServer,
} from '@wetee/image'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { build, type BuildOptions } from '../build.ts'
import { compareImages } from '../compare.ts'
import type { Workshop } from '../recipe.ts'
import type { Source } from '../source/source.ts'
import { git, makeRepository, temporaryFolder, writeFiles } from '../testing/folders.ts'
import { dockerfileRecipe, takeImage } from './dockerfile-image.ts'
import { findEngine } from './engine.ts'

// Shared: base images, and the engine is packed once.
const shared = temporaryFolder()
let folder: ReturnType<typeof temporaryFolder>
let registry: RegistryServer
/** A shell and what steps of these tests call, by digest. */
let base = ''
const at = (name: string) => join(folder.path, name)
beforeAll(async () => {
  const layout = join(shared.path, 'served')
  const tools = ['bash', 'cat', 'chmod', 'head', 'ln', 'ls', 'mkdir', 'rm', 'sleep', 'env', 'date']
  const programs = Object.fromEntries(tools.map((name) => [`/usr/bin/${name}`, `/usr/bin/${name}`]))
  const shell = { kind: 'symlink', path: '/bin/sh', mode: 0o777, target: '/usr/bin/bash' } as const
  const written = await writeImage({
    ...{ layout, tag: 'shell', config: { environment: { FROM_BASE: '1' } } },
    layers: [
      emptyRootLayer(),
      await programsLayer(programs),
      { entries: () => Promise.resolve([shell]) },
    ],
  })
  registry = await createRegistryServer({ layouts: { shell: layout }, host: '127.0.0.1', port: 0 })
  base = `${registry.url.slice('http://'.length)}/shell@${written.digest}`
}, 60_000)
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => {
  vi.restoreAllMocks()
  folder.dispose()
})
afterAll(async () => {
  await registry.close()
  shared.dispose()
}, 60_000)

const missing = await findEngine(join(shared.path, 'engine')).then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
)
const why = process.getuid?.() === 0 ? missing : 'only root builds Dockerfiles'
if (why !== undefined) {
  if (process.env['CI'] === 'true') throw new Error(why)
  process.stderr.write(`no image of a Dockerfile is made in tests: ${why}\n`)
}
const withEngine = test.skipIf(why !== undefined)

const refusal = (code: string, message: RegExp = /./) =>
  expect.objectContaining({
    ...{ name: 'BuildError', code },
    message: expect.stringMatching(message) as unknown,
  }) as unknown

/** Builds a Dockerfile above the base, with these files beside it. */
async function make(
  steps: string,
  files: Record<string, string> = {},
  options: Partial<BuildOptions> = {},
) {
  const lines: string[] = []
  writeFiles(at('source'), { Dockerfile: `FROM ${base}\n${steps}\n`, ...files })
  const image = await build({
    ...{ source: { folder: at('source') }, cache: join(shared.path, 'cache'), fresh: true },
    onLog: (line) => lines.push(line),
    ...options,
  })
  return { image, text: lines.join('\n') }
}
/** What one step prints. */
const sees = async (step: string) => (await make(`RUN ${step}`)).text

withEngine(
  'what a Dockerfile says is built above its base, and its settings are carried over',
  async () => {
    const commit = makeRepository(at('r'), {
      Containerfile: `ARG OUTSIDE=1
FROM ${base} AS build
ARG VERSION=5
ARG SOURCE_DATE_EPOCH
WORKDIR /making
COPY a.txt ./
RUN echo "$VERSION $SOURCE_DATE_EPOCH $OUTSIDE" > made && ln made a-name && ln -s made link && chmod 4750 made
FROM ${base}
COPY --from=build --chown=1000:1001 /making/ /app/
COPY . /context/
RUN rm /usr/bin/head && echo late > /late
ENV NAME="a value"
EXPOSE 8080 53/udp
LABEL b=2 a=1
VOLUME /data
STOPSIGNAL SIGINT
HEALTHCHECK CMD true
USER 1000:1001
WORKDIR /app
ENTRYPOINT ["/usr/bin/cat"]
CMD ["made"]
`,
      'a.txt': 'given',
      'left/out.txt': 'x',
      '.dockerignore': 'left\n',
    })
    const lines: string[] = []
    const image = await build({
      ...{ source: { folder: at('r') }, cache: join(shared.path, 'cache'), fresh: true },
      onLog: (line) => lines.push(line),
    })
    expect(image).toMatchObject({ preset: 'dockerfile', source: { commit } })
    expect(image.materials.map(({ uri }) => uri)).toEqual([
      expect.stringMatching(/^urn:wetee:build-engine:buildah-[0-9]/),
      `oci:${base}`,
    ])
    expect(lines).toContain('HEALTHCHECK is left out: an OCI image has no place for it')
    const { manifest, config } = await openImage(image.layout, image.digest)
    // Three of the base as they are, and one above.
    const served = await openImage(join(shared.path, 'served'), base.slice(base.indexOf('@') + 1))
    expect(manifest.layers.slice(0, 3)).toEqual(served.manifest.layers)
    expect(manifest.layers).toHaveLength(4)
    const text = readFileSync(
      join(image.layout, 'blobs/sha256', image.configDigest.slice('sha256:'.length)),
      'utf8',
    )
    const written = JSON.parse(text) as { config: unknown; created: string; history: unknown[] }
    expect(written.created).toBe('2023-11-14T22:13:20Z')
    expect(new Set(written.history.map((entry) => JSON.stringify(entry))).size).toBe(1)
    expect(written.config).toEqual({
      User: '1000:1001',
      ExposedPorts: { '53/udp': {}, '8080/tcp': {} },
      Env: [
        'FROM_BASE=1',
        'NAME=a value',
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ],
      Entrypoint: ['/usr/bin/cat'],
      Cmd: ['made'],
      WorkingDir: '/app',
      Labels: { a: '1', b: '2', 'org.opencontainers.image.revision': commit },
      Volumes: { '/data': {} },
      StopSignal: 'SIGINT',
    })
    expect(config.entrypoint).toEqual(['/usr/bin/cat'])
    const root = at('root')
    await unpackImage(image.layout, image.digest, root)
    expect(readFileSync(join(root, 'app/made'), 'utf8')).toBe('5 1700000000 \n')
    expect(statSync(join(root, 'app/made'))).toMatchObject({ nlink: 2, uid: 1000, gid: 1001 })
    expect(statSync(join(root, 'app/a-name')).ino).toBe(statSync(join(root, 'app/made')).ino)
    expect(statSync(join(root, 'app/made')).mtimeMs).toBe(1_700_000_000_000)
    expect(readlinkSync(join(root, 'app/link'))).toBe('made')
    expect(readdirSync(join(root, 'context')).sort()).toEqual([
      '.dockerignore',
      'Containerfile',
      'a.txt',
    ])
    expect(existsSync(join(root, 'usr/bin/head'))).toBe(false)
    expect(readFileSync(join(root, 'late'), 'utf8')).toBe('late\n')
  },
  180_000,
)

withEngine(
  'two clones at other paths and umasks, and the repository itself, give one digest',
  async () => {
    const commit = makeRepository(at('r'), {
      Dockerfile: `FROM ${base} AS a\nCOPY . /app\nRUN mkdir -p /b/c /b/a && echo x > /b/c/d && ln /b/c/d /b/a/e\nFROM a\nRUN rm -r /b/a\n`,
      'sub/a.txt': 'a',
      'z.txt': 'z',
    })
    const cache = at('cache')
    const digests = new Set<string>()
    for (const [name, umask] of [
      ['one', 0o022],
      ['deep/er/two', 0o077],
    ] as const) {
      const before = process.umask(umask)
      git(folder.path, 'clone', '-q', at('r'), at(name))
      try {
        digests.add((await build({ source: { folder: at(name) }, cache, fresh: true })).digest)
      } finally {
        process.umask(before)
      }
    }
    const fetched = await build({ source: { url: at('r'), commit }, cache, fresh: true })
    digests.add(fetched.digest)
    expect(digests.size).toBe(1)
    expect(await build({ source: { folder: at('one') }, cache })).toMatchObject({ cached: true })
  },
  180_000,
)

withEngine(
  'a build that is done again and differs is told by its layer',
  async () => {
    const one = (await make('RUN date +%N > /now')).image
    await copyImage(one.layout, one.digest, at('given'))
    const two = (await make('RUN date +%N > /now')).image
    const given = { layout: at('given'), digest: one.digest }
    expect((await compareImages(two, given)).map(({ what }) => what)).toEqual(['layer 4'])
    const three = (await make('RUN echo same > /now')).image
    await copyImage(three.layout, three.digest, at('same'))
    const four = (await make('RUN echo same > /now')).image
    expect(await compareImages(four, { layout: at('same'), digest: three.digest })).toEqual([])
  },
  240_000,
)

withEngine(
  'a step reaches no network: not even what listens on this machine',
  async () => {
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    let reached = false
    server.on('connection', () => (reached = true))
    const { port } = server.address() as { port: number }
    try {
      const text = await sees(
        `(echo > /dev/tcp/127.0.0.1/${port}) 2>&1 || echo refused; cat /proc/net/dev`,
      )
      expect(text).toContain('refused')
      expect(text).not.toMatch(/eth0|ens/)
      expect(reached).toBe(false)
    } finally {
      server.close()
    }
  },
  120_000,
)

withEngine(
  'a step finds no file, process, variable or name of this machine, and nothing of the engine',
  async () => {
    process.env['WETEE_TEST_SECRET'] = 'hidden'
    writeFileSync(at('secret'), 'of the machine', { mode: 0o644 })
    const hostName = readFileSync('/proc/sys/kernel/hostname', 'utf8').trim()
    const paths = [at('secret'), folder.path, shared.path, process.cwd(), '/source', '/bases']
    const text = await sees(
      `ls -d ${paths.join(' ')} 2>&1; ls /proc; env; cat /etc/hostname; cat /proc/1/environ 2>&1; ls /proc/1/root/ /proc/1/cwd/ 2>&1; ls /sys /dev`,
    )
    delete process.env['WETEE_TEST_SECRET']
    for (const path of paths) expect(text).toMatch(new RegExp(`${path}'?: No such file`))
    expect(text).not.toContain('hidden')
    expect(text.split('\n')).not.toContain(hostName)
    expect(text).toMatch(/\/proc\/1\/environ: Permission denied/)
    expect(text).toMatch(/\/proc\/1\/root\/'?: Permission denied/)
    const processes = text.split('\n').filter((line) => /^[0-9]+$/.test(line))
    expect(processes.length).toBeLessThan(10)
  },
  120_000,
)

withEngine(
  'a step is root of nothing here: its users are nobody, and it has no right to mount, trace or make devices',
  async () => {
    const text = await sees(`cat /proc/self/status /proc/self/uid_map`)
    expect(text).toMatch(/NoNewPrivs:\s*1/)
    expect(text).toMatch(/^Uid:\s*0\s+0\s+0\s+0$/m)
    expect(text).toMatch(/^Groups:\s*0?\s*$/m)
    expect(text).toMatch(/Seccomp:\s*2/)
    const bits = BigInt(`0x${/CapBnd:\s*([0-9a-f]+)/.exec(text)?.[1] ?? 'f'.repeat(16)}`)
    // CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_CHROOT, CAP_SYS_PTRACE, CAP_SYS_ADMIN, CAP_MKNOD.
    for (const bit of [12n, 13n, 18n, 19n, 21n, 27n]) expect((bits >> bit) & 1n, `${bit}`).toBe(0n)
    expect(text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '))).toEqual(
      expect.arrayContaining(['0 64017 1', '1 1900000000 65535']),
    )
  },
  120_000,
)

withEngine(
  'COPY takes nothing from outside the source, through ways up or links',
  async () => {
    await expect(make('COPY ../../etc/passwd /x')).rejects.toEqual(refusal('build.script-failed'))
    writeFiles(at('source'), { Dockerfile: `FROM ${base}\nCOPY leak /x\n` })
    symlinkSync('/etc/passwd', at('source/leak'))
    const leaking = build({ source: { folder: at('source') }, cache: join(shared.path, 'cache') })
    await expect(leaking).rejects.toEqual(refusal('build.source-link'))
  },
  120_000,
)

withEngine(
  'a build that never ends is ended, with all that it has started',
  async () => {
    const endless = make(
      'RUN (sleep 1234567 & while :; do :; done) & sleep 1234567',
      {},
      {
        scriptLimits: { timeoutMs: 20_000 },
      },
    )
    await expect(endless).rejects.toEqual(refusal('build.timeout'))
    const left = readdirSync('/proc').filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === 'sleep\x001234567\0'
      } catch {
        return false
      }
    })
    expect(left).toEqual([])
  },
  120_000,
)

withEngine(
  'what a build writes is bounded, and so are the processes of a step',
  async () => {
    const writes = make(
      'RUN head -c 400000000 /dev/zero > /big',
      {},
      {
        scriptLimits: { workBytes: 200 * 2 ** 20 },
      },
    )
    await expect(writes).rejects.toEqual(refusal('build.script-failed', /space|large/i))
    const forks = make(
      'RUN i=0; while [ $i -lt 200 ]; do sleep 5 & i=$((i+1)); done',
      {},
      {
        scriptLimits: { processes: 100 },
      },
    )
    await expect(forks).rejects.toEqual(refusal('build.script-failed', /fork/i))
  },
  240_000,
)

withEngine(
  'one build finds nothing of another, and leaves nothing where engines keep things',
  async () => {
    const cache = join(shared.path, 'cache')
    const places = ['/var/lib/containers', '/run/containers', '/var/tmp', cache]
    const before = places.map((place) => (existsSync(place) ? readdirSync(place) : undefined))
    const step =
      'RUN mkdir -p /var/tmp; ls /tmp /var/tmp; echo poison > /tmp/left; echo poison > /var/tmp/left'
    await make(step)
    expect((await make(step)).text).not.toMatch(/^left$/m)
    const after = places.map((place) => (existsSync(place) ? readdirSync(place) : undefined))
    expect(after).toEqual(before)
  },
  240_000,
)

test('an engine that is not there or too old is named with its package', async () => {
  const layout = join(shared.path, 'engine')
  const gone = findEngine(layout, [at('none')])
  await expect(gone).rejects.toEqual(refusal('build.engine-missing', /package buildah/))
  mkdirSync(at('old'))
  writeFileSync(at('old/buildah'), '#!/bin/sh\necho buildah version 1.19.6\n')
  chmodSync(at('old/buildah'), 0o755)
  const old = findEngine(layout, [at('old')])
  await expect(old).rejects.toEqual(refusal('build.engine-missing', /buildah 1\.19\.6: .*1\.28/))
})

test('a builder in a TEE, and a user who is not root, are told so', async () => {
  writeFiles(at('source'), { Dockerfile: 'FROM scratch\nCOPY . /\n' })
  const cache = at('cache')
  for (const bounds of [{ runsScripts: false }, { offline: true }]) {
    const atBuilder = build({ source: { folder: at('source') }, cache, ...bounds })
    await expect(atBuilder).rejects.toEqual(refusal('build.sandbox-missing', /without --builder/))
  }
  const source = { folder: at('source'), files: [{ path: 'Dockerfile', mode: '100644' }] }
  vi.spyOn(process, 'getuid').mockReturnValue(1000)
  const asUser = dockerfileRecipe(source as unknown as Source, { runsScripts: true } as Workshop)
  await expect(asUser).rejects.toEqual(refusal('build.sandbox-missing', /as root/))
})

test('a base beside the Dockerfile, a Dockerfile that is a link, and none are refused', async () => {
  const cache = at('cache')
  writeFiles(at('source'), { 'other.txt': 'FROM scratch\n' })
  const asked = { source: { folder: at('source') }, cache, preset: 'dockerfile' }
  await expect(build(asked)).rejects.toEqual(refusal('build.entry-missing'))
  await expect(build({ ...asked, base: 'x' })).rejects.toEqual(refusal('build.image-invalid'))
  symlinkSync('other.txt', at('source/Dockerfile'))
  await expect(build(asked)).rejects.toEqual(refusal('build.dockerfile-invalid', /a link/))
})

test('links in the place of the image that was made lead nowhere', async () => {
  const layout = join(shared.path, 'served')
  for (const [index, link] of ['image', 'image/blobs', 'image/blobs/sha256'].entries()) {
    const left = at(`left-${index}`)
    mkdirSync(join(left, link, '..'), { recursive: true })
    if (index > 0)
      writeFileSync(join(left, 'image/index.json'), readFileSync(join(layout, 'index.json')))
    symlinkSync(join(layout, link.slice('image'.length)), join(left, link))
    const taken = takeImage(left, { scratch: at(`scratch-${index}`) }, undefined)
    await expect(taken).rejects.toEqual(refusal('build.script-failed', /left no image/))
  }
  const left = at('left-file')
  mkdirSync(join(left, 'image/blobs/sha256'), { recursive: true })
  symlinkSync('/etc/passwd', join(left, 'image/index.json'))
  const taken = takeImage(left, { scratch: at('scratch-file') }, undefined)
  await expect(taken).rejects.toEqual(refusal('build.source-link'))
})
