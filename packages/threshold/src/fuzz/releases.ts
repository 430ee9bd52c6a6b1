// Fuzz targets of ciphertexts and releases: both back ends read the same, what is read is written
// as it came, and nothing changed passes a check. No I/O.
import { derivedPoint } from '../derived/derived-key.ts'
import { checkCiphertext } from '../encryption/check.ts'
import { encodeCiphertext, parseCiphertext } from '../encryption/ciphertext.ts'
import { encrypt } from '../encryption/encrypt.ts'
import { ThresholdError } from '../error.ts'
import type { Group } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { checkRelease, releaseShares } from '../release/release.ts'
import { encodeRelease, parseRelease } from '../release/wire.ts'
import { dealSharing, seededRandom } from '../testing/sharing.ts'

const native = openNativeGroup()
const label = new TextEncoder().encode('fuzz')
const { encryptionKey, members } = dealSharing(native, { threshold: 2, size: 3, seed: 'fuzz' })
const [member] = members
if (member === undefined) throw new Error('no member')
const ciphertexts = [0, 1, 100].map((size) =>
  encrypt(
    native,
    { networkKey: encryptionKey, label, plaintext: new Uint8Array(size).fill(size) },
    seededRandom(`fuzz ${size}`),
  ),
)
const asked = {
  request: {
    epoch: 1n,
    requestId: new Uint8Array(32).fill(1),
    readerKey: new Uint8Array(32).fill(2),
  },
  ciphertexts: ciphertexts.map((bytes) => checkCiphertext(native, label, bytes)),
}
const release = releaseShares(native, member, asked, seededRandom('fuzz release'))

/** Targets by name; only ThresholdError may escape one. */
export const releaseTargets: Record<string, (input: Uint8Array) => void> = {
  'threshold-ciphertext': (input) => {
    sameAs(input, (group) => encodeCiphertext(group, parseCiphertext(group, input)))
    checkCiphertext(native, label, input)
    knows(ciphertexts, input)
  },
  'threshold-release': (input) => {
    sameAs(input, (group) => encodeRelease(group, parseRelease(group, input)))
    checkRelease(native, member, asked, input)
    knows([release], input)
  },
  'threshold-derived-name': (input) => {
    const path = new TextDecoder().decode(input)
    const name = { chainId: 1n, cloud: new Uint8Array(20), appId: 1n, path }
    derivedPoint(nobleGroup, name)
  },
}

/** Valid inputs by target, for mutation. */
export const releaseSeeds: Record<string, readonly Uint8Array[]> = {
  'threshold-ciphertext': ciphertexts,
  'threshold-release': [release],
  'threshold-derived-name': [new TextEncoder().encode('disk/data')],
}

/** Both back ends accept an input or both refuse it; what is accepted is written as it came. */
function sameAs(input: Uint8Array, roundTrip: (group: Group) => Uint8Array): void {
  const [one, other] = [native, nobleGroup].map((group) => {
    try {
      return Buffer.from(roundTrip(group))
    } catch (error) {
      if (error instanceof ThresholdError) return error
      throw error
    }
  })
  if (one instanceof ThresholdError && other instanceof ThresholdError) throw one
  for (const bytes of [one, other])
    if (!(bytes instanceof Buffer) || !bytes.equals(input))
      throw new Error('the back ends differ, or bytes changed on the way')
}

function knows(valid: readonly Uint8Array[], input: Uint8Array): void {
  if (!valid.some((bytes) => Buffer.from(bytes).equals(input)))
    throw new Error('changed bytes were accepted')
}
