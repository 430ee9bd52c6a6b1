// Deployment on a local chain, and statements signed with the documented EIP-712 types taken by the contracts. Starts anvil.
import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createPublicClient,
  createWalletClient,
  http,
  keccak256,
  parseEther,
  stringToHex,
  zeroHash,
  type Abi,
} from 'viem'
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts'
import { anvil } from 'viem/chains'
import { deployContracts, type ContractAddresses, type DeployParameters } from './deploy.ts'

const binary = join(import.meta.dirname, '../node_modules/.bin/anvil')
const field = (type: string, name: string) => ({ type, name })
const leaseTypes = {
  AttestationLease: [
    field('uint64', 'appId'),
    field('uint32', 'version'),
    field('uint16', 'replica'),
    field('uint64', 'workerId'),
    field('bytes32', 'platformId'),
    field('address', 'instanceKey'),
    field('bytes32', 'hpkeKey'),
    field('bytes32', 'tlsKeyHash'),
    field('bytes32', 'measurementId'),
    field('uint64', 'evidenceBlock'),
    field('uint64', 'notBefore'),
    field('uint64', 'notAfter'),
    field('bytes32', 'evidenceDigest'),
  ],
  LeaseBatch: [
    field('uint64', 'epoch'),
    field('uint64', 'expiry'),
    field('AttestationLease[]', 'leases'),
  ],
}
const proofTypes = {
  NodeProof: [
    field('uint16', 'role'),
    field('uint64', 'nodeId'),
    field('bytes32', 'platformId'),
    field('address', 'statementKey'),
    field('bytes', 'encryptionKey'),
    field('bytes32', 'tlsKeyHash'),
    field('bytes32', 'measurementId'),
    field('uint64', 'evidenceBlock'),
    field('uint64', 'notBefore'),
    field('uint64', 'notAfter'),
    field('bytes32', 'evidenceDigest'),
  ],
  NodeProofBatch: [
    field('uint64', 'epoch'),
    field('uint64', 'expiry'),
    field('NodeProof[]', 'proofs'),
  ],
}
const digest = (text: string) => keccak256(stringToHex(text))

/** A contract by its artifact: the tests of the bindings are elsewhere. */
function contractAt(name: string, address: `0x${string}`, { publicClient, walletClient }: Clients) {
  const path = join(import.meta.dirname, 'artifacts', `${name}.json`)
  const { abi } = JSON.parse(readFileSync(path, 'utf8')) as { abi: Abi }
  return {
    read: (functionName: string, args: unknown[] = []): Promise<unknown> =>
      publicClient.readContract({ address, abi, functionName, args }),
    write: async (functionName: string, args: unknown[], value = 0n) => {
      const hash = await walletClient.writeContract({ address, abi, functionName, args, value })
      const { status } = await publicClient.waitForTransactionReceipt({ hash })
      expect(status).toBe('success')
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function clients(port: number) {
  const transport = http(`http://127.0.0.1:${port}`, { retryCount: 40, retryDelay: 100 })
  const account = mnemonicToAccount('test test test test test test test test test test test junk')
  return {
    publicClient: createPublicClient({ chain: anvil, transport, pollingInterval: 20 }),
    walletClient: createWalletClient({ chain: anvil, transport, account }),
  }
}

type Clients = ReturnType<typeof clients>

describe.skipIf(!existsSync(binary))('deployment', () => {
  let chain: ChildProcess
  let connected: Clients
  let deployed: ContractAddresses
  let parameters: DeployParameters

  beforeAll(async () => {
    const port = await freePort()
    chain = spawn(binary, ['--port', String(port), '--silent'], { stdio: 'ignore' })
    connected = clients(port)
    parameters = {
      kind: 'development',
      simulated: true,
      trustStoreDigest: digest('roots'),
      treasury: connected.walletClient.account.address,
    }
    deployed = await deployContracts({ ...connected, parameters })
  })
  afterAll(() => void chain.kill())

  const transactionCount = () =>
    connected.publicClient.getTransactionCount({
      address: connected.walletClient.account.address,
    })

  it('links the three contracts and keeps what it was given', async () => {
    const subnet = contractAt('Subnet', deployed.subnet, connected)
    expect(await subnet.read('cloud')).toBe(deployed.cloud)
    expect(await subnet.read('kind')).toBe(0)
    expect(await subnet.read('trustStoreDigest')).toBe(parameters.trustStoreDigest)
  })

  it('sends nothing when everything is there', async () => {
    const before = await transactionCount()
    expect(await deployContracts({ ...connected, parameters, known: deployed })).toEqual(deployed)
    expect(await transactionCount()).toBe(before)
  })

  it('goes on where an earlier run stopped', async () => {
    const first = await deployContracts({ ...connected, parameters })
    const lines: string[] = []
    // Quorum and Subnet exist and are linked; a new Cloud cannot take the place of the one the Subnet knows.
    const { quorum, subnet } = first
    await expect(
      deployContracts({ ...connected, parameters, known: { quorum, subnet } }),
    ).rejects.toMatchObject({ code: 'deploy.mixed' })
    const missing = '0x00000000000000000000000000000000000000aa'
    const again = await deployContracts({
      ...connected,
      parameters,
      known: { quorum: missing },
      onStep: (line) => lines.push(line),
    })
    expect(again.quorum).not.toBe(missing)
    expect(lines).toHaveLength(5)
  })

  it('refuses addresses of two networks', async () => {
    const other = await deployContracts({ ...connected, parameters })
    await expect(
      deployContracts({ ...connected, parameters, known: { ...deployed, cloud: other.cloud } }),
    ).rejects.toMatchObject({ code: 'deploy.mixed' })
  })

  it('takes proofs and leases signed with the documented types', async () => {
    const { publicClient, walletClient } = connected
    const subnet = contractAt('Subnet', deployed.subnet, connected)
    const quorum = contractAt('Quorum', deployed.quorum, connected)
    const cloud = contractAt('Cloud', deployed.cloud, connected)
    const domain = {
      name: 'WeTEE',
      version: '1',
      chainId: anvil.id,
      verifyingContract: deployed.quorum,
    }
    const node = privateKeyToAccount(generatePrivateKey())
    const admin = walletClient.account.address
    const encryptionKey = `0x02${'11'.repeat(32)}` as const
    await subnet.write('setReferenceValue', [1, digest('agent'), 1, 0n])
    await subnet.write('setReferenceValue', [2, digest('node'), 1, 0n])
    await subnet.write(
      'registerNode',
      [admin, node.address, encryptionKey, digest('tls'), 'n:1'],
      parseEther('1'),
    )
    await quorum.write('nameCommittee', [[1n], 1])

    const evidence = async (lifetime: bigint) => {
      const block = await publicClient.getBlock()
      const hash = await walletClient.sendTransaction({ to: admin, value: 1n })
      await publicClient.waitForTransactionReceipt({ hash })
      return {
        evidenceBlock: block.number,
        notBefore: block.timestamp,
        notAfter: block.timestamp + lifetime,
        evidenceDigest: digest(`evidence ${block.number}`),
      }
    }
    const prove = async (role: 1 | 2) => {
      const worker = role === 1
      const proof = {
        role,
        nodeId: 1n,
        platformId: digest(`machine ${role}`),
        statementKey: worker ? admin : node.address,
        encryptionKey: worker ? (`0x${'00'.repeat(33)}` as const) : encryptionKey,
        tlsKeyHash: worker ? zeroHash : digest('tls'),
        measurementId: digest(worker ? 'agent' : 'node'),
        ...(await evidence((await subnet.read('nodeProofSeconds')) as bigint)),
      }
      const message = { epoch: 1n, expiry: proof.notAfter, proofs: [proof] }
      const types = proofTypes
      const signatures = await node.signTypedData({
        domain,
        types,
        primaryType: 'NodeProofBatch',
        message,
      })
      await subnet.write('proveNodes', [
        [proof],
        { epoch: 1n, expiry: proof.notAfter, bitmap: 1n, signatures },
      ])
    }
    await prove(2)
    await quorum.write('activate', [])
    const capacity = { cpuMilli: 4000, memoryMiB: 8192, diskMiB: 65_536, gpu: 0 }
    const prices = { cpuMilli: 1000n, memoryMiB: 1000n, diskMiB: 10n, gpu: 0n }
    await subnet.write('registerWorker', [admin, 1, 1, prices, capacity, 'w:1'], parseEther('1'))
    await prove(1)

    const terms = {
      replicas: 1,
      cpuMilli: 500,
      memoryMiB: 256,
      diskMiB: 0,
      gpu: 0,
      teeClasses: 1,
      level: 0,
      upgradeDelaySeconds: 0,
      graceSeconds: 60,
    }
    const name = digest('hello')
    await cloud.write(
      'create',
      [name, 1n, terms, stringToHex('{}'), parseEther('1')],
      parseEther('1'),
    )
    const instance = privateKeyToAccount(generatePrivateKey())
    const lease = {
      appId: 1n,
      version: 1,
      replica: 0,
      workerId: 1n,
      platformId: digest('machine 1'),
      instanceKey: instance.address,
      hpkeKey: digest('hpke'),
      tlsKeyHash: digest('instance tls'),
      measurementId: digest('agent'),
      ...(await evidence(300n)),
    }
    const message = { epoch: 1n, expiry: lease.notAfter, leases: [lease] }
    const signatures = await node.signTypedData({
      domain,
      types: leaseTypes,
      primaryType: 'LeaseBatch',
      message,
    })
    await cloud.write('renew', [
      [lease],
      { epoch: 1n, expiry: lease.notAfter, bitmap: 1n, signatures },
    ])
    expect(await cloud.read('isLeaseLive', [1n, instance.address])).toBe(true)
    expect(await cloud.read('lease', [1n, 0, 0])).toEqual(lease)
  })
})
