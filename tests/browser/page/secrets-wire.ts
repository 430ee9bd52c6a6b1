// What the page that seals is asked and answers, as JSON. Pure.
import type { Hex } from 'viem'

/** A secret of application 7, and the key that it is sealed to. */
export type SealRequest = {
  readonly networkKey: { readonly Y: Hex; readonly S: Hex }
  readonly name: string
  readonly value: readonly number[]
}

/** The sealed version, and what the owner's wallet would be asked to sign. */
export type SealedInChromium = {
  readonly version: number
  readonly digest: Hex
  readonly bytes: Hex
  readonly calls: readonly { readonly to: Hex; readonly data: Hex }[]
  readonly facts: readonly string[]
  /** Whether the page found anything of Node. */
  readonly node: boolean
}
