// Whether a release leaves a copy of its share in the memory of the process (Linux alone: /proc/self/mem).
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { checkCiphertext } from '../encryption/check.ts'
import { encrypt } from '../encryption/encrypt.ts'
import { keyBase } from '../group/bases.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { testHolder } from '../testing/sharing.ts'
import { releaseShares } from './release.ts'

const group = openNativeGroup()
const MASK = 0x5a
const MASK_WORD = 0x5a5a5a5a
const CHUNK = 4 * 2 ** 20

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes that are looked for, kept so that the search does not find itself. */
function masked(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.map((byte) => byte ^ MASK))
}

/** How often the bytes are in what this process may write to. */
function copiesOf(needle: Buffer): number {
  const memory = openSync('/proc/self/mem', 'r')
  const chunk = Buffer.alloc(CHUNK)
  const words = new Uint32Array(chunk.buffer, chunk.byteOffset, CHUNK / 4)
  let found = 0
  try {
    for (const line of readFileSync('/proc/self/maps', 'utf8').split('\n')) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? []
      if (from === undefined || to === undefined || line.endsWith('[vvar]')) continue
      const end = Number(BigInt(`0x${to}`))
      // Chunks overlap, so that nothing is missed between two.
      for (let at = Number(BigInt(`0x${from}`)); at < end; at += CHUNK - needle.length) {
        let size = 0
        try {
          size = readSync(memory, chunk, 0, Math.min(CHUNK, end - at), at)
        } catch {
          break
        }
        for (let word = 0; word < words.length; word++) words[word] = words[word]! ^ MASK_WORD
        for (let hit = chunk.indexOf(needle); hit >= 0 && hit < size;) {
          found++
          hit = chunk.indexOf(needle, hit + 1)
        }
        // Else the search would come by what it has read before.
        chunk.fill(0)
        if (end - at <= CHUNK) break
      }
    }
  } finally {
    chunk.fill(0)
    closeSync(memory)
  }
  return found
}

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
    collect()
    collect()
    expect(copiesOf(shareNeedle)).toBe(0)
  },
)
