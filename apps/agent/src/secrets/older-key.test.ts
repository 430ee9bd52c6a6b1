// Derived keys under the key of the network that is being left: who has shares of it gives them, and speaks for nothing else.
import { expect, test } from 'vitest'
import { dealShares } from '../testing/secret-network.ts'
import {
  derive,
  liars,
  native,
  sourceOf,
  start,
  useSecretSource,
} from '../testing/secret-source-stand.ts'

useSecretSource()

test('ATTACK holders of an older key release under it, and are not noted as those who speak for the network', async () => {
  const { network, sharing, ...ofOlder } = await start()
  const nodes = network.nodes.map(({ node }) => node)
  const own = dealShares(native, { threshold: 3, size: 4 }).networkKey
  const { source, book } = sourceOf(sharing, nodes, { S: own.S })
  const asked = { ...derive('disk'), olderKey: sharing.networkKey.S }
  const { keys } = await source.request(asked)
  expect(keys).toEqual((await ofOlder.source.request(derive('disk'))).keys)
  expect(liars()).toEqual([])
  // Shares of an older key that were stolen together name no owner and no facts.
  expect(book.current()).toBeUndefined()
  expect(ofOlder.book.current()?.members.length).toBeGreaterThanOrEqual(3)
})
