// Reporting what a dsecret node did wrong, from a file: the contract judges it, slashes the node and pays whoever was first. Network I/O.
import type { Address, Hex } from 'viem'
import { recoverTypedDataAddress } from 'viem'
import { sessionMessageTypedData } from '@wetee/chain'
import { parseMisconduct, SecretsError, type Misconduct } from '@wetee/secrets'
import { callOf, type Call } from './contracts.ts'
import { SdkError } from './error.ts'
import { outcomeOf, type Intent } from './intent.ts'
import { formatDot } from './money.ts'
import type { Network } from './network.ts'
import { dsecretRole } from './reader.ts'

type Messages = Extract<Misconduct, { kind: 'messages' }>
type Release = Extract<Misconduct, { kind: 'release' }>

/**
 * The report of a misconduct file. Throws SdkError `misconduct.file-invalid`, `misconduct.wrong-network`, `misconduct.not-conflicting`,
 * `misconduct.node-unknown`, `misconduct.convicted`; whether it holds, only the contract says: simulate it.
 */
export async function planMisconductReport(network: Network, text: string): Promise<Intent> {
  const found = read(text)
  const { profile, reader } = network
  if (
    BigInt(found.chainId) !== BigInt(profile.chainId) ||
    found.quorum !== profile.contracts.quorum.toLowerCase()
  )
    throw new SdkError(
      'misconduct.wrong-network',
      `the file is about chain ${found.chainId} and Quorum ${found.quorum}, this network is ${profile.name}: give its profile`,
    )
  const { number } = await reader.finalized()
  const nodeId =
    found.kind === 'release'
      ? BigInt(found.signed.nodeId)
      : await nodeOfMessages(network, found, number)
  if (await reader.view('misconduct', 'isConvicted', [nodeId], number))
    throw new SdkError('misconduct.convicted', `node ${nodeId} was convicted already: once is all`)
  const [stake, rewardBps] = await Promise.all([
    reader.view('subnet', 'stake', [dsecretRole, nodeId], number),
    reader.view('misconduct', 'rewardBps', [], number),
  ])
  const rewardWei = (stake.bondedWei * BigInt(rewardBps)) / 10_000n
  return {
    id: 'dsecret.report',
    title: `Report dsecret node ${nodeId}`,
    facts: [
      ['Misconduct', wordsOf(found)],
      ['Slashed', `${formatDot(stake.bondedWei)}, everything that is bonded`],
      ['Reward', `about ${formatDot(rewardWei)} to whoever is first`],
      ...(found.kind === 'release'
        ? [['Becomes public', 'the wrong share that the node released'] as const]
        : []),
    ],
    calls: [
      found.kind === 'release' ? reportRelease(network, found) : reportMessages(network, found),
    ],
    outcome: outcomeOf('misconduct', 'NodeConvicted'),
  }
}

function read(text: string): Misconduct {
  try {
    return parseMisconduct(text)
  } catch (cause) {
    if (!(cause instanceof SecretsError)) throw cause
    throw new SdkError('misconduct.file-invalid', cause.message.slice(0, 500), { cause })
  }
}

/** The node whose key is under both. Throws where they do not contradict each other, or two have signed. */
async function nodeOfMessages(network: Network, { first, second }: Messages, at: bigint) {
  const place = ({ message }: Messages['first']) =>
    [message.session, message.kind, message.sender, message.subject].join('/')
  const same = first.message.bodyDigest === second.message.bodyDigest
  const [one, other] = await Promise.all([first, second].map((it) => signerOf(network, it)))
  if (place(first) !== place(second) || same || one !== other || one === undefined)
    throw new SdkError(
      'misconduct.not-conflicting',
      'expected two messages of one session, kind, sender and subject with different bodies, signed by one key',
    )
  const nodeId = await network.reader.view('subnet', 'nodeOfKey', [one], at)
  if (nodeId !== 0n) return nodeId
  throw new SdkError('misconduct.node-unknown', `${one} is the statement key of no dsecret node`)
}

async function signerOf(
  { profile }: Network,
  { message, signature }: Messages['first'],
): Promise<Address | undefined> {
  const data = sessionMessageTypedData(profile, { ...message, session: BigInt(message.session) })
  try {
    return await recoverTypedDataAddress({ ...data, signature: signature })
  } catch {
    return undefined
  }
}

function wordsOf(found: Misconduct): string {
  if (found.kind === 'messages') {
    const { session, sender } = found.first.message
    return `two different messages in session ${session}, as member ${sender}`
  }
  const { kind, count, epoch } = found.signed
  return `a wrong share of ${count} ${kind === 1 ? 'secrets' : 'derived keys'}, epoch ${epoch}`
}

function reportMessages({ profile }: Network, { first, second }: Messages): Call {
  const [one, other] = [first, second].map(({ message, signature }) => ({
    message: { ...message, session: BigInt(message.session) },
    signature: signature,
  })) as [SignedMessage, SignedMessage]
  return callOf(profile, 'misconduct', 'reportMessages', [one, other], { doing })
}

type SignedMessage = {
  readonly message: Omit<Messages['first']['message'], 'session'> & { readonly session: bigint }
  readonly signature: Hex
}

function reportRelease({ profile }: Network, { signed, hints }: Release): Call {
  const pointOf = ({ x, y }: { x: string; y: string }) => ({ x: BigInt(x), y: BigInt(y) })
  const accused = { ...signed, epoch: BigInt(signed.epoch), nodeId: BigInt(signed.nodeId) }
  const told = {
    ...hints,
    root: BigInt(hints.root),
    products: hints.products.map(pointOf),
    slopes: hints.slopes.map(BigInt),
    firstCommitment: pointOf(hints.firstCommitment),
    responseProduct: pointOf(hints.responseProduct),
    challengeProduct: pointOf(hints.challengeProduct),
  }
  return callOf(profile, 'misconduct', 'reportRelease', [accused, told], { doing })
}

const doing = 'report a dsecret node'
