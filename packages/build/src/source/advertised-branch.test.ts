// What a Git server says of a branch: genuine lists of Git itself over TLS, and answers that are none.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import { join } from 'node:path'
import { createTlsIdentity } from '@wetee/certificates'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { git, makeRepository, temporaryFolder } from '../testing/folders.ts'
import { readAdvertisedBranch } from './advertised-branch.ts'
import { AdvertisementReader } from './advertisement.ts'

const advertisementType = 'application/x-git-upload-pack-advertisement'
const refusal = (code: string) => expect.objectContaining({ name: 'BuildError', code }) as unknown

let folder: ReturnType<typeof temporaryFolder>
let server: Server
let ca: string
let origin: string
let answer: (response: ServerResponse, path: string) => void

beforeAll(async () => {
  const { keyPem, certPem } = await createTlsIdentity({ commonName: 'localhost' })
  ca = certPem
  server = createServer({ key: keyPem, cert: certPem }, ({ url = '' }, response) =>
    answer(response, url),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `https://localhost:${(server.address() as { port: number }).port}`
})
afterAll(() => void server.close())
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.dispose())

/** What `git http-backend` sends: its service, an end, and what Git itself lists. */
function advertised(repository: string): Buffer {
  const listed = execFileSync('git', [
    ...['upload-pack', '--stateless-rpc', '--http-backend-info-refs'],
    repository,
  ])
  return Buffer.concat([Buffer.from('001e# service=git-upload-pack\n0000'), listed])
}

function serve(bytes: Buffer, headers = { 'content-type': advertisementType }): void {
  answer = (response) => void response.writeHead(200, headers).end(bytes)
}

test('a branch is at the commit that its server lists, also in a long list that comes in pieces', async () => {
  const at = join(folder.path, 'r')
  const commit = makeRepository(at, { a: '1' })
  const tags = Array.from({ length: 300 }, (_, number) => `create refs/tags/t${number} ${commit}\n`)
  execFileSync('git', ['update-ref', '--stdin'], { cwd: at, input: tags.join('') })
  git(at, 'branch', 'refs/heads/other')
  let asked = ''
  const bytes = advertised(at)
  answer = (response, path) => {
    asked = path
    response.writeHead(200, { 'content-type': advertisementType })
    for (let offset = 0; offset < bytes.length; offset += 997)
      response.write(bytes.subarray(offset, offset + 997))
    response.end()
  }
  expect(await readAdvertisedBranch(`${origin}/you/app.git/`, 'main', { ca })).toBe(commit)
  expect(asked).toBe('/you/app.git/info/refs?service=git-upload-pack')
  // Its name ends like that of a branch that is not there.
  expect(await readAdvertisedBranch(`${origin}/you/app`, 'other', { ca })).toBeUndefined()
})

test('a repository without a commit has no branch', async () => {
  const at = join(folder.path, 'r')
  execFileSync('git', ['init', '-q', '--bare', at])
  serve(advertised(at))
  expect(await readAdvertisedBranch(`${origin}/r`, 'main', { ca })).toBeUndefined()
})

test('a name in SHA-256 is read as well', async () => {
  const at = join(folder.path, 'r')
  execFileSync('git', ['init', '-q', '-b', 'main', '--object-format=sha256', at])
  git(at, 'commit', '-q', '--allow-empty', '-m', 'first')
  serve(advertised(at))
  expect(await readAdvertisedBranch(`${origin}/r`, 'main', { ca })).toBe(
    git(at, 'rev-parse', 'HEAD'),
  )
})

test('a server with a certificate that nobody vouches for, and one that leads elsewhere, are refused', async () => {
  serve(advertised(makeBare()))
  await expect(readAdvertisedBranch(`${origin}/r`, 'main')).rejects.toEqual(
    refusal('build.git-failed'),
  )
  answer = (response) =>
    void response.writeHead(302, { location: `${origin}/other/info/refs` }).end()
  await expect(readAdvertisedBranch(`${origin}/r`, 'main', { ca })).rejects.toThrow(/302/)
})

test('a page that is no list of references, and a list that ends too early, are refused', async () => {
  serve(Buffer.from('<html>'), { 'content-type': 'text/html' })
  await expect(readAdvertisedBranch(`${origin}/r`, 'main', { ca })).rejects.toThrow(/text\/html/)
  const whole = advertised(makeBare())
  serve(whole.subarray(0, -4))
  await expect(readAdvertisedBranch(`${origin}/r`, 'none', { ca })).rejects.toThrow(/too early/)
})

test('a server that never ends is left when the caller ends it, or after too many bytes', async () => {
  const controller = new AbortController()
  answer = () => controller.abort()
  const { signal } = controller
  await expect(readAdvertisedBranch(`${origin}/r`, 'main', { ca, signal })).rejects.toEqual(
    refusal('build.aborted'),
  )
  const line = Buffer.from(`fff0${'ab'.repeat(20)} refs/${'x'.repeat(65_519 - 4 - 46)}\n`)
  const first = Buffer.from(`001e# service=git-upload-pack\n0000${firstLine()}`)
  answer = (response) => {
    response.writeHead(200, { 'content-type': advertisementType }).write(first)
    const more = () => {
      while (!response.destroyed)
        if (!response.write(line)) return void response.once('drain', more)
    }
    more()
  }
  await expect(readAdvertisedBranch(`${origin}/r`, 'main', { ca })).rejects.toThrow(/more than/)
})

test.each([
  'http://git.example/r',
  'https://you:secret@git.example/r',
  'https://git.example/r?x',
  'https://git.example/r#x',
  'file:///r',
  'git@git.example:r',
])('%s is not asked', async (url) => {
  await expect(readAdvertisedBranch(url, 'main')).rejects.toEqual(refusal('build.git-url'))
})

test('references that Git does not write so are refused', () => {
  const start = '001e# service=git-upload-pack\n0000'
  const other = `003d${'ab'.repeat(20)} refs/heads/main\n`
  for (const text of [
    '001f# service=git-receive-pack\n0000',
    '0000',
    `${start}${other}`,
    `${start}${firstLine()}0001`,
    `${start}${firstLine()}zzzz`,
    `${start}${firstLine()}0004`,
    `${start}${firstLine()}000ahello\n`,
    `${start}${firstLine()}${other}${other}`,
    `${start}${firstLine()}0000${other}`,
  ])
    expect(() => {
      const reader = new AdvertisementReader('refs/heads/main')
      reader.push(Buffer.from(text))
      reader.end()
    }, text).toThrow(refusal('build.git-failed'))
})

function firstLine(): string {
  const line = `${'cd'.repeat(20)} HEAD\0side-band-64k object-format=sha1\n`
  return (line.length + 4).toString(16).padStart(4, '0') + line
}

function makeBare(): string {
  const at = join(folder.path, 'bare')
  makeRepository(at, { a: '1' })
  return at
}
