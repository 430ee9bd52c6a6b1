// Kubeconfig files and service accounts: what is read, and what is refused without a word of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { RuntimeError } from '../runtime-error.ts'
import { readKubeconfig, readServiceAccount } from './cluster.ts'

const folder = mkdtempSync(join(tmpdir(), 'wetee-kubeconfig-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const base64 = (text: string) => Buffer.from(text).toString('base64')
const config = (cluster: object = {}, user: object = { token: 'the-token' }) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'one',
  contexts: [{ name: 'one', context: { cluster: 'c', user: 'u' } }],
  clusters: [
    {
      name: 'c',
      cluster: {
        server: 'https://10.0.0.1:6443',
        'certificate-authority-data': base64('CA'),
        ...cluster,
      },
    },
  ],
  users: [{ name: 'u', user }],
})
const read = (content: unknown) => {
  const file = join(folder, 'config')
  writeFileSync(file, typeof content === 'string' ? content : stringify(content))
  return readKubeconfig(file)
}

test('server, authority and token of the current context are read', () => {
  const cluster = read(config({ 'tls-server-name': 'kubernetes' }))
  expect(cluster).toMatchObject({
    server: 'https://10.0.0.1:6443',
    ca: 'CA',
    serverName: 'kubernetes',
  })
  expect(cluster.token?.()).toBe('the-token')
})

test('a client certificate is read, inline and from files beside the kubeconfig', () => {
  const inline = { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') }
  writeFileSync(join(folder, 'cert'), 'CERT')
  writeFileSync(join(folder, 'key'), 'KEY')
  for (const user of [inline, { 'client-certificate': 'cert', 'client-key': join(folder, 'key') }])
    expect(read(config({}, user)).certificate).toEqual({
      cert: Buffer.from('CERT'),
      key: Buffer.from('KEY'),
    })
})

test.each<[string, unknown]>([
  ['no YAML', '{'],
  ['an empty file', ''],
  ['a list', []],
  ['no context of that name', { ...config(), 'current-context': 'two' }],
  ['no user of that name', { ...config(), users: [] }],
  ['a server by HTTP', config({ server: 'http://10.0.0.1' })],
  ['a server with a password', config({ server: 'https://a:b@10.0.0.1' })],
  ['no URL', config({ server: '10.0.0.1' })],
  ['certificates that nobody checks', config({ 'insecure-skip-tls-verify': true })],
  ['a proxy', config({ 'proxy-url': 'http://p' })],
  ['a program that signs in', config({}, { exec: { command: 'the-token' } })],
  ['a password', config({}, { username: 'a', password: 'the-token' })],
  ['somebody else', config({}, { token: 'the-token', as: 'root' })],
  [
    'an authority that is not there',
    config({ 'certificate-authority-data': undefined, 'certificate-authority': 'none' }),
  ],
  ['a file of more than 1 MiB', `# ${'x'.repeat(1 << 20)}`],
])('%s is refused, and the file is not repeated', (_, content) => {
  try {
    read(content)
  } catch (error) {
    expect(error).toMatchObject({ code: 'engine.unfit', retryable: false })
    expect((error as Error).message).not.toContain('the-token')
    return
  }
  expect.unreachable()
})

test('whatever is in a file, there is a cluster or the one error', () => {
  const junk = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.json(),
    fc
      .string({ maxLength: 20 })
      .map((text) => stringify(config({ server: text }, { token: text }))),
  )
  fc.assert(
    fc.property(junk, (content) => {
      try {
        expect(read(content).server).toMatch(/^https:/)
      } catch (error) {
        expect(error).toBeInstanceOf(RuntimeError)
      }
    }),
  )
})

test("a pod's service account is read, and its token again when it has changed", () => {
  writeFileSync(join(folder, 'ca.crt'), 'CA')
  writeFileSync(join(folder, 'token'), 'first\n')
  const environment = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }
  const cluster = readServiceAccount(environment, folder)
  expect(cluster).toMatchObject({ server: 'https://10.96.0.1', ca: 'CA' })
  expect(cluster.token?.()).toBe('first')
  expect(
    readServiceAccount({ ...environment, KUBERNETES_SERVICE_HOST: 'fd00::1' }, folder).server,
  ).toBe('https://[fd00::1]')
  expect(() => readServiceAccount({}, folder)).toThrow(
    expect.objectContaining({ code: 'engine.missing' }),
  )
})
