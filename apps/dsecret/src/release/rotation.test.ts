// Two keys at once: what is released under which, to whom, and until when.
import type { ReleaseItems } from '@wetee/secrets'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { blockOf, secretKey } from '../testing/memory-view.ts'
import { outcomeOf, SecretNetwork } from '../testing/secret-network.ts'
import { dealTestKey, type TestKey } from '../testing/test-key.ts'

let network: SecretNetwork
let second: TestKey
/** Version 1 is of the first key, version 2 of the second: epoch 4 keeps the one, epoch 5 has the other. */
beforeEach(async () => {
  network = await SecretNetwork.open()
  const { world, group, key, nodes } = network
  second = dealTestKey(group, { threshold: 2, size: 3, epoch: 5n, name: 'second' })
  world.olderKey = { ...key.onChain, number: 1, madeBlock: 5n, lastEpoch: 4n, endsAt: endOf(60n) }
  world.networkKey = second.onChain
  world.networkKeyMade = 50n
  const version = world.versions.get('7/1')!
  world.versions.set('7/2', { ...version, manifestVersion: 2, createdBlock: 51n })
  world.apps.set(7n, {
    ...world.apps.get(7n)!,
    pendingVersion: 2,
    pendingDeadline: endOf(1_000n),
  })
  nodes.forEach(({ held }, place) => {
    held.frozen = held.current
    held.current = second.shares[place]
  })
})
afterEach(() => network.close())

/** So many seconds after the newest block. */
const endOf = (seconds: bigint) => blockOf(network.world, network.world.head).timestamp + seconds
const older = () => ({ evidence: { networkKey: network.key.onChain } })
const newer = () => ({
  evidence: { subject: { version: 2 }, launchedVersion: 2, networkKey: second.onChain },
})

async function release(items: ReleaseItems, by: 'older' | 'newer', key: TestKey) {
  const text = await network.call(items, by === 'older' ? older() : newer())
  const replies = await Promise.all(network.nodes.map((node) => network.ask(node, text)))
  return network.combine(text, replies, key)
}

async function refusal(items: ReleaseItems, by: 'older' | 'newer'): Promise<string> {
  const text = await network.call(items, by === 'older' ? older() : newer())
  return outcomeOf(network.ask(network.nodes[0]!, text))
}

/** The older key runs out. */
function end(): void {
  network.world.olderKey = { ...network.world.olderKey!, endsAt: endOf(0n) }
}

/** "token" for instances of the first key, and then for those of the second. */
async function tokens() {
  const first = await network.give(network.setSecret(7n, 'token', 'under the first'))
  const before = network.world.secrets.get(secretKey(7n, 'token'))!
  network.world.secretsUnderOlder.set(secretKey(7n, 'token'), before)
  const sealed = network.seal({
    ...{ appId: 7n, name: 'token', version: 2, value: 'under the second' },
    networkKey: second.encryptionKey,
  })
  const next = network.setSecret(7n, 'token', '', { bytes: sealed, key: 2 })
  return { first, next: await network.give(next) }
}

const paths = ['disk/data']

describe('while both keys live', () => {
  test('an instance is given the version of its own key, with the shares of that', async () => {
    const { first, next } = await tokens()
    const ofFirst = await release({ secrets: [first], keys: [] }, 'older', network.key)
    expect(ofFirst.secrets).toEqual(['under the first'])
    const ofNext = await release({ secrets: [next], keys: [] }, 'newer', second)
    expect(ofNext.secrets).toEqual(['under the second'])
  })

  test('a secret of one key is released under the other to nobody', async () => {
    const { first, next } = await tokens()
    expect(await refusal({ secrets: [next], keys: [] }, 'older')).toBe('secret.version-differs')
    expect(await refusal({ secrets: [first], keys: [] }, 'newer')).toBe('secret.version-differs')
  })

  test('a version that was launched under the other key than its own is refused', async () => {
    const swapped = { evidence: { networkKey: second.onChain } }
    const call = await network.call({ secrets: [], keys: paths }, swapped)
    expect(await outcomeOf(network.ask(network.nodes[0]!, call))).toBe('config.differs')
    const early = {
      evidence: { ...newer().evidence, networkKey: network.key.onChain },
    }
    const other = await network.call({ secrets: [], keys: paths }, early)
    expect(await outcomeOf(network.ask(network.nodes[0]!, other))).toBe('config.differs')
  })

  test('an instance of the newer key may have its keys under the older one, the same as before', async () => {
    const before = await release({ secrets: [], keys: paths }, 'older', network.key)
    const olderKey = network.key.onChain.S
    const after = await release({ secrets: [], keys: paths, olderKey }, 'newer', network.key)
    expect(after.keys).toEqual(before.keys)
    const own = await release({ secrets: [], keys: paths }, 'newer', second)
    expect(own.keys).not.toEqual(before.keys)
  })

  test('an older key is named for derived keys alone, and only one that is older', async () => {
    const { next } = await tokens()
    const olderKey = network.key.onChain.S
    const both = { secrets: [next], keys: paths, olderKey }
    const signedItems = { secrets: [next], keys: paths }
    const text = await network.call(both, { ...newer(), signedItems })
    expect(await outcomeOf(network.ask(network.nodes[0]!, text))).toBe('release.items-invalid')
    const named = (S: `0x${string}`) => ({ secrets: [], keys: paths, olderKey: S })
    expect(await refusal(named(second.onChain.S), 'newer')).toBe('key.not-older')
    expect(await refusal(named(second.onChain.S), 'older')).toBe('key.not-older')
    expect(await refusal(named(olderKey), 'older')).toBe('key.not-older')
    expect(await refusal(named(network.key.onChain.Y), 'newer')).toBe('key.not-older')
  })

  test('the older key that is named is signed by the instance', async () => {
    const olderKey = network.key.onChain.S
    const signedItems = { secrets: [], keys: paths }
    const text = await network.call({ ...signedItems, olderKey }, { ...newer(), signedItems })
    expect(await outcomeOf(network.ask(network.nodes[0]!, text))).toBe('release.signature')
  })

  test('a node that has no share of the frozen epoch says so', async () => {
    network.nodes[0]!.held.frozen = undefined
    expect(await refusal({ secrets: [], keys: paths }, 'older')).toBe('share.none')
    expect(await refusal({ secrets: [], keys: paths }, 'newer')).toBe('released')
  })
})

describe('after the end of the older key', () => {
  test('the frozen share is used for nothing, though it is held', async () => {
    const { first } = await tokens()
    end()
    expect(await refusal({ secrets: [first], keys: [] }, 'older')).toBe('config.differs')
    const olderKey = network.key.onChain.S
    const named = { secrets: [], keys: paths, olderKey }
    expect(await refusal(named, 'newer')).toBe('key.not-older')
  })

  test('an end while a request is answered ends it', async () => {
    const olderKey = network.key.onChain.S
    const text = await network.call({ secrets: [], keys: paths, olderKey }, newer())
    network.world.head += 61n
    network.clock.nowMs += 61_000
    expect(await outcomeOf(network.ask(network.nodes[0]!, text))).toBe('key.not-older')
  })

  test('an end while a request of its own instances is answered ends that too', async () => {
    const text = await network.call({ secrets: [], keys: paths }, older())
    // Read twice for a release: when the evidence is appraised, and before a share is taken.
    let reads = 0
    const { olderKey } = network.world
    Object.defineProperty(network.world, 'olderKey', {
      get: () => (++reads === 1 ? olderKey : { ...olderKey, endsAt: endOf(0n) }),
    })
    expect(await outcomeOf(network.ask(network.nodes[0]!, text))).toBe('share.none')
    expect(reads).toBe(2)
  })

  test('a version of before is launched under the newest key, and given what is sealed to that', async () => {
    const { next } = await tokens()
    end()
    const text = await network.call(
      { secrets: [next], keys: [] },
      { evidence: { networkKey: second.onChain } },
    )
    const replies = await Promise.all(network.nodes.map((node) => network.ask(node, text)))
    expect(network.combine(text, replies, second).secrets).toEqual(['under the second'])
  })
})
