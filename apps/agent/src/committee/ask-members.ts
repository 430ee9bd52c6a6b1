// Asks all nodes one question and counts what members of the newest epoch sign alike. Network I/O through the worker.
import type { TypedDataDefinition } from 'viem'
import type * as z from 'zod'
import { firstProblem } from '../launch/fields.ts'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import { errorFields, type Log } from '../log.ts'
import { callNode, NodeRefusal, type Node, type NodeCall } from '../nodes/node-call.ts'
import type { NodeList } from '../nodes/node-list.ts'
import { SecretError } from '../secrets/secret-error.ts'
import type { WorkerClient } from '../worker/worker-client.ts'
import type { Census } from './census.ts'
import type { Quorum } from './committee-book.ts'

/** What is needed to ask. */
export type MembersRoad = {
  readonly launch: Pick<InstanceLaunch, 'chainId' | 'cloud' | 'appId'>
  readonly worker: Pick<WorkerClient, 'tunnel'>
  readonly nodes: Pick<NodeList, 'latest'>
  readonly book: Pick<Quorum, 'current' | 'memberOf'>
  readonly census: Pick<Census, 'refresh'>
  readonly log: Log
  readonly signal: AbortSignal
}

/** What one member said; `text` is equal where members agree. */
export type Vote<T> = {
  readonly index: number
  readonly key: string
  readonly text: string
  readonly value: T
}

/** One question to all nodes. */
export type Question<T, R> = {
  readonly call: NodeCall
  /** What a node said, and that a member has signed it. Throws NodeRefusal. */
  readonly read: (answer: unknown, node: Node) => T
  /**
   * Looks at all that was said whenever one more has answered, and once no more will (`isLast`); anything but undefined ends the other
   * calls.
   */
  readonly decide: (said: readonly T[], threshold: number, isLast: boolean) => R | undefined
  /** Who has not answered by then is not counted, milliseconds; default 10,000. */
  readonly patienceMs?: number
}

const PATIENCE_MS = 10_000

/**
 * What is decided of the answers. Members that are not known are asked once who they are. Throws SecretError `facts.no-quorum` where
 * nothing is.
 */
export async function askMembers<T, R>(road: MembersRoad, question: Question<T, R>): Promise<R> {
  for (let refreshed = false; ; refreshed = true) {
    const threshold = road.book.current()?.threshold
    const said: T[] = []
    if (threshold !== undefined) {
      const decided = await askOnce(road, question, threshold, said)
      if (decided !== undefined) return decided
    }
    if (refreshed) throw tooFew(said.length, threshold)
    await road.census.refresh().catch((error: unknown) => {
      road.log.warn(errorFields(error), 'members have not named their keys')
    })
  }
}

/** Asks all nodes at once. */
async function askOnce<T, R>(
  { worker, nodes, log, signal }: MembersRoad,
  { call, read, decide, patienceMs = PATIENCE_MS }: Question<T, R>,
  threshold: number,
  said: T[],
): Promise<R | undefined> {
  const members = await nodes.latest()
  const done = new AbortController()
  const ended = AbortSignal.any([signal, done.signal, AbortSignal.timeout(patienceMs)])
  const road = { tunnel: worker.tunnel, signal: ended }
  let decided: R | undefined
  await Promise.all(
    members.nodes.map(async (node) => {
      try {
        said.push(read(await callNode(road, node, call), node))
        decided ??= decide(said, threshold, false)
        if (decided !== undefined) done.abort()
      } catch (error) {
        if (decided === undefined && !signal.aborted)
          log.warn({ nodeId: String(node.nodeId), ...errorFields(error) }, 'node did not say facts')
      }
    }),
  )
  signal.throwIfAborted()
  return decided ?? decide(said, threshold, true)
}

/** Exactly the threshold of votes for one text, if there are so many; one voice for each member, and for each key. */
export function alike<T>(
  votes: readonly Vote<T>[],
  threshold: number,
): readonly Vote<T>[] | undefined {
  for (const group of Map.groupBy(votes, ({ text }) => text).values()) {
    const byKey = new Map(group.map((vote) => [vote.key, vote]))
    const distinct = [...new Map([...byKey.values()].map((vote) => [vote.index, vote])).values()]
    if (distinct.length >= threshold) return distinct.slice(0, threshold)
  }
  return undefined
}

/** Throws NodeRefusal `node.signature-invalid` where no member of the newest epoch has signed. */
export function memberOf(
  { book }: Pick<MembersRoad, 'book'>,
  typedData: TypedDataDefinition,
  signature: `0x${string}`,
): Pick<Vote<unknown>, 'index' | 'key'> {
  const member = book.memberOf(typedData, signature)
  if (member !== undefined) return { index: member.index, key: member.statementKey }
  throw new NodeRefusal('node.signature-invalid', 'signed by no member that is known')
}

/** A node's answer by its schema. Throws NodeRefusal `node.answer-invalid`. */
export function parseSaid<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new NodeRefusal('node.answer-invalid', firstProblem(parsed.error).slice(0, 300))
}

function tooFew(answers: number, threshold: number | undefined): SecretError {
  const needed = threshold === undefined ? 'no member is known' : `${threshold} are needed`
  return new SecretError(
    'facts.no-quorum',
    `${answers} members answered, not enough alike: ${needed}`,
  )
}
