// Reads of the Keys contract behind the ChainView port: the network's key, sessions, their messages. Network I/O through viem.
import {
  ChainError,
  keysAbi,
  readLiveKeys,
  quorumAbi,
  readEventRange,
  toChainError,
  type Chain,
  type ChainEvent,
} from '@wetee/chain'
import { codeOf } from '@wetee/daemon'
import { toFunctionSelector } from 'viem'
import type { ChainView, Hex, MessageKind, SessionEvent, SessionPhase } from './chain-view.ts'

/** The part of the port that is answered here. */
export type KeysView = Pick<
  ChainView,
  | 'committee'
  | 'activation'
  | 'liveKeys'
  | 'sessionOf'
  | 'session'
  | 'sessionEvents'
  | 'calldata'
  | 'confirmation'
  | 'isRenewalDue'
>

/** `IKeys.Phase`. */
const PHASES: readonly (SessionPhase | undefined)[] = [
  undefined,
  'register',
  'deal',
  'complain',
  'reveal',
  'recover',
  'confirm',
  'confirmed',
  'expired',
]
/** Who speaks in an event, and about whom. */
const MESSAGES: Readonly<Record<string, readonly [MessageKind, sender: string, subject?: string]>> =
  {
    Registered: ['register', 'member'],
    Dealt: ['deal', 'dealer'],
    Complained: ['complain', 'complainer', 'dealer'],
    Revealed: ['reveal', 'dealer'],
    Recovered: ['recover', 'member', 'dealer'],
  }
const NO_DIGEST: Hex = `0x${'00'.repeat(32)}`
const KEY_HEX_LENGTH = 2 + 2 * 33
/** Largest range of one read of events, blocks; halved while the RPC refuses. */
const MAX_RANGE_BLOCKS = 1_000n
/** Several bodies and a proof fit; what comes after is not read: everybody cuts at the same place. */
const MAX_CALLDATA_BYTES = 262_144

/** Reads of `chain`; all throw ChainError. */
export function keysView(chain: Chain): KeysView {
  const { client, profile, signal } = chain
  const { keys: address, quorum } = profile.contracts
  const read = async <T>(doing: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call()
    } catch (cause) {
      throw toChainError(cause, doing, signal)
    }
  }
  const optional = async <T>(error: string, doing: string, call: () => Promise<T>) => {
    try {
      return await read(doing, call)
    } catch (cause) {
      if (codeOf(cause) === `contract.${error}`) return undefined
      throw cause
    }
  }
  const keys = { address: address ?? quorum, abi: keysAbi } as const
  return {
    async committee(epoch, blockNumber) {
      const call = { address: quorum, abi: quorumAbi, functionName: 'committee' } as const
      const found = await optional('EpochUnknown', 'read a committee', () =>
        client.readContract({ ...call, args: [epoch], blockNumber }),
      )
      return found && { epoch, members: found[0], threshold: found[1] }
    },
    async activation(blockNumber) {
      const call = { address: quorum, abi: quorumAbi, blockNumber } as const
      const [activatedAt, previousEpoch] = await read('read when the committee began', () =>
        Promise.all([
          client.readContract({ ...call, functionName: 'activatedAt' }),
          client.readContract({ ...call, functionName: 'previousEpoch' }),
        ]),
      )
      return { activatedAt, previousEpoch }
    },
    async liveKeys(blockNumber) {
      const found = await readLiveKeys(chain, blockNumber)
      if (found.some(({ Y, S }) => Y.length !== KEY_HEX_LENGTH || S.length !== KEY_HEX_LENGTH))
        throw inconsistent('a key of the network has not 33 bytes')
      return found
    },
    async sessionOf(epoch, blockNumber) {
      if (address === undefined) return 0n
      const call = { ...keys, functionName: 'sessionOf', args: [epoch], blockNumber } as const
      return read('read the session of an epoch', () => client.readContract(call))
    },
    async session(number, blockNumber) {
      if (address === undefined) return undefined
      const call = { ...keys, functionName: 'session', args: [number], blockNumber } as const
      const found = await optional('SessionUnknown', 'read a session', () =>
        client.readContract(call),
      )
      const phase = PHASES[found?.phase ?? 0]
      return found === undefined || phase === undefined ? undefined : { ...found, number, phase }
    },
    sessionEvents: (number, from, to) =>
      address === undefined ? Promise.resolve([]) : sessionEvents(chain, { number, from, to }),
    async calldata(hash) {
      const { input } = await read('read a transaction', () => client.getTransaction({ hash }))
      return input.slice(0, 2 + 2 * MAX_CALLDATA_BYTES) as Hex
    },
    async confirmation(epoch, blockNumber) {
      if (address === undefined) return undefined
      const call = { ...keys, functionName: 'confirmation', args: [epoch], blockNumber } as const
      const found = await read('read a confirmation', () => client.readContract(call))
      return found.session === 0n || found.transcriptDigest === NO_DIGEST ? undefined : found
    },
    async isRenewalDue(blockNumber) {
      const data = toFunctionSelector('function renewCommittee()')
      try {
        await read('try to renew the committee', () =>
          client.call({ to: quorum, data, blockNumber }),
        )
        return true
      } catch (error) {
        if (codeOf(error).startsWith('contract.')) return false
        throw error
      }
    },
  }
}

async function sessionEvents(
  chain: Chain,
  { number, from, to }: { readonly number: bigint; readonly from: bigint; readonly to: bigint },
): Promise<readonly SessionEvent[]> {
  const contracts = [{ address: chain.profile.contracts.keys!, abi: keysAbi }]
  const found: SessionEvent[] = []
  let range = MAX_RANGE_BLOCKS
  for (let first = from; first <= to;) {
    const last = first + range - 1n < to ? first + range - 1n : to
    const read = await readEventRange(chain, contracts, first, last)
    if (read === undefined) {
      if (first === last) throw inconsistent(`the RPC refuses the events of block ${first}`)
      range = (last - first + 1n) / 2n
      continue
    }
    for (const event of read.events) {
      const message = messageOf(event, number)
      if (message !== undefined) found.push(message)
    }
    first = last + 1n
  }
  return found
}

function messageOf(
  { eventName, args, blockNumber, transactionHash }: ChainEvent,
  session: bigint,
): SessionEvent | undefined {
  const [kind, sender, subject] = MESSAGES[eventName] ?? []
  if (kind === undefined || sender === undefined || args['session'] !== session) return undefined
  return {
    kind,
    sender: Number(args[sender]),
    subject: subject === undefined ? 0 : Number(args[subject]),
    bodyDigest: args['bodyDigest'] as Hex,
    blockNumber,
    transactionHash,
  }
}

function inconsistent(why: string): ChainError {
  return new ChainError(
    'chain.inconsistent',
    `the answers of the RPC do not fit together: ${why}`,
    {
      retryable: true,
    },
  )
}
