// All lists of defences, by area.
import type { Defence } from './defence.ts'
import { build } from './build.ts'
import { networkKey } from './network-key.ts'

export const lists: Readonly<Record<string, readonly Defence[]>> = {
  build,
  'network-key': networkKey,
}
