// What the Keys and Secrets contracts of the world in memory answer over an RPC. For tests; no I/O.
import { keysAbi, secretsAbi } from '@wetee/chain'
import {
  encodeAbiParameters,
  encodeErrorResult,
  encodeEventTopics,
  numberToHex,
  zeroAddress,
  type Abi,
  type Hex,
} from 'viem'
import type { SessionEvent } from '../chain/chain-view.ts'
import { blockOf, grantKey, liveKeysOf, secretKey, testNetwork, type World } from './memory-view.ts'

/** A custom error of a contract. */
export class Revert extends Error {
  readonly code = 3
  readonly data: Hex

  constructor(abi: Abi, errorName: string, args: readonly unknown[]) {
    super('execution reverted')
    this.data = encodeErrorResult({ abi, errorName, args })
  }
}

/** Answers of a contract by function name; unknown ids revert as in the contracts. */
export type Answers = Record<
  string,
  (world: World, args: readonly unknown[], at: bigint) => unknown
>

const zeroHash: Hex = `0x${'00'.repeat(32)}`
const phases = [
  '',
  'register',
  'deal',
  'complain',
  'reveal',
  'recover',
  'confirm',
  'confirmed',
  'expired',
]
const noVersion = {
  ciphertextDigest: zeroHash,
  policyDigest: zeroHash,
  owner: zeroAddress,
  setAt: 0n,
  key: 0,
}

/** Keys.sol. */
export const keysAnswers: Answers = {
  liveKeys: (world) =>
    liveKeysOf(world).map(({ Y, S, ...rest }) => ({
      ...rest,
      encryptionKey: Y,
      verificationKey: S,
    })),
  sessionOf: ({ sessions }, [epoch]) =>
    [...sessions.values()].findLast((session) => session.epoch === epoch)?.number ?? 0n,
  session: ({ sessions }, [number]) => {
    const found = sessions.get(number as bigint)
    if (found === undefined) throw new Revert(keysAbi, 'SessionUnknown', [number])
    return {
      ...found,
      phase: phases.indexOf(found.phase),
      registered: 3,
      dealers: 3,
      dealt: 0,
      revealed: 0,
    }
  },
  confirmation: ({ confirmations }, [epoch]) =>
    confirmations.get(epoch as bigint) ?? {
      session: 0n,
      key: 0,
      sessionId: zeroHash,
      transcriptDigest: zeroHash,
    },
}

/** Secrets.sol. */
export const secretsAnswers: Answers = {
  secret: ({ secrets }, [appId, name]) =>
    secrets.get(secretKey(appId as bigint, name as string)) ?? {
      name,
      current: 0,
      latest: 0,
      version: noVersion,
    },
  secretUnder: (world, [appId, name, key]) =>
    [world.secrets, world.secretsUnderOlder]
      .map((secrets) => secrets.get(secretKey(appId as bigint, name as string)))
      .find((secret) => secret?.version.key === key) ?? {
      name,
      current: 0,
      latest: 0,
      version: noVersion,
    },
  version: ({ secretVersions }, [appId, name, number]) => {
    const found = secretVersions.get(secretKey(appId as bigint, name as string, number as number))
    if (found === undefined) throw new Revert(secretsAbi, 'VersionUnknown', [number])
    return found
  },
  secretOf: ({ ciphertexts }, [digest]) => {
    const found = ciphertexts.get(digest as Hex)
    return found === undefined ? [0n, '', 0] : [found.appId, found.name, found.version]
  },
  isGranted: ({ grants }, [appId, name, readerAppId, manifestDigest]) =>
    grants.has(
      grantKey(
        { appId: appId as bigint, name: name as string },
        { appId: readerAppId as bigint, manifestDigest: manifestDigest as Hex },
      ),
    ),
  receiptsPosted: ({ receiptsPosted }, [nodeId]) => receiptsPosted.get(nodeId as bigint) ?? 0n,
}

/** `eth_getLogs` of the Keys contract. */
export function keysLogs(world: World, from: bigint, to: bigint): unknown[] {
  return [...world.sessionEvents].flatMap(([session, events]) =>
    events
      .filter(({ blockNumber }) => blockNumber >= from && blockNumber <= to)
      .map((event, index) => logOf(world, session, event, index)),
  )
}

function logOf(world: World, session: bigint, event: SessionEvent, index: number) {
  const { kind, sender, subject, bodyDigest, blockNumber, transactionHash } = event
  const [eventName, args] = (
    {
      register: ['Registered', { session, member: sender }],
      deal: ['Dealt', { session, dealer: sender }],
      complain: ['Complained', { session, dealer: subject, complainer: sender }],
      reveal: ['Revealed', { session, dealer: sender }],
      recover: ['Recovered', { session, dealer: subject, member: sender }],
    } as const
  )[kind]
  return {
    address: testNetwork.contracts.keys,
    topics: encodeEventTopics({ abi: keysAbi, eventName, args }),
    data: encodeAbiParameters([{ type: 'bytes32' }], [bodyDigest]),
    blockNumber: numberToHex(blockNumber),
    blockHash: blockOf(world, blockNumber).hash,
    transactionHash,
    transactionIndex: '0x0',
    logIndex: numberToHex(index),
    removed: false,
  }
}
