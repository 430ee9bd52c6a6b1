// Fuzz targets of what a node reads about secrets: requests to release, sealed secrets. No I/O.
import { AttestationError } from '@wetee/attestation'
import { releaseRequestTypedData } from '@wetee/chain'
import {
  encodeSealedSecret,
  parseSealedSecret,
  releaseItemsDigest,
  serializePolicy,
  type ReleaseItems,
} from '@wetee/secrets'
import { encrypt, secretLabel } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { createHash } from 'node:crypto'
import { hexToBytes, recoverTypedDataAddress } from 'viem'
import type { Hex } from '../chain/chain-view.ts'
import { verifySealed } from '../ciphertexts/verify.ts'
import { NodeError } from '../node-error.ts'
import { parseReleaseCall } from '../release/release-call.ts'
import { testNetwork } from '../testing/memory-view.ts'
import { dealTestKey } from '../testing/test-key.ts'
import { TestNetwork } from '../testing/test-network.ts'

const network = new TestNetwork()
const offered = await network.instanceEvidence()
const requestId: Hex = `0x${'1d'.repeat(32)}`
const items: ReleaseItems = {
  secrets: [
    { appId: '7', name: 'token', version: 3, digest: 'ab'.repeat(32) },
    { appId: '8', name: 'shared', version: 0, digest: '0'.repeat(64) },
  ],
  keys: ['disk/data', 'é'],
}
const { subject } = offered.document
if (subject.kind !== 'instance') throw new Error('not an instance')
const { appId, version, replica } = subject
const of = { nodeId: 1n, appId, version, replica }
const signature = await network.instance.signTypedData(
  releaseRequestTypedData(testNetwork, {
    ...of,
    requestId,
    itemsDigest: releaseItemsDigest(items),
  }),
)
const { operatorSignature } = offered
const rest = JSON.stringify({ operatorSignature, requestId, ...items, signature })
const call = new TextEncoder().encode(`{"evidence":${offered.text},${rest.slice(1)}`)

const group = openNativeGroup()
const key = dealTestKey(group, { threshold: 2, size: 3, epoch: 4n, name: 'fuzz' })
const owner: Hex = `0x${'0e'.repeat(20)}`
const named = { appId: 7n, name: 'token', version: 3, owner }
const sealed = [0, 100].map(seal)

function seal(size: number): Uint8Array {
  const policyText = serializePolicy({ measurements: 'dao', minLevel: 1, teeClasses: 1 })
  const empty = encodeSealedSecret({ policyText, ciphertext: new Uint8Array(200) })
  const label = secretLabel({
    ...{ ...named, owner: hexToBytes(owner), chainId: BigInt(testNetwork.chainId) },
    cloud: hexToBytes(testNetwork.contracts.cloud),
    policyDigest: hexToBytes(parseSealedSecret(empty).policyDigest),
  })
  const plaintext = new Uint8Array(size).fill(7)
  let drawn = 0
  const drawBytes = (bytes: number) =>
    new Uint8Array(
      createHash('shake256', { outputLength: bytes }).update(`${size}/${drawn++}`).digest(),
    )
  const ciphertext = encrypt(group, { networkKey: key.encryptionKey, label, plaintext }, drawBytes)
  return encodeSealedSecret({ policyText, ciphertext })
}

/** Targets by name; only NodeError may escape one. */
export const secretTargets: Record<string, (input: Uint8Array) => void | Promise<void>> = {
  'request-release': async (input) => {
    const read = readCall(new TextDecoder().decode(input))
    const itemsDigest = releaseItemsDigest(read.items)
    const asked = { ...of, requestId: read.requestId, itemsDigest }
    const signer = await recoverTypedDataAddress({
      ...releaseRequestTypedData(testNetwork, asked),
      signature: read.signature,
    }).catch(() => undefined)
    const same = read.requestId === requestId && itemsDigest === releaseItemsDigest(items)
    if (signer === network.instance.address && !same)
      throw new Error('a changed request has the signature of the instance')
  },
  // As if the chain named whatever these bytes are: then only the proof is left to refuse them.
  'dsecret-ciphertext': (input) => {
    verifySealed(group, testNetwork, { ...named, ...digestsOf(input) }, input)
    if (!sealed.some((bytes) => Buffer.from(bytes).equals(input)))
      throw new Error('a changed ciphertext was accepted')
  },
}

/** Valid inputs by target, for mutation. */
export const secretSeeds: Record<string, readonly Uint8Array[]> = {
  'request-release': [call],
  'dsecret-ciphertext': sealed,
}

function readCall(text: string) {
  try {
    return parseReleaseCall(text)
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    throw new NodeError(error.code, error.message, { cause: error })
  }
}

function digestsOf(input: Uint8Array): { digest: string; policyDigest: Hex } {
  try {
    return parseSealedSecret(input)
  } catch {
    // Refused by the target itself.
    return { digest: '', policyDigest: '0x' }
  }
}
