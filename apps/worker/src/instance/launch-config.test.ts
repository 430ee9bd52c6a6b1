// What a TEE is launched with follows from the chain alone.
import { configDigest, nodeConfigDigest } from '@wetee/attestation'
import { expect, test } from 'vitest'
import type { Committee } from '../chain/records.ts'
import {
  instanceConfiguration,
  instanceLaunch,
  platformLaunch,
  type InstanceLaunchInput,
} from './launch-config.ts'

const contracts = {
  subnet: `0x${'5b'.repeat(20)}`,
  quorum: `0x${'90'.repeat(20)}`,
  cloud: `0x${'c1'.repeat(20)}`,
} as const
const member = (n: number, endpoint = `https://node-${n}.test:1`) => ({
  nodeId: BigInt(n),
  index: n,
  endpoint,
  tlsKeyHash: `0x${String(n).repeat(64)}`,
  statementKey: `0x${String(n).repeat(40)}`,
})
const committee = { epoch: 1n, threshold: 2, members: [member(1), member(2)] } as Committee
const digests = {
  manifestDigest: `0x${'aa'.repeat(32)}`,
  termsDigest: `0x${'bb'.repeat(32)}`,
} as const
const input = {
  network: { chainId: 31_337, contracts },
  networkKey: undefined,
  workerId: 1n,
  key: { appId: 7n, version: 2, replica: 1 },
  version: { ...digests, terms: { replicas: 2 } },
  manifestText: '{}',
  document: { services: [{ name: 'web', ports: [{ target: 8080 }] }] },
  committee,
  leaseSeconds: 300,
} as unknown as InstanceLaunchInput

test('a launch is named by the digest of the digests on chain, not of the bytes at hand', () => {
  const { configuration, text } = instanceLaunch(input)
  const scope = { chainId: 31_337n, cloud: contracts.cloud, appId: 7n, version: 2 }
  expect(configuration).toBe(configDigest({ ...scope, ...digests }))
  expect(JSON.parse(text)).toMatchObject({
    appId: '7',
    version: 2,
    replica: 1,
    workerId: '1',
    ports: [{ service: 'web', target: 8080 }],
    nodes: [{ nodeId: '1', host: 'node-1.test:1' }, { nodeId: '2' }],
    threshold: 2,
  })
})

test('names are told and change nothing of what the hardware is launched with', () => {
  const names = { domain: 'wetee.local', acme: { directoryUrl: 'https://ca.example/' } }
  const { configuration, text } = instanceLaunch({ ...input, names })
  expect(JSON.parse(text)).toMatchObject(names)
  expect(configuration).toBe(instanceLaunch(input).configuration)
})

test('the key of the network is in the launch and in its digest; before there is one it is zeros', () => {
  const zero = `0x${'00'.repeat(33)}`
  const before = instanceLaunch(input)
  expect(JSON.parse(before.text)).toMatchObject({ networkKey: { Y: zero, S: zero } })
  const networkKey = { Y: `0x02${'11'.repeat(32)}`, S: `0x03${'22'.repeat(32)}` } as const
  const after = instanceLaunch({ ...input, networkKey })
  expect(JSON.parse(after.text)).toMatchObject({ networkKey })
  const scope = { chainId: 31_337n, cloud: contracts.cloud, appId: 7n, version: 2 }
  expect(after.configuration).toBe(configDigest({ ...scope, ...digests, networkKey }))
  expect(after.configuration).not.toBe(before.configuration)
  expect(instanceConfiguration({ ...input, networkKey })).toBe(after.configuration)
})

test('nothing is launched before enough nodes can be reached to appraise it', () => {
  const unreachable = [member(1), member(2, 'http://node-2.test')]
  const few = { ...committee, members: unreachable } as Committee
  const none = { ...committee, threshold: 0 } as Committee
  for (const other of [few, none])
    expect(() => instanceLaunch({ ...input, committee: other })).toThrow(
      expect.objectContaining({ code: 'committee.none', retryable: true }) as Error,
    )
})

test('a machine is launched for its worker in this network', () => {
  const { network, workerId } = input
  const operator = `0x${'99'.repeat(20)}` as const
  const { configuration, text } = platformLaunch({ network, workerId, operator })
  const node = { chainId: 31_337n, subnet: contracts.subnet, role: 1, nodeId: 1n } as const
  expect(configuration).toBe(nodeConfigDigest(node))
  expect(JSON.parse(text)).toMatchObject({ mode: 'platform', role: 1, statementKey: operator })
})
