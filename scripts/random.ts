// Seeded random numbers for commands that must repeat a run. Pure.

/** A whole number from 0 to below `below`. */
export type Random = (below: number) => number

/** mulberry32: small, seeded, good enough to choose what happens next. */
export function makeRandom(seed: number): Random {
  let state = seed | 0
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}
