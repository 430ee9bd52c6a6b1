// Nodes that make keys together on a local chain: registered, proven by signatures that the test makes, each a process. Starts processes.
import { createPrivateKey } from 'node:crypto'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bytesToHex, parseEther, toHex, type Hex } from 'viem'
import {
  assembleSignatures,
  keysAbi,
  nodeProofBatchTypedData,
  openChain,
  parseNetworkProfile,
  quorumAbi,
  subnetAbi,
  type NetworkProfile,
} from '@wetee/chain'
import { deployContracts } from '@wetee/contracts/deploy'
import { openEpochNodeKeys, type EpochNodeOptions } from '@wetee/dsecret/testing'
import { sessionPhases, type SessionPhase } from '@wetee/sdk'
import { requestPinned } from '@wetee/tls'
import { anvilAccount, startAnvil, type LocalAnvil } from './local-anvil.ts'

const digest = (id: number): Hex => toHex(id, { size: 32 })
const measurementId = digest(0x12)
/** Ends of phases, seconds: of register, deal and reveal nobody waits for them when all are there. */
export type Windows = Record<
  | 'registerSeconds'
  | 'dealSeconds'
  | 'complainSeconds'
  | 'revealSeconds'
  | 'recoverSeconds'
  | 'confirmSeconds',
  number
>
/** There is time for a node that is killed to start again. */
export const patientWindows: Windows = {
  registerSeconds: 40,
  dealSeconds: 40,
  complainSeconds: 4,
  revealSeconds: 40,
  recoverSeconds: 12,
  confirmSeconds: 120,
}

type Node = Awaited<ReturnType<typeof openEpochNodeKeys>> & {
  readonly options: EpochNodeOptions
  child?: ChildProcess
}

/** A running network; node n has the id n. */
export class EpochNetwork {
  readonly profile: NetworkProfile
  readonly anvil: LocalAnvil
  readonly folder: string
  readonly #nodes: Node[] = []

  private constructor(anvil: LocalAnvil, profile: NetworkProfile, folder: string) {
    this.anvil = anvil
    this.profile = profile
    this.folder = folder
  }

  /** Deploys the contracts and registers `size` nodes; nothing runs yet. */
  static async start(size: number): Promise<EpochNetwork> {
    const anvil = await startAnvil(1)
    const contracts = await deployContracts({
      publicClient: anvil.client as never,
      walletClient: anvil.client as never,
      parameters: {
        kind: 'development',
        simulated: true,
        trustStoreDigest: digest(0x10),
        treasury: anvilAccount(9).address,
      },
    })
    const profile = parseNetworkProfile(
      JSON.stringify({
        ...{ name: 'epochs', kind: 'development', simulated: true, chainId: 31_337 },
        ...{ rpcUrls: [anvil.rpcUrl], deployBlock: '0', trustRoots: [], finalityBlocks: 2 },
        contracts,
      }),
    )
    const folder = mkdtempSync(join(tmpdir(), 'wetee-epochs-'))
    const network = new EpochNetwork(anvil, profile, folder)
    await network.send('subnet', 'setReferenceValue', [2, measurementId, 1, 1, 0n])
    await network.setWindows(patientWindows)
    for (let n = 1; n <= size; n++) await network.#register(n)
    return network
  }

  /** Blocks come by themselves from now on, one each second. */
  async mine(): Promise<void> {
    await this.anvil.client.setAutomine(false)
    await this.anvil.client.setIntervalMining({ interval: 1 })
  }

  /** Sends a call of the admin's and waits; throws when it was refused. */
  async send(
    contract: 'subnet' | 'quorum' | 'keys',
    functionName: string,
    args: readonly unknown[],
    options: { readonly from?: number; readonly value?: bigint } = {},
  ): Promise<void> {
    const abi = { subnet: subnetAbi, quorum: quorumAbi, keys: keysAbi }[contract]
    const { client } = this.anvil
    const hash = await client.writeContract({
      ...{ address: this.profile.contracts[contract], abi, functionName, args },
      ...{ account: anvilAccount(options.from ?? 0), value: options.value ?? 0n },
    } as never)
    const { status } = await client.waitForTransactionReceipt({ hash })
    if (status !== 'success') throw new Error(`${functionName} was refused in ${hash}`)
  }

  /** Other windows, for sessions that are opened from now on. */
  setWindows(windows: Windows): Promise<void> {
    return this.send('keys', 'setWindows', [windows])
  }

  /** The newest session, not final yet perhaps, and its phase; 0 and `none` before there is one. */
  async session(): Promise<{ readonly number: bigint; readonly phase: SessionPhase }> {
    const { client } = this.anvil
    const at = { address: this.profile.contracts.keys ?? '0x', abi: keysAbi } as const
    const number = await client.readContract({ ...at, functionName: 'sessionCount' })
    if (number === 0n) return { number, phase: 'none' }
    const args = [number] as const
    const { phase } = await client.readContract({ ...at, functionName: 'session', args })
    return { number, phase: sessionPhases[phase] ?? 'none' }
  }

  /** Long-term secrets of all nodes: what no log and no file may show. */
  secretKeys(): Uint8Array[] {
    return this.#nodes.map(({ keys }) => {
      const { d } = createPrivateKey(keys.tls.keyPem).export({ format: 'jwk' })
      return Buffer.from(d ?? '', 'base64url')
    })
  }

  /** Reads of the newest finalized state. */
  async read(contract: 'quorum' | 'keys', functionName: string, args: readonly unknown[] = []) {
    const chain = openChain(this.profile)
    const { number: blockNumber } = await chain.finalized()
    const abi = { quorum: quorumAbi, keys: keysAbi }[contract]
    const address = this.profile.contracts[contract]
    return chain.client.readContract({ address, abi, functionName, args, blockNumber } as never)
  }

  /** A live proof of node n's machine, signed by the first of those members as many as are needed. */
  async prove(n: number, signers: readonly number[], epoch: bigint): Promise<void> {
    const node = this.#node(n)
    const { statementKey, encryptionKey, tlsKeyHash } = node.registration
    const { number, timestamp } = await this.anvil.client.getBlock()
    await this.anvil.client.mine({ blocks: 1 })
    const proof = {
      ...{ role: 2, nodeId: BigInt(n), platformId: digest(0x100 + n), statementKey },
      ...{ encryptionKey, tlsKeyHash, measurementId },
      ...{ evidenceBlock: number, notBefore: timestamp, notAfter: timestamp + 3_600n },
      evidenceDigest: digest(Number(number) * 0x100 + n),
    }
    const batch = { epoch, expiry: proof.notAfter, proofs: [proof] }
    const data = nodeProofBatchTypedData(this.profile, batch)
    const parts = await Promise.all(
      signers.map(async (signer, index) => ({
        index,
        signature: await this.#node(signer).keys.statement.signTypedData(data),
      })),
    )
    const signed = { epoch, expiry: batch.expiry, ...assembleSignatures(parts) }
    await this.send('subnet', 'proveNodes', [[proof], [''], signed], { from: n })
  }

  /** Starts the process of node n, or starts it again. */
  run(n: number): void {
    const node = this.#node(n)
    const file = join(this.folder, `node-${n}.json`)
    writeFileSync(file, JSON.stringify(node.options), { mode: 0o600 })
    const log = openSync(this.log(n), 'a')
    const main = join(import.meta.dirname, 'epoch-node-process.ts')
    node.child = spawn(process.execPath, [main, file], { stdio: ['ignore', log, log] })
  }

  /** The log of node n. */
  log(n: number): string {
    return join(this.folder, `node-${n}.log`)
  }

  /** Ends the process of node n with SIGKILL. */
  async kill(n: number): Promise<void> {
    const { child } = this.#node(n)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  /** Where node n keeps its state. */
  stateDir(n: number): string {
    return this.#node(n).options.stateDir
  }

  /** Asks node n; undefined while it does not answer. */
  async ask(n: number, path: string): Promise<{ status: number; json: unknown } | undefined> {
    const { options, registration } = this.#node(n)
    try {
      const { status, body } = await requestPinned({
        ...{ connect: { host: '127.0.0.1', port: options.port }, method: 'GET', path },
        ...{ tlsKeyHash: registration.tlsKeyHash, maxBytes: 262_144, timeoutMs: 2_000 },
      })
      return { status, json: JSON.parse(Buffer.from(body).toString('utf8')) as unknown }
    } catch {
      return undefined
    }
  }

  /** The epoch whose share node n holds; undefined for none. */
  async heldBy(n: number): Promise<number | undefined> {
    const answer = (await this.ask(n, '/health'))?.json as
      | { conditions: { code: string; text: string }[] }
      | undefined
    const held = answer?.conditions.find(({ code }) => code === 'test.holds')
    const epoch = /^epoch (\d+)/.exec(held?.text ?? '')?.[1]
    return epoch === undefined ? undefined : Number(epoch)
  }

  /** Last lines of every node's log, for a test that fails. */
  logs(): string {
    return this.#nodes
      .map((_, at) => {
        const lines = readFileSync(this.log(at + 1), { encoding: 'utf8', flag: 'a+' })
          .trim()
          .split('\n')
        return `node ${at + 1}\n${lines.slice(-25).join('\n')}`
      })
      .join('\n\n')
  }

  /** Ends everything. */
  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((_, at) => this.kill(at + 1)))
    await this.anvil.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #node(n: number): Node {
    const node = this.#nodes[n - 1]
    if (node === undefined) throw new Error(`node ${n}: there are ${this.#nodes.length}`)
    return node
  }

  async #register(n: number): Promise<void> {
    const stateDir = join(this.folder, `node-${n}`)
    const secret = anvilAccount(n).getHdKey().privateKey
    const operatorKey = bytesToHex(secret ?? new Uint8Array())
    const port = await freePort()
    const { profile } = this
    const owner = anvilAccount(n).address
    const made = await openEpochNodeKeys({ profile, stateDir, operatorKey, owner })
    const options = { profile, nodeId: String(n), stateDir, operatorKey, port }
    this.#nodes.push({ ...made, options })
    const args = [owner, made.registration, `https://127.0.0.1:${port}`]
    await this.send('subnet', 'registerNode', args, { from: n, value: parseEther('10') })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
