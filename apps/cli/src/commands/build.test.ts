// `wetee build` as a user meets it: an image, its files, a comparison, refusals.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startPushRegistry } from '@wetee/image/push-registry'
import { run } from '../testing/fake-context.ts'

const folder = mkdtempSync(join(tmpdir(), 'wetee-cli-build-'))
const site = join(folder, 'site')
mkdirSync(site)
writeFileSync(join(site, 'index.html'), '<p>hello')
afterAll(() => rmSync(folder, { recursive: true }))

type Answer = {
  readonly digest: string
  readonly cached: boolean
  readonly pushed?: { readonly reference: string }
  readonly verified?: { readonly same: boolean; readonly differences: readonly { what: string }[] }
  readonly error?: { readonly code: string }
}
const shared = ['--cache', join(folder, 'cache'), '--json']
const build = async (...words: readonly string[]) => {
  const env = { DOCKER_CONFIG: folder }
  const { code, stdout } = await run(['build', ...words, ...shared], { cwd: folder, env })
  return { code, answer: JSON.parse(stdout) as Answer }
}

test('an image is built, written as a layout and an archive, with its provenance', async () => {
  const first = await build(
    '--source',
    'site',
    '--out',
    'image',
    '--tag',
    '1',
    '--provenance',
    'p.json',
  )
  expect(first.code).toBe(0)
  const index = JSON.parse(readFileSync(join(folder, 'image/index.json'), 'utf8')) as {
    manifests: { digest: string }[]
  }
  expect(index.manifests.map(({ digest }) => digest)).toEqual([first.answer.digest])
  expect(readFileSync(join(folder, 'p.json'), 'utf8')).toContain(first.answer.digest.slice(7))
  const second = await build('--source', 'site', '--out', 'image.tar')
  expect(second.answer).toMatchObject({ digest: first.answer.digest, cached: true })
  expect(readFileSync(join(folder, 'image.tar')).includes('manifest.json')).toBe(true)
}, 60_000)

test('an image is what a source gives, or the layer that is not is named and the exit code is 1', async () => {
  const { answer } = await build('--source', 'site', '--out', 'given')
  const image = `given@${answer.digest}`
  const same = await build('--source', 'site', '--verify', image)
  expect([same.code, same.answer.verified?.same]).toEqual([0, true])
  writeFileSync(join(site, 'index.html'), '<p>other')
  const other = await build('--source', 'site', '--verify', image)
  expect(other.code).toBe(1)
  expect(other.answer.verified?.differences.map(({ what }) => what)).toEqual(['layer 3'])
  const bare = await build('--source', 'site', '--verify', answer.digest)
  expect(bare.answer.verified?.differences.map(({ what }) => what)).toEqual(['image'])
}, 60_000)

test('an image is pushed with the login of docker, and named as a compose file names it', async () => {
  const registry = await startPushRegistry('me:secret')
  const auth = Buffer.from('me:secret').toString('base64')
  const configure = (auths: object) =>
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths }))
  const asked = ['--source', 'site', '--push', `${registry.host}/my/app:1`]
  configure({})
  const refused = await build(...asked)
  expect([refused.code, refused.answer.error?.code]).toEqual([7, 'registry.denied'])
  configure({ [registry.host]: { auth } })
  const { answer } = await build(...asked)
  expect(answer.pushed?.reference).toBe(`${registry.host}/my/app@${answer.digest}`)
  expect([...registry.manifests.keys()]).toEqual([answer.digest, '1'])
  await registry.close()
}, 60_000)

test.each([
  [['--git', 'https://example.org/x'], 2, 'usage'],
  [['--source', 'site', '--git', 'x', '--commit', 'y'], 2, 'usage'],
  [['--source', 'site', '--port', '70000'], 2, 'usage'],
  [['--source', 'none'], 7, 'build.source-missing'],
  [['--source', 'site', '--preset', 'cobol'], 7, 'build.preset-unknown'],
])('%j ends with %i, %s', async (words, code, name) => {
  const refused = await build(...words)
  expect([refused.code, refused.answer.error?.code]).toEqual([code, name])
})
