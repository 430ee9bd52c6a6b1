// Everything of an instance that is about who speaks for the network, put together. I/O by its parts.
import { setTimeout as sleep } from 'node:timers/promises'
import type { AgentContext } from '../agent-context.ts'
import { hasNetworkKey, type InstanceLaunch } from '../launch/launch-config.ts'
import type { NodeList } from '../nodes/node-list.ts'
import type { SecretSource } from '../secrets/secret-source.ts'
import { FactsSource } from './app-facts.ts'
import type { MembersRoad } from './ask-members.ts'
import { Census } from './census.ts'
import { collectFacts, collectOwnerSignature } from './collect-facts.ts'
import type { CommitteeBook, Quorum } from './committee-book.ts'
import { OwnerSignatures } from './owner-signature.ts'

/** The network's committee as this instance knows it. */
export type CommitteeView = {
  readonly quorum: Quorum
  readonly facts: FactsSource
  readonly owner: OwnerSignatures
  /** How its members are asked. */
  readonly road: MembersRoad
  /** Has members name their keys where no release has; resolves once they did, at once in a network without a key. */
  learn(): Promise<void>
}

/** Opens it; `source` fills `book`. */
export function openCommittee(
  context: Pick<AgentContext, 'worker' | 'clock' | 'log' | 'signal' | 'monotonicMs' | 'random'>,
  {
    launch,
    source,
    book,
    nodes,
  }: {
    readonly launch: InstanceLaunch
    readonly nodes: Pick<NodeList, 'latest'>
    readonly source: Pick<SecretSource, 'request'>
    readonly book: CommitteeBook
  },
): CommitteeView {
  const { worker, clock, log, signal, monotonicMs, random } = context
  const census = new Census({
    ...{ source, book, log, signal, monotonicMs, random },
    sleep: (ms) => sleep(ms, undefined, { signal }),
  })
  const road = { launch, worker, nodes, book, census, log, signal }
  const facts = new FactsSource({
    collect: () => collectFacts(road),
    nowSeconds: () => clock.nowSeconds(),
  })
  const askContract = (asked: Parameters<typeof collectOwnerSignature>[1]) =>
    collectOwnerSignature(road, asked)
  return {
    quorum: book,
    road,
    facts,
    owner: new OwnerSignatures({ facts, askContract }),
    learn: () => (hasNetworkKey(launch) ? census.learn() : Promise.resolve()),
  }
}
