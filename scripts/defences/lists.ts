// All lists of defences, by area.
import type { Defence } from './defence.ts'
import { attestation } from './attestation.ts'
import { bridgeCalls } from './bridge.ts'
import { build } from './build.ts'
import { networkKey } from './network-key.ts'
import { releases } from './releases.ts'
import { watch } from './watch.ts'

export const lists: Readonly<Record<string, readonly Defence[]>> = {
  attestation,
  'bridge-calls': bridgeCalls,
  build,
  'network-key': networkKey,
  releases,
  watch,
}
