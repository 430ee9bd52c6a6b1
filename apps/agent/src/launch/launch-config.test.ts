// The launch configuration is read strictly.
import { expect, test } from 'vitest'
import { parseLaunchConfig } from './launch-config.ts'

const instance = {
  format: 'wetee/launch/v1',
  mode: 'instance',
  chainId: '31337',
  subnet: `0x${'0a'.repeat(20)}`,
  cloud: `0x${'0B'.repeat(20)}`,
  quorum: `0x${'0e'.repeat(20)}`,
  networkKey: { Y: `0x${'00'.repeat(33)}`, S: `0x${'00'.repeat(33)}` },
  appId: '1',
  version: 1,
  replica: 0,
  workerId: '1',
  manifest: '{}',
  terms: {
    replicas: 1,
    cpuMilli: 500,
    memoryMiB: 256,
    diskMiB: 0,
    gpu: 0,
    teeClasses: 1,
    level: 0,
    upgradeDelaySeconds: 0,
    graceSeconds: 0,
  },
  ports: [{ service: 'web', target: 8080 }],
  nodes: [{ nodeId: '1', host: '127.0.0.1:9001', tlsKeyHash: `0x${'11'.repeat(32)}` }],
  threshold: 1,
  leaseSeconds: 60,
}
const platform = {
  format: 'wetee/launch/v1',
  mode: 'platform',
  chainId: 31337,
  subnet: instance.subnet,
  role: 1,
  nodeId: '7',
  statementKey: `0x${'0c'.repeat(20)}`,
}
const parse = (change: object) => parseLaunchConfig(JSON.stringify({ ...instance, ...change }))

test('both modes are read, addresses in lower case, 64-bit integers as bigints', () => {
  expect(parse({})).toMatchObject({ chainId: 31337n, cloud: `0x${'0b'.repeat(20)}`, appId: 1n })
  expect(parseLaunchConfig(JSON.stringify(platform))).toMatchObject({ nodeId: 7n, role: 1 })
})

test.each([
  ['an unknown field', { extra: 1 }],
  ['no quorum contract', { quorum: undefined }],
  ['an unknown mode', { mode: 'other' }],
  ['another format', { format: 'wetee/launch/v2' }],
  ['a missing field', { appId: undefined }],
  ['a number with leading zeros', { appId: '01' }],
  ['more than 64 bits', { appId: '18446744073709551616' }],
  ['a negative number', { replica: -1 }],
  ['a short point', { networkKey: { Y: '0x00', S: `0x${'00'.repeat(33)}` } }],
  ['a port beyond 65535', { ports: [{ service: 'web', target: 65_536 }] }],
  ['a node without a port', { nodes: [{ ...instance.nodes[0], host: 'example.org' }] }],
  ['a node with a line break', { nodes: [{ ...instance.nodes[0], host: 'a:1\r\nX: y' }] }],
  ['a node listed twice', { nodes: [instance.nodes[0], instance.nodes[0]] }],
  ['a threshold nobody can reach', { threshold: 2 }],
  ['no threshold', { threshold: 0 }],
  ['a domain with other letters', { domain: 'Wetee.local' }],
  ['a domain with a line break', { domain: 'wetee.local\n' }],
  ['a CA without HTTPS', { acme: { directoryUrl: 'http://ca.example/' } }],
  ['a CA with more', { acme: { directoryUrl: 'https://ca.example/', key: 'x' } }],
  ['an unknown term', { terms: { ...instance.terms, bribe: 1 } }],
])('%s is refused', (_what, change) => {
  expect(() => parse(change)).toThrow(expect.objectContaining({ code: 'launch.invalid' }))
})

test('the largest 64-bit integer passes, text that is no JSON does not', () => {
  expect(parse({ appId: '18446744073709551615' })).toMatchObject({ appId: 2n ** 64n - 1n })
  expect(() => parseLaunchConfig('{')).toThrow(expect.objectContaining({ code: 'launch.invalid' }))
  expect(() => parseLaunchConfig(' '.repeat(300_000))).toThrow(/at most/)
})
