// The builder's API as a client meets it: a commit in, an image and a signed provenance out, and nothing in between to change it.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buildRecordDigest, repositoryHash } from '@wetee/attestation'
import {
  buildAtBuilder,
  checkProvenance,
  gatherMaterials,
  parseSignedProvenance,
  type GatheredMaterials,
  type ManifestOrder,
} from '@wetee/build'
import { git as runGit, makeRepository, temporaryFolder } from '@wetee/build/test-folders'
import { makeArchive, makeLock, serveArchives, type Registry } from '@wetee/build/test-registry'
import { createTlsIdentity } from '@wetee/certificates'
import { verifyLayout } from '@wetee/image'
import { buildManifest } from '@wetee/manifest'
import {
  applicationDigest,
  parseBuildRecord,
  recoverApplicationSigner,
  type PinnedCalls,
} from '@wetee/sdk'
import { attestedApp, instanceSecret, type AttestedApp } from '@wetee/sdk/testing/attested-app'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { privateKeyToAccount } from 'viem/accounts'
import type { Signer } from './sign-build.ts'
import { createBuilderServer, type ServerOptions } from './server.ts'

const nothing = `0x${'00'.repeat(32)}`

const shared = temporaryFolder()
const url = 'https://git.example/app'
const account = privateKeyToAccount(instanceSecret)
const faults: unknown[] = []
let app: AttestedApp
let registry: Registry
let integrity: string
let server: Server | undefined
let count = 0

/** An agent with the instance's key. */
const agent = (state = 'attested'): Signer => ({
  info: () => Promise.resolve({ state } as never),
  evidence: () => Promise.resolve(app.document as never),
  sign: async (digest) => ({
    signature: await account.sign({ hash: applicationDigest(digest) }),
    address: account.address,
    signingKey: `0x${'02'.repeat(33)}`,
  }),
})

beforeAll(async () => {
  app = await attestedApp()
  const archive = await makeArchive({ 'index.js': '1', 'package.json': '{}' })
  integrity = archive.integrity
  registry = await serveArchives({ 'greet.tgz': archive.bytes })
})
afterEach(async () => {
  server?.closeAllConnections()
  if (server !== undefined) await once(server.close(), 'close')
  server = undefined
  expect(faults.splice(0)).toEqual([])
})
afterAll(async () => {
  shared.dispose()
  await registry.close()
})

async function start(options: Partial<ServerOptions> = {}): Promise<string> {
  server = createBuilderServer({
    folder: join(shared.path, 'builder'),
    ...{ agent: agent(), runsScripts: false, buildTimeoutMs: 60_000, idleMs: 60_000 },
    onFault: (error) => faults.push(error),
    ...options,
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A program with one package, as a commit. */
async function gather(more: Record<string, string> = {}, scripts: object = {}) {
  const needs = { dependencies: { greet: '1.0.0' } }
  const resolved = 'https://registry.npmjs.org/greet.tgz'
  const repository = join(shared.path, `repository-${++count}`)
  const commit = makeRepository(repository, {
    'index.js': 'console.log(1)',
    'package.json': JSON.stringify({ ...needs, scripts }),
    'package-lock.json': makeLock(needs, {
      'node_modules/greet': { version: '1.0.0', integrity, resolved },
    }),
    ...more,
  })
  const options = { url: `file://${repository}`, commit, npmRegistry: registry.url }
  const materials = await gatherMaterials({ ...options, cache: join(shared.path, 'client') })
  return { commit, materials, repository }
}

/** The server of a repository, with what Git itself says of it; `ca` is its certificate. */
async function serveRepository(repository: string) {
  const { keyPem, certPem } = await createTlsIdentity({ commonName: 'localhost' })
  const git = createTlsServer({ key: keyPem, cert: certPem }, (_, response) => {
    const words = ['upload-pack', '--stateless-rpc', '--http-backend-info-refs', repository]
    response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' })
    response.end(
      Buffer.concat([
        Buffer.from('001e# service=git-upload-pack\n0000'),
        execFileSync('git', words),
      ]),
    )
  })
  git.listen(0, '127.0.0.1')
  await once(git, 'listening')
  const { port } = git.address() as AddressInfo
  return { url: `https://localhost:${port}/app`, ca: certPem, close: () => void git.close() }
}

const call = async (address: string, method: string, path: string, body?: string | Buffer) => {
  const answer = await fetch(address + path, {
    method,
    ...(body === undefined ? {} : { body: body as string }),
  })
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }
}
const orderOf = (commit: string, { source, packages, preset }: GatheredMaterials) => {
  const plain = ({ digest, sizeBytes }: { digest: string; sizeBytes: number }) => ({
    digest,
    sizeBytes,
  })
  const parts = { source: plain(source), packages: packages.map(plain) }
  return { repository: url, commit, preset, port: 8080, ...parts }
}
const refused = (code: string) => ({
  json: { error: expect.objectContaining({ code }) as unknown },
})

/** The client's connections, without TLS. */
const pinned = {
  request: async ({ connect, method, path, body }) => {
    if (typeof connect === 'function') throw new Error('no stream')
    const address = `http://${connect.host}:${connect.port}${path}`
    const answer = await fetch(address, {
      method,
      ...(body === undefined ? {} : { body: body as string }),
    })
    return { status: answer.status, body: new Uint8Array(await answer.arrayBuffer()) } as never
  },
  stream: async ({ connect, path }) => {
    if (typeof connect === 'function') throw new Error('no stream')
    const answer = await fetch(`http://${connect.host}:${connect.port}${path}`)
    const body = Readable.fromWeb(answer.body as never)
    return { status: answer.status, body, close: () => body.destroy() } as never
  },
} satisfies PinnedCalls

/** As `wetee build --builder` does it. */
async function buildThere(
  address: string,
  commit: string,
  materials: GatheredMaterials,
  found: {
    readonly repository: string
    readonly branch?: string
    readonly manifest?: ManifestOrder
  } = { repository: url },
) {
  const layout = join(shared.path, `layout-${++count}`)
  const lines: string[] = []
  const built = await buildAtBuilder(
    { url: address, tlsKeyHash: `0x${'77'.repeat(32)}`, pinned },
    { ...found, commit, port: 8080, materials },
    {
      ...{ layout, known: [], signal: AbortSignal.timeout(60_000) },
      onLine: (line) => void lines.push(line),
    },
  )
  return { ...built, layout, lines }
}

test('a commit becomes an image, and the signed provenance leads from the image back to it', async () => {
  const address = await start()
  const { commit, materials } = await gather()
  const built = await buildThere(address, commit, materials)
  await verifyLayout(built.layout, built.digest)
  expect(built.lines).toContain('signing')
  const signed = parseSignedProvenance(built.provenance)
  const expected = { imageDigest: built.digest, builder: { appId: 7n }, nowMs: app.nowMs }
  expect(await checkProvenance(app, signed, expected)).toMatchObject({
    ...{ ok: true, source: { commit, repository: url } },
  })
  expect(Buffer.from(signed.payload).includes('"branch"')).toBe(false)
  const { record, signature, builderAppId } = built.record as {
    builderAppId: string
    record: Parameters<typeof buildRecordDigest>[1]
    signature: `0x${string}`
  }
  // The chain is not told of a repository that the builder has not asked.
  expect(record).toMatchObject({
    ...{ imageDigest: `0x${built.digest.slice(7)}`, repositoryHash: nothing },
  })
  const { chainId, cloud } = app.document.subject as { chainId: bigint; cloud: `0x${string}` }
  const digest = buildRecordDigest({ chainId, cloud, builderAppId: BigInt(builderAppId) }, record)
  const bytes = Buffer.from(digest.slice(2), 'hex')
  expect(await recoverApplicationSigner(bytes, signature)).toBe(account.address)
  // The same once more, with what is there already: the same image.
  const again = await buildThere(address, commit, materials)
  expect(again.digest).toBe(built.digest)
  expect(again.lines).toContain('sent 1 of 1 materials')
}, 120_000)

test('a repository is named to the chain when its own server has a branch at the commit', async () => {
  const { commit, materials, repository } = await gather()
  const git = await serveRepository(repository)
  try {
    const address = await start({ ca: git.ca })
    const there = (branch: string) =>
      buildThere(address, commit, materials, { repository: git.url, branch })
    const built = await there('main')
    expect(built.record).toMatchObject({ record: { repositoryHash: repositoryHash(git.url) } })
    const signed = parseSignedProvenance(built.provenance)
    const expected = { imageDigest: built.digest, builder: { appId: 7n }, nowMs: app.nowMs }
    expect(await checkProvenance(app, signed, expected)).toMatchObject({
      source: { commit, repository: git.url, branch: 'main' },
    })
    await expect(there('other')).rejects.toThrow(/builder\.branch-differs/)
    writeFileSync(join(repository, 'index.js'), 'console.log(2)')
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@t', 'commit', '-qam', 'next'], {
      cwd: repository,
    })
    await expect(there('main')).rejects.toThrow(/builder\.branch-differs/)
  } finally {
    git.close()
  }
}, 120_000)

test('a server whose certificate nobody vouches for is not believed', async () => {
  const { commit, materials, repository } = await gather()
  const git = await serveRepository(repository)
  try {
    const address = await start()
    const found = { repository: git.url, branch: 'main' }
    await expect(buildThere(address, commit, materials, found)).rejects.toThrow(/build\.git-failed/)
  } finally {
    git.close()
  }
}, 60_000)

const pinnedImage = `registry.example/db@sha256:${'d'.repeat(64)}`
const composeOf = (other: string) =>
  `# ours
name: not-used
services:
  web: { image: app:1, ports: [8080] }
  other: { image: '${other}' }
`
const wanted = {
  ...{ compose: 'deploy/app.yaml', service: 'web', image: 'registry.example/you/app' },
  name: 'hello',
}

test('the manifest that is signed with an image is the one that a planned update of this commit has', async () => {
  const address = await start()
  const composeText = composeOf(pinnedImage)
  const { commit, materials } = await gather({ 'deploy/app.yaml': composeText })
  const built = await buildThere(address, commit, materials, { repository: url, manifest: wanted })
  const planned = await buildManifest(
    composeText.replace('app:1', `registry.example/you/app@${built.digest}`),
    {
      name: 'hello',
      resolveImage: (reference) => Promise.resolve(reference.slice(reference.indexOf('@') + 1)),
    },
  )
  const { builderAppId, record, signature } = parseBuildRecord(JSON.stringify(built.record))
  expect(record).toMatchObject({
    ...{ manifestDigest: planned.digest, imageDigest: `0x${built.digest.slice(7)}` },
  })
  const { chainId, cloud } = app.document.subject as { chainId: bigint; cloud: `0x${string}` }
  const digest = buildRecordDigest({ chainId, cloud, builderAppId }, record)
  const bytes = Buffer.from(digest.slice(2), 'hex')
  expect(await recoverApplicationSigner(bytes, signature)).toBe(account.address)
}, 60_000)

test.each<[string, Record<string, string>, Partial<ManifestOrder>]>([
  ['that names another image by a tag', { 'deploy/app.yaml': composeOf('db:1') }, {}],
  ['that is not there', {}, {}],
  ['outside of the commit', {}, { compose: '../../../etc/hostname' }],
  ['that is no Compose file', { 'deploy/app.yaml': 'a: [' }, {}],
  ['without the service', { 'deploy/app.yaml': composeOf(pinnedImage) }, { service: 'db' }],
  ['that gives no manifest', { 'deploy/app.yaml': composeOf(pinnedImage) }, { name: '-' }],
  ['larger than any', { 'deploy/app.yaml': ' '.repeat(2 ** 20 + 1) }, {}],
])(
  'ATTACK no manifest is signed of a file %s',
  async (_, files, other) => {
    const address = await start()
    const { commit, materials } = await gather(files)
    const found = { repository: url, manifest: { ...wanted, ...other } }
    await expect(buildThere(address, commit, materials, found)).rejects.toThrow(
      /builder\.compose-invalid/,
    )
  },
  60_000,
)

test('ATTACK a Compose file that is a link is not followed', async () => {
  const address = await start()
  const { repository } = await gather({ 'real.yaml': composeOf(pinnedImage) })
  symlinkSync('real.yaml', join(repository, 'link.yaml'))
  runGit(repository, 'add', '-A')
  runGit(repository, 'commit', '-q', '-m', 'link')
  const commit = runGit(repository, 'rev-parse', 'HEAD')
  const materials = await gatherMaterials({
    ...{ url: `file://${repository}`, commit, npmRegistry: registry.url },
    cache: join(shared.path, 'client'),
  })
  const found = { repository: url, manifest: { ...wanted, compose: 'link.yaml' } }
  await expect(buildThere(address, commit, materials, found)).rejects.toThrow(
    /builder\.compose-invalid/,
  )
}, 60_000)

test('a package that was changed in the cache is asked for again', async () => {
  const address = await start()
  const { commit, materials } = await gather()
  const [one] = materials.packages
  const path = join(shared.path, 'builder/npm', one!.digest.slice('sha512:'.length))
  writeFileSync(path, 'other')
  const { json } = await call(
    address,
    'POST',
    '/v1/builds',
    JSON.stringify(orderOf(commit, materials)),
  )
  expect(json['missing']).toContain(one!.digest)
})

test('only the tree of the commit is built', async () => {
  const address = await start()
  const [one, other] = [await gather(), await gather({ 'index.js': 'evil' })]
  await expect(buildThere(address, one.commit, other.materials)).rejects.toThrow(
    /build\.commit-invalid/,
  )
})

test('a package that the lock file names and nobody gave ends the build: nothing is fetched', async () => {
  const address = await start()
  const { commit, materials } = await gather()
  rmSync(join(shared.path, 'builder/npm'), { recursive: true })
  const without = { ...materials, packages: [] }
  await expect(buildThere(address, commit, without)).rejects.toThrow(/build\.material-missing/)
})

test('a program with a build script is refused where there is no sandbox', async () => {
  const address = await start()
  const { commit, materials } = await gather({}, { build: 'true' })
  await expect(buildThere(address, commit, materials)).rejects.toThrow(/build\.sandbox-missing/)
})

test('nothing is signed without a lease', async () => {
  const address = await start({ agent: agent('verified') })
  const { commit, materials } = await gather()
  await expect(buildThere(address, commit, materials)).rejects.toThrow(/builder\.not-attested/)
})

test('materials are taken once, by their digest and size, where a build waits for them', async () => {
  const address = await start()
  const { commit, materials } = await gather({ 'more.txt': String(count) })
  const order = orderOf(commit, materials)
  const { json } = await call(address, 'POST', '/v1/builds', JSON.stringify(order))
  const path = `/v1/builds/${String(json['id'])}`
  const put = (digest: string, body: string | Buffer) =>
    call(address, 'PUT', `${path}/materials/${digest}`, body)
  expect(await put(order.source.digest, 'other')).toMatchObject({
    ...{ status: 400, ...refused('builder.material-digest') },
  })
  const large = Buffer.alloc(order.source.sizeBytes + 1)
  expect(await put(order.source.digest, large)).toMatchObject(refused('builder.material-digest'))
  expect(await put(`sha256:${'0'.repeat(64)}`, 'x')).toMatchObject({
    ...{ status: 409, ...refused('builder.material-unexpected') },
  })
  // Nothing of that was kept.
  expect(readdirSync(join(shared.path, 'builder/work'))).toEqual([])
  expect(await call(address, 'GET', `${path}/provenance`)).toMatchObject({
    ...{ status: 409, ...refused('builder.not-done') },
  })
  expect((await put(order.source.digest, readFileSync(materials.source.path))).status).toBe(200)
  expect((await call(address, 'DELETE', path)).status).toBe(200)
})

test('a build is known to whoever started it alone, and goes on alone', async () => {
  const address = await start()
  const { commit, materials } = await gather({ 'more.txt': 'x' })
  const order = JSON.stringify(orderOf(commit, materials))
  const { json } = await call(address, 'POST', '/v1/builds', order)
  const id = String(json['id'])
  expect(id).toMatch(/^[0-9a-f]{64}$/)
  const other = `/v1/builds/${'0'.repeat(64)}`
  const paths = ['', '/provenance', '/record', `/blobs/sha256:${'0'.repeat(64)}`]
  for (const path of paths)
    expect(await call(address, 'GET', other + path)).toMatchObject({
      ...{ status: 404, ...refused('builder.build-unknown') },
    })
  expect(await call(address, 'DELETE', other)).toMatchObject(refused('builder.build-unknown'))
  expect(await call(address, 'GET', '/v1/builds')).toMatchObject(refused('builder.build-unknown'))
  expect(await call(address, 'POST', '/v1/builds', order)).toMatchObject({
    ...{ status: 429, ...refused('builder.busy') },
  })
  expect(await call(address, 'DELETE', `/v1/builds/${id}`)).toMatchObject({ status: 200 })
  expect(await call(address, 'GET', `/v1/builds/${id}`)).toMatchObject({ status: 404 })
  expect((await call(address, 'POST', '/v1/builds', order)).status).toBe(201)
})

test('materials that do not come make room for the next', async () => {
  const address = await start({ idleMs: 50 })
  const { commit, materials } = await gather({ 'more.txt': 'y' })
  const order = JSON.stringify(orderOf(commit, materials))
  const { json } = await call(address, 'POST', '/v1/builds', order)
  const told = await call(address, 'GET', `/v1/builds/${String(json['id'])}?from=0`)
  expect(told.json).toMatchObject({ state: 'failed', error: { code: 'builder.ended' } })
  expect((await call(address, 'POST', '/v1/builds', order)).status).toBe(201)
})

test('a build that does not end is ended', async () => {
  const address = await start({ buildTimeoutMs: 1 })
  const { commit, materials } = await gather()
  await expect(buildThere(address, commit, materials)).rejects.toThrow(/build\.timeout/)
})

test('orders are read strictly', async () => {
  const address = await start()
  const { commit, materials } = await gather()
  const order = orderOf(commit, materials)
  const huge = { ...order.source, sizeBytes: 97 * 2 ** 20 }
  const many = Array.from({ length: 3 }, (_, n) => ({
    ...{ digest: `sha512:${String(n).repeat(128)}`, sizeBytes: 100 * 2 ** 20 },
  }))
  for (const [wrong, code] of [
    [{ ...order, more: 1 }, 'request.invalid'],
    [{ ...order, commit: 'main' }, 'request.invalid'],
    [{ ...order, repository: 'https://me:secret@git.example/app' }, 'request.invalid'],
    [{ ...order, repository: 'ext::sh' }, 'request.invalid'],
    [{ ...order, branch: '../main' }, 'request.invalid'],
    [{ ...order, branch: 'main', repository: 'git@git.example:app' }, 'request.invalid'],
    [{ ...order, manifest: { ...wanted, image: 'app:1' } }, 'request.invalid'],
    [{ ...order, manifest: { ...wanted, image: `app@${order.source.digest}` } }, 'request.invalid'],
    [{ ...order, manifest: { ...wanted, more: 1 } }, 'request.invalid'],
    [{ ...order, source: huge }, 'request.invalid'],
    [{ ...order, source: { ...order.source, digest: `sha256:../../x` } }, 'request.invalid'],
    [{ ...order, packages: [...order.packages, ...order.packages] }, 'request.invalid'],
    [{ ...order, packages: many }, 'request.too-large'],
  ] as const)
    expect(await call(address, 'POST', '/v1/builds', JSON.stringify(wrong)), code).toMatchObject(
      refused(code),
    )
  expect(await call(address, 'POST', '/v1/builds', '{')).toMatchObject(refused('request.not-json'))
  expect(await call(address, 'POST', '/v1/builds', 'x'.repeat(2 ** 21 + 1))).toMatchObject(
    refused('request.too-large'),
  )
})
