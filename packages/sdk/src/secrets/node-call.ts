// Calls of the dsecret nodes: where they are, whose key answers there, and what a refusal says. Network I/O by the transport.
import { z } from 'zod'
import { codedError } from '../contract-error.ts'
import type { NodeRecord } from '../reader.ts'
import type { TransportAnswer } from '../transport.ts'
import { joinUrl } from '../worker-api.ts'

/** A node that did not do it, and why. */
export type NodeRefusal = {
  readonly nodeId: bigint
  readonly code: string
  readonly message: string
}

/** An answer with status 200, or why there is none. */
export type NodeAnswer =
  | { readonly ok: true; readonly body: Uint8Array; readonly pinned: boolean }
  | { readonly ok: false; readonly refusal: NodeRefusal }

const refusalSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) })
/** What a node says is shown to people. */
const maxMessage = 500

/**
 * What `ask` gets from a node at a path, if the node's registered TLS key answered; `pinned` is false where the platform cannot see
 * that key. A connection that fails becomes a refusal; throws `aborted`, and whatever has no code.
 */
export async function callNode(
  { nodeId, endpoint, tlsKeyHash }: NodeRecord,
  path: string,
  ask: (url: string) => Promise<TransportAnswer>,
): Promise<NodeAnswer> {
  const base = endpoint.includes('://') ? endpoint : `https://${endpoint}`
  const refuse = (code: string, message: string): NodeAnswer => ({
    ok: false,
    refusal: { nodeId, code, message },
  })
  let answer: TransportAnswer
  try {
    answer = await ask(joinUrl(base, path))
  } catch (cause) {
    const coded = codedError(cause)
    if (coded === undefined || coded.code === 'aborted') throw cause
    return refuse(coded.code, coded.message)
  }
  if (answer.tlsKeyHash !== undefined && answer.tlsKeyHash !== tlsKeyHash.toLowerCase())
    return refuse(
      'node.key-differs',
      'whoever answers at its address has another TLS key than the node on chain',
    )
  if (answer.status === 200)
    return { ok: true, body: answer.body, pinned: answer.tlsKeyHash !== undefined }
  const { code, message } = refusalOf(answer.status, answer.body)
  return refuse(code, message)
}

function refusalOf(status: number, body: Uint8Array): { code: string; message: string } {
  try {
    const parsed = refusalSchema.safeParse(JSON.parse(new TextDecoder().decode(body)))
    if (parsed.success) {
      const { code, message } = parsed.data.error
      return { code: code.slice(0, 100), message: message.slice(0, maxMessage) }
    }
  } catch {
    // Not JSON: said below.
  }
  return { code: 'node.answer-invalid', message: `status ${status} without a code` }
}
