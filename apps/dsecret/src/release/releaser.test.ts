// The release: what an instance that may have a secret gets, and every way in which nobody else gets it.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SecretNetwork } from '../testing/secret-network.ts'

let network: SecretNetwork
beforeEach(async () => {
  network = await SecretNetwork.open()
})
afterEach(() => network.close())

test('two of three nodes give an instance its secret and a derived key', async () => {
  const item = await network.give(network.setSecret(7n, 'token', 'the value'))
  const text = await network.call({ secrets: [item], keys: ['disk/data'] })
  const replies = await Promise.all(network.nodes.slice(1).map((node) => network.ask(node, text)))
  const { secrets, keys } = network.combine(text, replies)
  expect(secrets).toEqual(['the value'])
  expect(keys).toHaveLength(1)
})
