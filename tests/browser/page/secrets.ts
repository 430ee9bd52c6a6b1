// The script of the page that seals a secret as an owner's browser does. Runs in a browser.
import { planSecret, sealSecret } from '@wetee/sdk'
import {
  emptyWorld,
  memoryNetwork,
  testApp,
  testVersion,
  zeroDigest,
} from '@wetee/sdk/testing/memory-network'
import { zeroAddress, type Hex } from 'viem'
import type { SealedInChromium, SealRequest } from './secrets-wire.ts'

const hex = (bytes: Uint8Array): Hex =>
  `0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`

async function seal({ networkKey, name, value }: SealRequest): Promise<SealedInChromium> {
  const world = emptyWorld()
  world.networkKey = networkKey
  world.apps.set(7n, testApp(7n))
  const terms = {
    ...{ replicas: 1, cpuMilli: 1, memoryMiB: 1, diskMiB: 1, gpu: 0, teeClasses: 1, level: 1 },
    ...{ upgradeDelaySeconds: 0, graceSeconds: 0 },
  }
  world.versions.set('7/1', testVersion(1, { terms }))
  const version = {
    ...{ ciphertextDigest: zeroDigest, policyDigest: zeroDigest, owner: zeroAddress, setAt: 0n },
  }
  world.views.set(`secrets.secret(7,${name})`, { name: '', current: 0, latest: 4, version })
  const network = memoryNetwork(world)
  const sealed = await sealSecret(network, { appId: 7n, name, value: Uint8Array.from(value) })
  const { calls, facts } = await planSecret(network, sealed)
  return {
    ...{ version: sealed.version, digest: sealed.digest, bytes: hex(sealed.bytes) },
    calls: calls.map(({ to, data }) => ({ to, data })),
    facts: facts.map(([what, text]) => `${what}: ${text}`),
    node: 'process' in globalThis || 'Buffer' in globalThis,
  }
}

Object.assign(globalThis, { wetee: { seal } })
