// Whether a release leaves a copy of its share in the memory of the process (Linux alone: /proc/self/mem).
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkCiphertext } from '../encryption/check.ts'
import { encrypt } from '../encryption/encrypt.ts'
import { keyBase } from '../group/bases.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { copiesOf, masked } from '../testing/memory-scan.ts'
import { testHolder } from '../testing/sharing.ts'
import { releaseShares } from './release.ts'

const group = openNativeGroup()
test.runIf(process.platform === 'linux')(
  'after releases no copy of the share is left, in any memory of the process',
  { timeout: 120_000 },
  () => {
    const share = group.randomSecret(randomBytes)
    const shareNeedle = masked(share)
    const label = new Uint8Array(8)
    const networkKey = group.multiplySecret(keyBase(), group.randomSecret(randomBytes))
    const plaintext = new Uint8Array(16)
    const bytes = encrypt(group, { networkKey, label, plaintext }, randomBytes)
    const ciphertexts = [checkCiphertext(group, label, bytes)]
    const member = {
      index: 1,
      share,
      publicShare: group.multiplyBase(share),
      holder: testHolder(1),
    }
    for (let n = 0; n < 20; n++) {
      const request = { epoch: 1n, requestId: randomBytes(32), readerKey: randomBytes(32) }
      const released = releaseShares(group, member, { request, ciphertexts }, randomBytes)
      released.fill(0)
    }
    // The control: the share that is still here is found.
    expect(copiesOf(shareNeedle)).toBeGreaterThan(0)
    share.fill(0)
    expect(copiesOf(shareNeedle)).toBe(0)
  },
)
