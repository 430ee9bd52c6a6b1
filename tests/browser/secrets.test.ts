// A secret that Chromium seals is released and opened by the native back end, and by no other label or member.
import { secretsAbi } from '@wetee/chain'
import { parseSealedSecret } from '@wetee/secrets'
import { memoryNetwork, emptyWorld, testOwner } from '@wetee/sdk/testing/memory-network'
import {
  checkCiphertext,
  checkPublicShares,
  combine,
  keyBase,
  releaseShares,
  secretLabel,
  type CheckedCiphertext,
} from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { bytesToHex, decodeFunctionData, hexToBytes } from 'viem'
import { expect, test } from 'vitest'
import { bundleForBrowser } from './bundle.ts'
import { describeInChromium } from './in-chromium.ts'
import type { SealedInChromium, SealRequest } from './page/secrets-wire.ts'

const PAGE = 'tests/browser/page/secrets.ts'
const random = (size: number) => crypto.getRandomValues(new Uint8Array(size))

/** Two of three. */
const group = openNativeGroup()
const secret = group.randomSecret(random)
const slope = group.randomSecret(random)
const members = [1, 2, 3].map((index) => {
  const share = group.addSecrets(group.readSecret(secret), group.scaleSecret(slope, BigInt(index)))
  const holder = { nodeId: BigInt(index), statementKey: new Uint8Array(20).fill(index) }
  return { index, share, publicShare: group.multiplyBase(share), holder }
})
const verificationKey = group.multiplyBase(secret)
const networkKey = {
  Y: bytesToHex(group.encode(group.multiplySecret(keyBase(), secret))),
  S: bytesToHex(group.encode(verificationKey)),
}

/** The label that the chain gives a version of secret `db` of application 7. */
function labelOf(version: number, policyDigest: `0x${string}`): Uint8Array {
  const { chainId, contracts } = memoryNetwork(emptyWorld()).profile
  return secretLabel({
    ...{ chainId: BigInt(chainId), cloud: hexToBytes(contracts.cloud) },
    ...{ owner: hexToBytes(testOwner), appId: 7n, name: 'db', version },
    policyDigest: hexToBytes(policyDigest),
  })
}

/** As members 1 and 3 release it, and a reader combines. */
function open(checked: CheckedCiphertext): Uint8Array | undefined {
  const request = { epoch: 1n, requestId: random(32), readerKey: random(32) }
  const replies = members
    .filter(({ index }) => index !== 2)
    .map((member) => ({
      index: member.index,
      holder: member.holder,
      bytes: releaseShares(group, member, { request, ciphertexts: [checked] }, random),
    }))
  const publicShares = members.map(({ publicShare }) => publicShare)
  const committee = checkPublicShares(group, publicShares, 2, verificationKey)
  return combine(group, { committee, request, ciphertexts: [checked], replies }).plaintexts[0]
}

test('what seals in a browser holds no Node built-in and no global of Node', async () => {
  const { text, inputs } = await bundleForBrowser(PAGE)
  expect(inputs.some((path) => path.endsWith('packages/threshold/src/encryption/encrypt.ts'))).toBe(
    true,
  )
  expect(text.match(/['"]node:[a-z]+/g) ?? []).toEqual([])
  expect(
    inputs.filter((path) => /native-(group|bindings)|node_modules\/secp256k1\//.test(path)),
  ).toEqual([])
})

async function content() {
  const { text } = await bundleForBrowser(PAGE)
  return { scripts: { 'page.js': text } }
}

describeInChromium('secrets in Chromium', content, ({ open: openPage, origin }) => {
  const seal = async (value: Uint8Array) => {
    const page = await openPage()
    const asked: SealRequest = { networkKey, name: 'db', value: [...value] }
    const sealed = await page.call<SealedInChromium>('seal', asked)
    // Nothing of it leaves the page but by the answer.
    expect(page.requests).toEqual([origin(), `${origin()}page.js`])
    await page.close()
    return sealed
  }

  test('a secret that is sealed there opens, of any size', async () => {
    for (const size of [1, 32, 65_536]) {
      const value = random(size)
      const { bytes, version, node } = await seal(value)
      expect({ version, node }).toEqual({ version: 5, node: false })
      const { ciphertext, policyDigest } = parseSealedSecret(hexToBytes(bytes))
      const checked = checkCiphertext(group, labelOf(5, policyDigest), ciphertext)
      expect(Buffer.from(open(checked) ?? []).equals(value)).toBe(true)
    }
  })

  test('it is the next version and no other, and the wallet is asked to name its digest', async () => {
    const value = new TextEncoder().encode('correct horse battery staple')
    const { bytes, digest, calls, facts } = await seal(value)
    const sealed = parseSealedSecret(hexToBytes(bytes))
    const { ciphertext, policyDigest } = sealed
    expect(`0x${sealed.digest}`).toBe(digest)
    expect(() => checkCiphertext(group, labelOf(4, policyDigest), ciphertext)).toThrow(
      expect.objectContaining({ code: 'ciphertext.invalid' }),
    )
    const [call] = calls
    expect(calls).toHaveLength(1)
    expect(decodeFunctionData({ abi: secretsAbi, data: call?.data ?? '0x' })).toEqual({
      functionName: 'setSecret',
      args: [7n, 'db', 5, 1, digest, policyDigest],
    })
    expect(Buffer.from(bytes.slice(2), 'hex').includes(Buffer.from(value))).toBe(false)
    expect(facts.join()).toContain(digest)
  })

  test('the same value is sealed differently each time', async () => {
    const value = random(32)
    const [one, other] = [await seal(value), await seal(value)]
    expect(one.digest).not.toBe(other.digest)
    expect(one.bytes).not.toBe(other.bytes)
  })
})
