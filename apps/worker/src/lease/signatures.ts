// Collects a quorum's signatures over one statement and checks each before it is used. Network I/O through `ask`.
import { hashTypedData, recoverAddress, type TypedDataDefinition } from 'viem'
import { assembleSignatures } from '@wetee/chain'
import type { Committee, Hex, Member, Signed } from '../chain/records.ts'
import { codeOf, messageOf } from '../worker-error.ts'
import { NodeRefusal, type NodeSignature } from './node-client.ts'

/** How a node's answer ended: signed, or why not. */
export type NodeOutcome = {
  readonly nodeId: bigint
  readonly kind: 'signed' | 'refused' | 'unreachable' | 'invalid'
  readonly code: string
  readonly text: string
}

/** `signed` is there when a threshold of valid signatures is. */
export type Collected = {
  readonly signed: Signed | undefined
  readonly outcomes: readonly NodeOutcome[]
}

/** What to collect. */
export type CollectOptions = {
  readonly committee: Committee
  /** Seconds; follows from the content, so honest nodes answer the same. */
  readonly expiry: bigint
  /** EIP-712 data of the statement. */
  readonly typedData: TypedDataDefinition
  readonly ask: (member: Member, signal: AbortSignal) => Promise<NodeSignature>
  readonly signal: AbortSignal
}

/** secp256k1 order / 2: the contract refuses larger `s`. */
const HALF_ORDER =
  0x7fff_ffff_ffff_ffff_ffff_ffff_ffff_ffff_5d57_6e73_57a4_501d_dfe9_2f46_681b_20a0n

/** Asks all members at once and ends with the first threshold of valid signatures, or when all have answered. */
export async function collectSignatures(options: CollectOptions): Promise<Collected> {
  const { committee, expiry } = options
  const digest = hashTypedData(options.typedData)
  const parts: { index: number; signature: Hex }[] = []
  const outcomes: NodeOutcome[] = []
  const enough = new AbortController()
  const signal = AbortSignal.any([options.signal, enough.signal])
  await Promise.all(
    committee.members.map(async (member) => {
      const outcome = await askMember(options, member, digest, signal)
      if (enough.signal.aborted) return
      outcomes.push(outcome.outcome)
      if (outcome.signature === undefined) return
      parts.push({ index: member.index, signature: outcome.signature })
      if (parts.length >= committee.threshold) enough.abort()
    }),
  )
  if (committee.threshold < 1 || parts.length < committee.threshold)
    return { signed: undefined, outcomes }
  const { bitmap, signatures } = assembleSignatures(parts)
  return { signed: { epoch: committee.epoch, expiry, bitmap, signatures }, outcomes }
}

async function askMember(
  { ask, committee, expiry }: CollectOptions,
  member: Member,
  digest: Hex,
  signal: AbortSignal,
): Promise<{ outcome: NodeOutcome; signature?: Hex }> {
  const { nodeId } = member
  try {
    const answer = await ask(member, signal)
    const wrong = await fault(answer, { committee, expiry, member, digest })
    if (wrong === undefined)
      return {
        outcome: { nodeId, kind: 'signed', code: 'ok', text: '' },
        signature: answer.signature,
      }
    return { outcome: { nodeId, kind: 'invalid', code: wrong.code, text: wrong.text } }
  } catch (error) {
    const kind = error instanceof NodeRefusal ? error.kind : 'unreachable'
    return { outcome: { nodeId, kind, code: codeOf(error), text: messageOf(error) } }
  }
}

/** What is wrong with an answer; one bad signature would make the contract revert the whole batch. */
async function fault(
  answer: NodeSignature,
  expected: { committee: Committee; expiry: bigint; member: Member; digest: Hex },
): Promise<{ code: string; text: string } | undefined> {
  const { committee, expiry, member, digest } = expected
  const who = `node ${member.nodeId}`
  if (answer.epoch !== committee.epoch)
    return {
      code: 'node.epoch-differs',
      text: `${who} signed for epoch ${answer.epoch}, active is ${committee.epoch}`,
    }
  if (answer.expiry !== expiry)
    return {
      code: 'node.expiry-differs',
      text: `${who} signed with expiry ${answer.expiry}, expected ${expiry}`,
    }
  const s = BigInt(`0x${answer.signature.slice(66, 130)}`)
  const v = Number.parseInt(answer.signature.slice(130, 132), 16)
  if (s > HALF_ORDER || (v !== 27 && v !== 28))
    return { code: 'node.signature-malleable', text: `${who}: s is not low or v not 27 or 28` }
  const signer = await recoverAddress({ hash: digest, signature: answer.signature }).catch(
    () => undefined,
  )
  if (signer?.toLowerCase() !== member.statementKey.toLowerCase())
    return {
      code: 'node.signature-wrong',
      text: `${who} signed with ${signer ?? 'no key'}, registered is ${member.statementKey}`,
    }
  return undefined
}
