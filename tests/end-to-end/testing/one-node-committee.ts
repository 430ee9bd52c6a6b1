// A network whose committee is one statement key that the test holds, so that machines and leases are signed without daemons.
import { concat, encodeAbiParameters, keccak256, parseAbiParameters, toHex, type Hex } from 'viem'
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import {
  cloudAbi,
  committeeConfirmedTypedData,
  keysAbi,
  leaseBatchTypedData,
  nodeKeysTypedData,
  nodeProofBatchTypedData,
  quorumAbi,
  sessionMessageTypedData,
  subnetAbi,
  type NetworkProfile,
  type NodeProof,
} from '@wetee/chain'
import { anvilAccount, type LocalAnvil } from './local-anvil.ts'

const digest = (id: number): Hex => toHex(id, { size: 32 })
const measurementId = digest(0x11)
const nodeMeasurementId = digest(0x12)
const tlsKeyHash = digest(0x13)
/** What the committee confirms of its key: Y, S, session id and transcript digest. */
export type Confirmed = {
  readonly networkKey: readonly [Hex, Hex]
  readonly session: Hex
  readonly transcriptDigest: Hex
}
/** Points of nobody: contracts look at their first byte and length alone, and no secret is sealed to them here. */
const nobody: Confirmed = {
  networkKey: [`0x02${'33'.repeat(32)}`, `0x03${'44'.repeat(32)}`],
  session: digest(0x50),
  transcriptDigest: digest(0x51),
}
/** Longer than the phase Complain of a development network, seconds. */
const pastComplaintsSeconds = 20
/** A worker's machine has none. */
const noEncryptionKey: Hex = `0x${'00'.repeat(33)}`

/** What the committee's key is asked to sign. */
export type Committee = {
  /** The statement key. */
  readonly account: PrivateKeyAccount
  /** Public keys with possession, as `dsecret --print-identity` prints them. */
  readonly nodeKeys: string
  /** The node with this number becomes the active committee. */
  start(nodeId: bigint): Promise<void>
  /** Keys of another node of the same owner and operator. */
  anotherNode(): Promise<{ readonly nodeKeys: string }>
  /** A live proof of the worker's machine; `operator` sends it. */
  proveWorker(workerId: bigint, operator: number): Promise<void>
  /** A live lease of one replica; its instance has this key, by default one that nobody knows. */
  lease(
    appId: bigint,
    version: number,
    replica: number,
    workerId: bigint,
    instanceKey?: Hex,
  ): Promise<void>
}

/** The admin of the network is account 0, which also owns the node. */
export async function oneNodeCommittee(
  anvil: LocalAnvil,
  profile: NetworkProfile,
  { networkKey, session: sessionId, transcriptDigest } = nobody,
): Promise<Committee> {
  const { client } = anvil
  const { subnet, quorum, cloud } = profile.contracts
  const keys = privateKeyToAccount(generatePrivateKey())
  const operator = anvilAccount(1).address
  const owner = anvilAccount(0).address
  const encryptionKey: Hex = `0x${'02'.repeat(33)}`
  const claim = { owner, operator, encryptionKey, tlsKeyHash }
  const identityOf = async (key: PrivateKeyAccount) => {
    const possession = await key.signTypedData(nodeKeysTypedData(profile, claim))
    return JSON.stringify({ statementKey: key.address, tlsKeyHash, encryptionKey, possession })
  }
  const done = async (hash: Promise<Hex>) => {
    const receipt = await client.waitForTransactionReceipt({ hash: await hash })
    if (receipt.status !== 'success')
      throw new Error(`transaction ${receipt.transactionHash} failed`)
  }
  const send = (address: Hex, abi: unknown, functionName: string, args: unknown[], from = 0) =>
    done(
      client.writeContract({
        address,
        abi,
        functionName,
        args,
        account: anvilAccount(from),
      } as never),
    )
  /** The block that evidence names, and how long what follows from it lasts. */
  const times = async (seconds: bigint) => {
    const { number, timestamp } = await client.getBlock()
    return { evidenceBlock: number, notBefore: timestamp, notAfter: timestamp + seconds }
  }
  const prove = async (proof: NodeProof, from: number) => {
    const batch = { epoch: 1n, expiry: proof.notAfter, proofs: [proof] }
    const signatures = await keys.signTypedData(nodeProofBatchTypedData(profile, batch))
    const signed = { epoch: 1n, expiry: batch.expiry, bitmap: 1n, signatures }
    await send(subnet, subnetAbi, 'proveNodes', [[proof], [''], signed], from)
  }
  /** The session of the first epoch by its one member: contracts do not look into what it says. */
  const makeKey = async (nodeId: bigint) => {
    const address = profile.contracts.keys
    if (address === undefined) throw new Error('the network makes keys')
    const [session, epoch] = [1n, 1n]
    await send(address, keysAbi, 'open', [epoch])
    const body = '0x01'
    for (const [kind, name] of [[1, 'register'] as const, [2, 'deal'] as const]) {
      const message = { session, kind, sender: 1, subject: 0, bodyDigest: keccak256(body) }
      const signature = await keys.signTypedData(sessionMessageTypedData(profile, message))
      await send(address, keysAbi, name, [session, 1, body, signature])
    }
    await client.increaseTime({ seconds: pastComplaintsSeconds })
    await client.mine({ blocks: 1 })
    const confirmed = {
      ...{ session: sessionId, epoch, threshold: 1, transcriptDigest },
      membersDigest: keccak256(encodeAbiParameters(parseAbiParameters('uint64[]'), [[nodeId]])),
      networkKeyDigest: keccak256(concat(networkKey)),
    }
    const signatures = await keys.signTypedData(committeeConfirmedTypedData(profile, confirmed))
    const { timestamp } = await client.getBlock()
    const signed = { epoch, expiry: timestamp + 3_600n, bitmap: 1n, signatures }
    await send(address, keysAbi, 'confirm', [session, confirmed, ...networkKey, signed])
  }
  const nodeProofSeconds = await client.readContract({
    address: subnet,
    abi: subnetAbi,
    functionName: 'nodeProofSeconds',
  })
  return {
    account: keys,
    nodeKeys: await identityOf(keys),
    anotherNode: async () => ({
      nodeKeys: await identityOf(privateKeyToAccount(generatePrivateKey())),
    }),
    start: async (nodeId) => {
      await send(subnet, subnetAbi, 'setReferenceValue', [1, measurementId, 1, 1, 0n])
      await send(subnet, subnetAbi, 'setReferenceValue', [2, nodeMeasurementId, 1, 1, 0n])
      await send(quorum, quorumAbi, 'nameCommittee', [[nodeId], 1])
      await client.mine({ blocks: 1 })
      const proof = {
        role: 2,
        nodeId,
        platformId: digest(0x20),
        statementKey: keys.address,
        encryptionKey,
        tlsKeyHash,
        measurementId: nodeMeasurementId,
        evidenceDigest: digest(0x21),
        ...(await times(nodeProofSeconds)),
      }
      await prove(proof, 0)
      await makeKey(nodeId)
      await send(quorum, quorumAbi, 'activate', [])
    },
    proveWorker: async (workerId, from) => {
      const proof = {
        role: 1,
        nodeId: workerId,
        platformId: digest(0x30),
        statementKey: anvilAccount(from).address,
        encryptionKey: noEncryptionKey,
        tlsKeyHash: digest(0),
        measurementId,
        evidenceDigest: digest(0x31),
        ...(await times(nodeProofSeconds)),
      }
      await prove(proof, from)
    },
    lease: async (appId, version, replica, workerId, instanceKey) => {
      const { maxLeaseSeconds } = await client.readContract({
        address: cloud,
        abi: cloudAbi,
        functionName: 'parameters',
      })
      const lease = {
        appId,
        version,
        replica,
        workerId,
        platformId: digest(0x30),
        instanceKey: instanceKey ?? privateKeyToAccount(generatePrivateKey()).address,
        hpkeKey: digest(0x40),
        tlsKeyHash: digest(0x41),
        measurementId,
        evidenceDigest: toHex(BigInt(Date.now()), { size: 32 }),
        ...(await times(maxLeaseSeconds)),
      }
      const batch = { epoch: 1n, expiry: lease.notAfter, leases: [lease] }
      const signatures = await keys.signTypedData(leaseBatchTypedData(profile, batch))
      const signed = { epoch: 1n, expiry: batch.expiry, bitmap: 1n, signatures }
      await send(cloud, cloudAbi, 'renew', [[lease], signed])
    },
  }
}
