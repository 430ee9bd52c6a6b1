// Asks every dsecret node to appraise the evidence and counts equal answers. Does network I/O through the worker.
import type { Duplex } from 'node:stream'
import * as z from 'zod'
import { firstProblem } from '../launch/fields.ts'
import { errorFields, type Log } from '../log.ts'
import { callNode, NodeRefusal, type Node } from '../nodes/node-call.ts'
import { leaseMismatch, leaseSchema, leaseText, type ExpectedLease, type Lease } from './lease.ts'

/** What to ask, and whom. */
export type AppraisalRequest = {
  readonly nodes: readonly Node[]
  readonly threshold: number
  readonly evidenceText: string
  readonly operatorSignature: `0x${string}`
  readonly expected: ExpectedLease
  readonly tunnel: (host: string, signal: AbortSignal) => Promise<Duplex>
  readonly log: Log
  readonly signal: AbortSignal
  /** How long to wait for the others once the threshold has answered alike; default 2,000. */
  readonly graceMs?: number
}

/** The lease that at least the threshold named alike, and who did; `undefined` when there is none. */
export type AppraisalOutcome =
  | { readonly lease: Lease; readonly nodes: readonly bigint[] }
  | undefined

const MAX_ANSWER_BYTES = 65_536
const GRACE_MS = 2_000

const answerSchema = z.object({ lease: leaseSchema })

/** Asks all nodes at once; a node that fails is logged and not counted. */
export async function collectAppraisals(request: AppraisalRequest): Promise<AppraisalOutcome> {
  const votes = new Map<string, { lease: Lease; nodes: bigint[] }>()
  let reached: (() => void) | undefined
  const threshold = new Promise<void>((resolve) => (reached = resolve))
  const asked = request.nodes.map(async (node) => {
    try {
      const lease = await askNode(request, node)
      const vote = votes.get(leaseText(lease)) ?? { lease, nodes: [] }
      vote.nodes.push(node.nodeId)
      votes.set(leaseText(lease), vote)
      if (vote.nodes.length >= request.threshold) reached?.()
    } catch (error) {
      if (!request.signal.aborted)
        request.log.warn(
          { nodeId: String(node.nodeId), ...errorFields(error) },
          'node did not appraise',
        )
    }
  })
  const all = Promise.all(asked)
  let timer: NodeJS.Timeout | undefined
  const grace = threshold.then(
    () => new Promise((resolve) => (timer = setTimeout(resolve, request.graceMs ?? GRACE_MS))),
  )
  await Promise.race([all, grace])
  clearTimeout(timer)
  for (const { lease, nodes } of votes.values())
    if (nodes.length >= request.threshold)
      return { lease, nodes: [...nodes].sort((a, b) => (a < b ? -1 : 1)) }
  return undefined
}

async function askNode(request: AppraisalRequest, node: Node): Promise<Lease> {
  const answer = await callNode(request, node, {
    method: 'POST',
    path: '/v1/appraise',
    // The evidence is already JSON; it is sent as the bytes that were made.
    body: `{"evidence":${request.evidenceText},"operatorSignature":${JSON.stringify(request.operatorSignature)}}`,
    maxBytes: MAX_ANSWER_BYTES,
  })
  const parsed = answerSchema.safeParse(answer)
  if (!parsed.success) throw new NodeRefusal('node.answer-invalid', firstProblem(parsed.error))
  const mismatch = leaseMismatch(parsed.data.lease, request.expected)
  if (mismatch !== undefined)
    throw new NodeRefusal('node.lease-differs', `the lease names another ${mismatch}`)
  return parsed.data.lease
}
