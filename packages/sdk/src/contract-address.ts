// Where a network's contracts are. Pure.
import type { Address } from 'viem'
import type { NetworkProfile } from '@wetee/chain'
import { SdkError } from './error.ts'

/** The address of a contract; throws `network.contract-missing` where the profile names none. */
export function addressOf(
  profile: NetworkProfile,
  name: keyof NetworkProfile['contracts'],
): Address {
  const address = profile.contracts[name]
  if (address !== undefined) return address
  throw new SdkError(
    'network.contract-missing',
    `the profile of "${profile.name}" names no ${name} contract: take a newer profile of this network`,
  )
}
