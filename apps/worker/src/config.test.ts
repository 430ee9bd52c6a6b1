// The configuration file: the smallest that works, and what is refused.
import { readFileSync } from 'node:fs'
import { runConfigCommand } from '@wetee/daemon'
import { expect, test } from 'vitest'
import { configCommand, configSchema } from './config.ts'

const cluster = { networkPolicyEnforced: true, agentRepository: 'registry.example/agent' }
const smallest = {
  networkFile: '/n.json',
  operator: { privateKeyFile: '/key' },
  stateDir: '/state',
  platform: { simulatedSocket: '/p.sock', allowSimulated: true },
  agentImage: { layout: '/agent', digest: `sha256:${'a'.repeat(64)}` },
  api: { port: 7780 },
}

test('the smallest file is complete by defaults', () => {
  const config = configSchema.parse(smallest)
  expect(config).toMatchObject({
    runtime: { kind: 'auto', allowSandbox: false },
    api: { host: '127.0.0.1' },
    ingress: { host: '127.0.0.1', portRange: [20_000, 29_999] },
    intervals: { drainMs: 30_000 },
    stopInstancesOnExit: false,
  })
})

test.each([
  [
    'a simulated TEE that was not asked for',
    { platform: { simulatedSocket: '/p', allowSimulated: false } },
  ],
  ['a simulated TEE left out of words', { platform: { simulatedSocket: '/p' } }],
  ['an unknown key', { intervalls: {} }],
  ['an unknown inner key', { intervals: { settle: 1 } }],
  ['an API for everybody', { api: { host: '0.0.0.0', port: 1 } }],
  ['a digest without its algorithm', { agentImage: { layout: '/a', digest: 'a'.repeat(64) } }],
  ['a port range upside down', { ingress: { portRange: [2, 1] } }],
  [
    'plain HTTP to a registry elsewhere',
    { registries: [{ host: 'registry.example', insecure: true }] },
  ],
  ['a key by value', { operator: { privateKey: `0x${'1'.repeat(64)}` } }],
  ['a worker id that is no number', { workerId: 'one' }],
  ['a cluster that is not described', { runtime: { kind: 'kubernetes' } }],
  ['a cluster beside an engine', { runtime: { kubernetes: cluster } }],
  [
    'a cluster whose network plugin may do as it likes',
    { runtime: { kind: 'kubernetes', kubernetes: { ...cluster, networkPolicyEnforced: false } } },
  ],
])('%s is refused', (_what, over) => {
  expect(configSchema.safeParse({ ...smallest, ...over }).success).toBe(false)
})

test('a cluster is described by its registry and the word for its network plugin', () => {
  const runtime = { kind: 'kubernetes', kubernetes: cluster }
  expect(configSchema.safeParse({ ...smallest, runtime }).success).toBe(true)
  const tagged = { ...cluster, agentRepository: 'registry.example/agent@sha256:aa' }
  const odd = { ...smallest, runtime: { ...runtime, kubernetes: tagged } }
  expect(configSchema.safeParse(odd).success).toBe(false)
})

test('the published JSON Schema is the one of this code', () => {
  let out = ''
  const page = new URL('../../../docs/reference/worker-config.schema.json', import.meta.url)
  runConfigCommand(['schema'], { ...configCommand, stdout: (text) => (out += text) })
  expect(JSON.parse(out), 'write it anew: config schema').toEqual(
    JSON.parse(readFileSync(page, 'utf8')),
  )
})
