import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dockerLogin } from './docker-login.ts'

const homeDir = mkdtempSync(join(tmpdir(), 'wetee-docker-login-'))
const env = { PATH: `${homeDir}:${process.env['PATH'] ?? ''}` }
const login = { username: 'me', password: 'a:b' }
const auth = Buffer.from('me:a:b').toString('base64')
beforeAll(() => {
  mkdirSync(join(homeDir, '.docker'))
  const helper = join(homeDir, 'docker-credential-test')
  writeFileSync(
    helper,
    `#!/bin/sh
read name
case $name in
  kept.example) echo '{"Username":"me","Secret":"a:b"}' ;;
  broken.example) echo secret ;;
  *) echo credentials not found in native keychain; exit 1 ;;
esac
`,
  )
  chmodSync(helper, 0o755)
})
afterAll(() => rmSync(homeDir, { recursive: true }))

const configure = (config: unknown) =>
  writeFileSync(
    join(homeDir, '.docker/config.json'),
    typeof config === 'string' ? config : JSON.stringify(config),
  )
const of = (registry: string) => dockerLogin({ env, homeDir }, registry)
const refusal = expect.objectContaining({ code: 'registry.login-unreadable' }) as unknown

test('the login that docker has written is found, also that of its own registry', () => {
  configure({
    auths: { 'registry.example:5000': { auth }, 'https://index.docker.io/v1/': { auth } },
  })
  expect([of('registry.example:5000'), of('docker.io'), of('other.example')]).toEqual([
    login,
    login,
    undefined,
  ])
})

test('a helper is asked, for all registries or for one', () => {
  configure({ credsStore: 'test', auths: { 'kept.example': {}, 'gone.example': {} } })
  expect([of('kept.example'), of('gone.example'), of('other.example')]).toEqual([
    login,
    undefined,
    undefined,
  ])
  configure({ credHelpers: { 'kept.example': 'test' } })
  expect(of('kept.example')).toEqual(login)
})

test.each([
  '{',
  { auths: { 'a.example': { auth: 'bm8=' } } },
  { credHelpers: { 'a.example': 'missing' } },
  { credHelpers: { 'a.example': '../x' } },
])('%j is said to be unreadable', (config) => {
  configure(config)
  expect(() => of('a.example')).toThrow(refusal)
})

test('what a helper says is not repeated', () => {
  configure({ credHelpers: { 'broken.example': 'test' } })
  expect(() => of('broken.example')).toThrow(/no login in its answer/)
  expect(() => of('broken.example')).not.toThrow(/secret/)
})

test('without a file there is no login', () => {
  expect(dockerLogin({ env, homeDir: join(homeDir, 'none') }, 'a.example')).toBeUndefined()
})
