// Cut-offs as a dsecret node saw them: leases and machines that counted and do no more. Network I/O.
import { z } from 'zod'
import { pause } from './clock.ts'
import { SdkError } from './error.ts'
import type { Network } from './network.ts'
import type { NodeRecord } from './reader.ts'
import { callNode, type NodeRefusal } from './secrets/node-call.ts'

/** One cut-off; docs/reference/dsecret.md says what each cause means. */
export type AlertRecord = {
  /** Of that node, from 1. */
  readonly number: number
  readonly kind: 'lease' | 'worker' | 'node'
  /** `application/version/replica` of a lease, else the number of the worker or node. */
  readonly subject: string
  readonly state: string
  readonly cause: string
  /** Block time of the cause, seconds. */
  readonly causeAt: number
  /** When the node saw it, by its own clock, milliseconds. */
  readonly cutOffAt: number
  readonly delayMs: number
  readonly block: string
}

/** What one node showed. */
export type AlertPage = {
  readonly nodeId: bigint
  /** Number of its newest alert, 0 for none. */
  readonly last: number
  readonly alerts: readonly AlertRecord[]
  /** Whether the node's registered TLS key answered; false where the platform cannot see it. */
  readonly pinned: boolean
}

/** Which alerts. */
export type AlertOptions = {
  /** Default: the first member of the active committee that answers. */
  readonly nodeId?: bigint
  /** Number of the first one; default so that the newest are shown. */
  readonly first?: number
  /** At most, 1 to 64; default 32. */
  readonly count?: number
  readonly signal?: AbortSignal
}

const maxPage = 64
const maxAnswerBytes = 65_536
const timeoutMs = 10_000
const followMs = 2_000

const number = z.int().nonnegative()
const word = z.string().regex(/^[a-z][a-z.-]{0,63}$/)
const pageSchema = z.object({
  last: number,
  alerts: z
    .array(
      z.object({
        ...{ number: number.min(1), kind: z.enum(['lease', 'worker', 'node']) },
        subject: z.string().regex(/^[0-9]{1,20}(\/[0-9]{1,10}){0,2}$/),
        ...{ state: word, cause: word, causeAt: number, cutOffAt: number, delayMs: number },
        block: z.string().regex(/^[0-9]{1,20}$/),
      }),
    )
    .max(maxPage),
})

/** Alerts of one node by their numbers. Throws `dsecret.unreachable` (retryable), `node.unknown`. */
export async function readAlerts(network: Network, options: AlertOptions = {}): Promise<AlertPage> {
  const refused: NodeRefusal[] = []
  for (const node of await nodesOf(network, options.nodeId)) {
    const page = await pageOf(network, node, options)
    if (!('code' in page)) return page
    refused.push(page)
  }
  const why = refused.map(({ nodeId, code }) => `node ${nodeId}: ${code}`).join(', ')
  throw new SdkError(
    'dsecret.unreachable',
    `no dsecret node shows its alerts (${why || 'no committee is active'})`,
    { retryable: true },
  )
}

/**
 * Calls `onPage` with the newest alerts, then with what is new, until the signal; stays with the node that answered first. Throws
 * as `readAlerts` before the first page; later failures are tried again.
 */
export async function followAlerts(
  network: Network,
  onPage: (page: AlertPage) => void,
  options: AlertOptions & { readonly signal: AbortSignal },
): Promise<void> {
  const start = await readAlerts(network, options)
  onPage(start)
  let first = (start.alerts.at(-1)?.number ?? start.last) + 1
  while (!options.signal.aborted) {
    await pause(followMs, options.signal).catch(() => undefined)
    if (options.signal.aborted) return
    try {
      const page = await readAlerts(network, { ...options, nodeId: start.nodeId, first })
      if (page.alerts.length === 0) continue
      onPage(page)
      first = (page.alerts.at(-1)?.number ?? first - 1) + 1
    } catch (error) {
      if (!(error instanceof SdkError) || !error.retryable) throw error
    }
  }
}

async function nodesOf(network: Network, nodeId: bigint | undefined): Promise<NodeRecord[]> {
  const { number: at } = await network.reader.finalized()
  const nodes = await network.reader.nodes(at)
  if (nodeId === undefined) {
    const { members } = await network.reader.committee(at)
    return nodes.filter((node) => members.includes(node.nodeId))
  }
  const node = nodes.find((one) => one.nodeId === nodeId)
  if (node !== undefined) return [node]
  throw new SdkError(
    'node.unknown',
    `there is no dsecret node ${nodeId} on this network: \`wetee dsecret list\` shows all`,
  )
}

async function pageOf(
  network: Network,
  node: NodeRecord,
  { first, count = 32, signal }: AlertOptions,
): Promise<AlertPage | NodeRefusal> {
  const start = first ?? 1
  const page = await ask(network, node, `first=${start}&count=${count}`, signal)
  if ('code' in page || first !== undefined) return page
  const newest = page.last - count + 1
  const isShown = page.alerts.some((alert) => alert.number === page.last)
  if (isShown || newest <= 1) return page
  return ask(network, node, `first=${newest}&count=${count}`, signal)
}

async function ask(
  network: Network,
  node: NodeRecord,
  query: string,
  signal?: AbortSignal,
): Promise<AlertPage | NodeRefusal> {
  const { nodeId } = node
  const answer = await callNode(node, `/v1/alerts?${query}`, (url) =>
    network.transport.get(url, {
      ...{ maxBytes: maxAnswerBytes, timeoutMs },
      ...(signal === undefined ? {} : { signal }),
    }),
  )
  if (!answer.ok) return answer.refusal
  const parsed = pageSchema.safeParse(jsonOf(answer.body))
  if (parsed.success) return { nodeId, ...parsed.data, pinned: answer.pinned }
  return { nodeId, code: 'node.answer-invalid', message: 'what it shows are no alerts' }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
