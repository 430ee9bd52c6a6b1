// Reads of the Keys contract behind the ChainView port: the network's key, sessions, their messages. Network I/O through viem.
import { keysAbi, readLiveKeys, quorumAbi, type Chain, type ChainEvent } from '@wetee/chain'
import { codeOf } from '@wetee/daemon'
import { toFunctionSelector } from 'viem'
import type { ChainView, Hex, MessageKind, SessionEvent, SessionPhase } from './chain-view.ts'
import { eventsOf, inconsistent, readsOf } from './reads.ts'

/** The part of the port that is answered here. */
export type KeysView = SessionView &
  Pick<ChainView, 'committee' | 'activation' | 'liveKeys' | 'calldata' | 'isRenewalDue'>

type SessionView = Pick<ChainView, 'sessionOf' | 'session' | 'sessionEvents' | 'confirmation'>

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
/** Several bodies and a proof fit; what comes after is not read: everybody cuts at the same place. */
const MAX_CALLDATA_BYTES = 262_144

/** Reads of `chain`; all throw ChainError. Where the profile has no `keys` contract there are no sessions. */
export function keysView(chain: Chain): KeysView {
  const { keys } = chain.profile.contracts
  return {
    ...committeeView(chain),
    ...(keys === undefined ? withoutSessions : sessionView(chain, keys)),
  }
}

function committeeView(chain: Chain): Omit<KeysView, keyof SessionView> {
  const { client, profile } = chain
  const quorum = { address: profile.contracts.quorum, abi: quorumAbi } as const
  const { read, optional } = readsOf(chain)
  return {
    async committee(epoch, blockNumber) {
      const call = { ...quorum, functionName: 'committee', args: [epoch], blockNumber } as const
      const found = await optional(['EpochUnknown'], 'read a committee', client.readContract(call))
      return found && { epoch, members: found[0], threshold: found[1] }
    },
    async activation(blockNumber) {
      const call = { ...quorum, blockNumber } as const
      const both = Promise.all([
        client.readContract({ ...call, functionName: 'activatedAt' }),
        client.readContract({ ...call, functionName: 'previousEpoch' }),
      ])
      const [activatedAt, previousEpoch] = await read('read when the committee began', both)
      return { activatedAt, previousEpoch }
    },
    async liveKeys(blockNumber) {
      const found = await readLiveKeys(chain, blockNumber)
      if (found.some(({ Y, S }) => Y.length !== KEY_HEX_LENGTH || S.length !== KEY_HEX_LENGTH))
        throw inconsistent('a key of the network has not 33 bytes')
      return found
    },
    async calldata(hash) {
      const { input } = await read('read a transaction', client.getTransaction({ hash }))
      return input.slice(0, 2 + 2 * MAX_CALLDATA_BYTES) as Hex
    },
    async isRenewalDue(blockNumber) {
      const data = toFunctionSelector('function renewCommittee()')
      try {
        const call = client.call({ to: quorum.address, data, blockNumber })
        await read('try to renew the committee', call)
        return true
      } catch (error) {
        if (codeOf(error).startsWith('contract.')) return false
        throw error
      }
    },
  }
}

function sessionView(chain: Chain, address: Hex): SessionView {
  const { client } = chain
  const keys = { address, abi: keysAbi } as const
  const { read, optional } = readsOf(chain)
  return {
    sessionOf(epoch, blockNumber) {
      const call = { ...keys, functionName: 'sessionOf', args: [epoch], blockNumber } as const
      return read('read the session of an epoch', client.readContract(call))
    },
    async session(number, blockNumber) {
      const call = { ...keys, functionName: 'session', args: [number], blockNumber } as const
      const found = await optional(['SessionUnknown'], 'read a session', client.readContract(call))
      const phase = PHASES[found?.phase ?? 0]
      return found === undefined || phase === undefined ? undefined : { ...found, number, phase }
    },
    sessionEvents: (number, from, to) => sessionEvents(chain, address, { number, from, to }),
    async confirmation(epoch, blockNumber) {
      const call = { ...keys, functionName: 'confirmation', args: [epoch], blockNumber } as const
      const found = await read('read a confirmation', client.readContract(call))
      return found.session === 0n || found.transcriptDigest === NO_DIGEST ? undefined : found
    },
  }
}

const withoutSessions: SessionView = {
  sessionOf: () => Promise.resolve(0n),
  session: () => Promise.resolve(undefined),
  sessionEvents: () => Promise.resolve([]),
  confirmation: () => Promise.resolve(undefined),
}

async function sessionEvents(
  chain: Chain,
  address: Hex,
  { number, from, to }: { readonly number: bigint; readonly from: bigint; readonly to: bigint },
): Promise<readonly SessionEvent[]> {
  const events = await eventsOf(chain, [{ address, abi: keysAbi }], from, to)
  return events.flatMap((event) => messageOf(event, number) ?? [])
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
