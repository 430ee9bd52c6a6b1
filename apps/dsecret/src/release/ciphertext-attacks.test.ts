// Ciphertexts that were not made for where they are found: neither taken by a node nor released.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeSealedSecret, parseSealedSecret } from '@wetee/secrets'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Hex } from '../chain/chain-view.ts'
import {
  openPolicy,
  outcomeOf,
  SecretNetwork,
  type MadeSecret,
  type ReleasingNode,
} from '../testing/secret-network.ts'

let network: SecretNetwork
beforeEach(async () => {
  network = await SecretNetwork.open()
})
afterEach(() => network.close())

const another: Hex = `0x${'0d'.repeat(20)}`
const first = (): ReleasingNode => network.nodes[0]!
/** How the first node answers when it is asked for a secret. */
const refusal = async (item: MadeSecret['item']) =>
  outcomeOf(network.ask(first(), await network.call({ secrets: [item], keys: [] })))

describe('attacks on ciphertexts', () => {
  test("another tenant's point in a ciphertext of one's own", async () => {
    const victim = parseSealedSecret(network.setSecret(8n, 'victim', 'not yours').bytes)
    const mine = parseSealedSecret(
      network.seal({ appId: 7n, name: 'token', version: 1, value: 'mine' }),
    )
    // U, Ubar and proof of the victim before a body and a commitment of one's own.
    const ciphertext = new Uint8Array(mine.ciphertext)
    ciphertext.set(victim.ciphertext.subarray(0, 131))
    const bytes = encodeSealedSecret({ policyText: mine.policyText, ciphertext })
    const made = network.setSecret(7n, 'token', '', { bytes })
    await expectUnusable(made)
  })

  test.each([
    ['application', { appId: 8n }],
    ['owner', { owner: another }],
    ['version', { version: 2 }],
    ['name', { name: 'other' }],
  ])('a ciphertext that was made for another %s', async (_, other) => {
    const label = { appId: 7n, name: 'token', version: 1, value: 'moved', ...other }
    const made = network.setSecret(7n, 'token', '', { bytes: network.seal(label) })
    await expectUnusable(made)
  })

  test('a ciphertext under an easier policy than it was made with', async () => {
    const policy = { ...openPolicy, minLevel: 9 }
    const strict = parseSealedSecret(
      network.seal({ appId: 7n, name: 'token', version: 1, value: 'moved', policy }),
    )
    const easy = parseSealedSecret(
      network.seal({ appId: 7n, name: 'token', version: 1, value: 'any' }),
    )
    const { ciphertext } = strict
    const bytes = encodeSealedSecret({ policyText: easy.policyText, ciphertext })
    // As the owner could name it on chain, and as a stranger could send it.
    await expectUnusable(network.setSecret(7n, 'token', '', { bytes }))
    const named = { policyText: strict.policyText, ciphertext }
    const made = network.setSecret(7n, 'token', '', { bytes: encodeSealedSecret(named) })
    const { library } = first().service
    expect(await outcomeOf(library.accept(made.item.digest, bytes))).toBe(
      'ciphertext.policy-differs',
    )
  })

  test('bytes that the chain does not name', async () => {
    const bytes = network.seal({ appId: 7n, name: 'token', version: 1, value: 'early' })
    const { digest } = parseSealedSecret(bytes)
    const { library } = first().service
    expect(await outcomeOf(library.accept(digest, bytes))).toBe('ciphertext.not-on-chain')
    const made = network.setSecret(7n, 'token', 'other')
    expect(await outcomeOf(library.accept(made.item.digest, bytes))).toBe('ciphertext.differs')
  })

  test('a file that has rotted is fetched anew', async () => {
    const item = await network.give(network.setSecret(7n, 'token', 'the value'))
    const node = network.restart(first())
    writeFileSync(join(network.stateOf(node), 'ciphertexts', '7', item.digest), 'rotten')
    expect(await refusal(item)).toBe('released')
    expect(Buffer.from(node.service.library.read(item.digest)).length).toBeGreaterThan(200)
  })
})

/** Neither taken nor, should it be in a store all the same, released. */
async function expectUnusable({ item, bytes }: MadeSecret): Promise<void> {
  const { library } = first().service
  expect(await outcomeOf(library.accept(item.digest, bytes))).toBe('ciphertext.invalid')
  const node = network.restart(first())
  const folder = join(network.stateOf(node), 'ciphertexts', item.appId)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, item.digest), bytes)
  network.restart(node)
  expect(await refusal(item)).toBe('ciphertext.missing')
  expect(network.multiplied).toEqual([])
}
