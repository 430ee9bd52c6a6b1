import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { manifestDigest, parseManifest, serializeManifest } from './document.ts'
import { build, service } from './testing/compose-text.ts'

const { text, document, digest } = await build(
  'name: app\nservices:\n  a: { image: x, ports: ["80"] }\n  b: { image: x, ports: ["81"] }\n',
)
type Tree = { [key: string]: Tree }

/** Parses the manifest with the value at a path replaced. */
function parseEdited(path: string, value: unknown): unknown {
  const copy: unknown = structuredClone(document)
  const keys = path.split('.')
  const last = keys.pop() ?? ''
  const parent = keys.reduce((tree, key) => tree[key] as Tree, copy as Tree)
  Object.defineProperty(parent, last, { value, enumerable: true, configurable: true })
  return parseManifest(JSON.stringify(sortKeys(copy)))
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([k, v]) => [k, sortKeys(v)]))
}

test('the digest is SHA-256 of the bytes', () => {
  expect(digest).toBe(`0x${createHash('sha256').update(text).digest('hex')}`)
  expect(manifestDigest('é')).toBe(`0x${createHash('sha256').update('é').digest('hex')}`)
})

test('a manifest parses to what it was made from, and only in its canonical form', () => {
  expect(parseManifest(text)).toEqual(document)
  expect(serializeManifest(document)).toBe(text)
  for (const other of [
    ` ${text}`,
    `${text}\n`,
    text.replace(':1,', ':1.0,'),
    JSON.stringify(document),
  ])
    expect(() => parseManifest(other)).toThrow(
      expect.objectContaining({ code: 'manifest.not-canonical' }),
    )
  for (const other of ['', '{', text.slice(0, -1), '"\\ud800"'])
    expect(() => parseManifest(other)).toThrow(
      expect.objectContaining({ code: 'manifest.not-json' }),
    )
})

test('a key given twice is not canonical', () => {
  const twice = text.replace('"format"', '"format":"wetee/manifest/v1","format"')
  expect(() => parseManifest(twice)).toThrow(
    expect.objectContaining({ code: 'manifest.not-canonical' }),
  )
})

test('65,536 bytes are taken, one more is not', () => {
  const room = 65_536 - text.length - '"A":""'.length
  const filled = (size: number) => {
    const parts = Math.ceil(size / 16_000)
    let rest = size - (parts - 1) * '"A":"",'.length
    const environment: Record<string, string> = {}
    for (let i = 0; i < parts; i++) {
      const length = Math.min(rest, 16_000)
      environment[String.fromCharCode(65 + i)] = 'x'.repeat(length)
      rest -= length
    }
    return environment
  }
  expect(() => parseEdited('services.0.environment', filled(room))).not.toThrow()
  expect(() => parseEdited('services.0.environment', filled(room + 1))).toThrow(
    expect.objectContaining({ code: 'manifest.too-large' }),
  )
})

const [a, b] = document.services

test.each([
  ['another format', 'format', 'wetee/manifest/v2'],
  ['an unknown field', 'extra', 1],
  ['an unknown field of a service', 'services.0.privileged', true],
  ['a field named __proto__', 'services.0.environment.__proto__', 'x'],
  ['no services', 'services', []],
  ['an image by tag', 'services.0.image', 'docker.io/library/x:1'],
  ['an image without a registry', 'services.0.image', a?.image.slice('docker.io/'.length)],
  ['root as user', 'services.0.user', '0'],
  ['an empty command', 'services.0.command', []],
  ['a mount over the sockets', 'services.0.tmpfs', [{ target: '/run/wetee', sizeBytes: 1 }]],
  ['a mount on the way up', 'services.0.tmpfs', [{ target: '/a/../b', sizeBytes: 1 }]],
  ['a secret', 'services.0.secrets', ['a']],
  ['no TEE class', 'terms.teeClasses', 0],
  ['no replica', 'terms.replicas', 0],
  ['a replica and a half', 'terms.replicas', 1.5],
  [
    'a canary of everything',
    'update',
    { strategy: 'start-first', canaryPercent: 51, canarySeconds: 60 },
  ],
  ['a port of 0', 'services.0.ports', [{ target: 0 }]],
  ['a protocol of no port', 'services.0.ports', [{ target: 80, protocol: 'http' }]],
])('%s is refused', (_, path, value) => {
  expect(() => parseEdited(path, value)).toThrow(
    expect.objectContaining({ code: 'manifest.invalid' }),
  )
})

test.each([
  ['services out of order', 'services', [b, a]],
  ['a service twice', 'services', [a, b, b]],
  ['ports out of order', 'services.0.ports', [{ target: 90 }, { target: 80 }]],
  ['one port in two services', 'services.0.ports', [{ target: 81 }]],
  ['less CPU in the terms than the services have', 'terms.cpuMilli', 499],
  ['more memory in the terms than the services have', 'terms.memoryMiB', 257],
  ['no disk left beside the volumes', 'volumes', [{ name: 'v', sizeMiB: 64 }]],
  ['a volume that is not listed', 'services.0.volumes', [{ name: 'v', target: '/v' }]],
  ['a GPU', 'terms.gpu', 1],
  [
    'a service that waits for itself',
    'services.0.dependsOn',
    [{ service: 'a', condition: 'service_started' }],
  ],
  ['a canary without a time', 'update', { strategy: 'start-first', canaryPercent: 10 }],
  [
    'a canary beside nothing',
    'update',
    { strategy: 'stop-first', canaryPercent: 10, canarySeconds: 60 },
  ],
  [
    'more memory file systems than memory',
    'services.0.tmpfs',
    [{ target: '/t', sizeBytes: 2 ** 28 }],
  ],
])('%s is inconsistent', (_, path, value) => {
  expect(() => parseEdited(path, value)).toThrow(
    expect.objectContaining({ code: 'manifest.inconsistent' }),
  )
})

test('each field of the manifest is bound: another value is another digest', async () => {
  const one = await build(service('user: "1000"'))
  const other = await build(service('user: "1001"'))
  expect(one.digest).not.toBe(other.digest)
  expect(one.termsDigest).toBe(other.termsDigest)
})
