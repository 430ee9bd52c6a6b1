// What a release leaves in buffers of this process: nothing. The buffers are caught where they are made.
import type * as Secrets from '@wetee/secrets'
import type * as Threshold from '@wetee/threshold'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { outcomeOf, SecretNetwork } from '../testing/secret-network.ts'

const { caught } = vi.hoisted(() => ({
  caught: [] as { name: string; bytes: Uint8Array; was: number }[],
}))
const seen = vi.hoisted(() => (name: string, bytes: Uint8Array) => {
  caught.push({ name, bytes, was: bytes.reduce((sum, byte) => sum + byte, 0) })
  return bytes
})
vi.mock('@wetee/threshold', async (original) => {
  const real = await original<typeof Threshold>()
  return {
    ...real,
    releaseShares: (...given: Parameters<typeof real.releaseShares>) =>
      seen('secrets', real.releaseShares(...given)),
    releaseDerivedShares: (...given: Parameters<typeof real.releaseDerivedShares>) =>
      seen('keys', real.releaseDerivedShares(...given)),
  }
})
vi.mock('@wetee/secrets', async (original) => {
  const real = await original<typeof Secrets>()
  return {
    ...real,
    encodeAnswer: (answer: Parameters<typeof real.encodeAnswer>[0]) =>
      seen('answer', real.encodeAnswer(answer)),
  }
})

let network: SecretNetwork
beforeEach(async () => {
  network = await SecretNetwork.open()
  caught.length = 0
})
afterEach(() => network.close())

const first = () => network.nodes[0]!

test('releases and the answer before it was sealed are zeros once it is sent', async () => {
  const item = await network.give(network.setSecret(7n, 'token', 'the value'))
  const call = await network.call({ secrets: [item], keys: ['disk'] })
  expect(await outcomeOf(network.passOn(first(), call))).toBe('released')
  expect(caught.map(({ name }) => name).sort()).toEqual(['answer', 'keys', 'secrets'])
  for (const { name, bytes, was } of caught) {
    expect(was, name).toBeGreaterThan(0)
    expect(
      bytes.every((byte) => byte === 0),
      name,
    ).toBe(true)
  }
})

test('they are zeros also where the reader has a key that nothing can be sealed to', async () => {
  const hpkeKey = `0x${'00'.repeat(32)}` as const
  const call = await network.call({ secrets: [], keys: ['disk'] }, { hpkeKey })
  expect(await outcomeOf(network.passOn(first(), call))).toBe('release.reader-key')
  expect(caught.map(({ name }) => name).sort()).toEqual(['answer', 'keys'])
  for (const { name, bytes } of caught)
    expect(
      bytes.every((byte) => byte === 0),
      name,
    ).toBe(true)
})
