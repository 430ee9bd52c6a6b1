// Fuzz targets: what was sealed to one reader, and keys to seal to. Only SealingError may escape a target. No I/O.
import { makeReaderKeys, openWith, sealTo } from './sealing.ts'

const keys = await makeReaderKeys()
const none = new Uint8Array(0)
const info = new TextEncoder().encode('fuzz')
const plaintexts = [0, 100].map((size) => new Uint8Array(size).fill(7))
const ENC_BYTES = 32
const sealed = await Promise.all(
  plaintexts.map(async (plain) => {
    const made = await sealTo(keys.bytes, info, none, plain)
    return Buffer.concat([made.enc, made.sealed])
  }),
)

/** Targets by name. */
export const fuzzTargets: Record<string, (input: Uint8Array) => Promise<void>> = {
  /** The encapsulation, then the ciphertext. */
  'sealing-open': async (input) => {
    const [enc, rest] = [input.subarray(0, ENC_BYTES), input.subarray(ENC_BYTES)]
    await openWith(keys, enc, info, none, rest)
    if (!sealed.some((bytes) => bytes.equals(input))) throw new Error('changed bytes were opened')
  },
  'sealing-key': async (input) => {
    const made = await sealTo(input, info, none, none)
    if (input.length !== ENC_BYTES || made.enc.length !== ENC_BYTES || made.sealed.length !== 16)
      throw new Error('sealed to what is no key')
  },
}

/** Valid inputs by target, for mutation. */
export const fuzzSeeds: Record<string, readonly Uint8Array[]> = {
  'sealing-open': sealed,
  'sealing-key': [keys.bytes],
}
