// For tests: how often a secret is in the memory of this process (Linux alone: /proc/self/mem). File I/O.
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const MASK = 0x5a
const MASK_WORD = 0x5a5a5a5a
const CHUNK = 4 * 2 ** 20

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes that are looked for, kept so that the search does not find itself. */
export function masked(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.map((byte) => byte ^ MASK))
}

/** How often the bytes of `masked` are in what this process may write to, once garbage was collected. */
export function copiesOf(needle: Buffer): number {
  collect()
  collect()
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
