// The key of the network that is being left, as members of this instance's own key name it. No I/O of its own.
import { refusal } from '@wetee/tee-device'
import type { AppFacts } from '../committee/app-facts.ts'
import type { InstanceLaunch } from '../launch/launch-config.ts'

/** Names it. */
export type OlderKey = {
  /** S, 33 bytes; undefined where there is none, or this instance itself was launched under it. Throws as FactsSource does. */
  read(): Promise<`0x${string}` | undefined>
  /** The same where it is `asked`. Throws a refusal `key.unknown-network-key` (409), and as FactsSource does. */
  require(asked: `0x${string}`): Promise<`0x${string}`>
}

/**
 * Facts are signed by a quorum of the own key: a host that could name another one would have the application write what it reads, or
 * read what it knows, by a key of its own.
 */
export function olderKeyOf(
  { networkKey }: Pick<InstanceLaunch, 'networkKey'>,
  facts: { latest(): Promise<Pick<AppFacts, 'olderKey'>> },
): OlderKey {
  const read = async () => {
    const { olderKey } = await facts.latest()
    return olderKey === '0x' || olderKey === networkKey.S ? undefined : olderKey
  }
  return {
    read,
    async require(asked) {
      const known = await read()
      if (known === asked) return known
      throw refusal(
        409,
        'key.unknown-network-key',
        `${asked} is neither the key that this instance was launched under nor the one before it while that lives`,
      )
    },
  }
}
