// Deployment on a local chain: complete, resumed, refused, unsigned, handed over, checked. Starts anvil.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as Keystore from 'ox/Keystore'
import {
  createPublicClient,
  createWalletClient,
  custom,
  http,
  keccak256,
  parseEther,
  stringToHex,
  toHex,
  type Hex,
} from 'viem'
import { anvil } from 'viem/chains'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployContracts, type ContractAddresses, type DeployParameters } from './deploy.ts'
import { abiOf, readArtifact } from './deploy/artifacts.ts'
import { Journal, newDeployment, readDeployment } from './deploy/journal.ts'
import { runDeploy } from './deploy/main.ts'
import { parseParameters, resolveParameters, valuesOf } from './deploy/parameters.ts'
import type { UnsignedFile } from './deploy/unsigned.ts'
import { verifyHandOver } from './deploy/verify.ts'
import { roles } from './deploy/wirings.ts'
import { accounts, anvilAccount, anvilBinary, startAnvil, type LocalAnvil } from './local-anvil.ts'

/** Creations and wiring calls of a whole deployment. */
const transactions = 25
const trustStoreDigest = keccak256(stringToHex('roots'))

describe.skipIf(anvilBinary === undefined)('deployment', () => {
  let chain: LocalAnvil
  let rpcUrl: string
  let folder: string
  let nextAccount = 0

  beforeAll(async () => {
    chain = await startAnvil()
    ;({ rpcUrl } = chain)
    folder = mkdtempSync(join(tmpdir(), 'wetee-deploy-'))
  })
  afterAll(async () => {
    await chain.stop()
    rmSync(folder, { recursive: true })
  })

  /** An account that no other test uses, so that its nonces are this test's alone. */
  const clients = (index = nextAccount++) => chain.clients(index)
  const development: DeployParameters = { kind: 'development', simulated: true, trustStoreDigest }
  const stranger = anvilAccount(accounts - 1).address
  const test: DeployParameters = {
    kind: 'test',
    simulated: false,
    trustStoreDigest,
    tokenHolder: stranger,
    firstMembers: [stranger],
    guardian: stranger,
  }

  type Clients = ReturnType<typeof clients>
  const sentBy = ({ publicClient, account }: Clients) =>
    publicClient.getTransactionCount({ address: account.address })
  const read = (
    { publicClient }: Clients,
    contract: string,
    address: Hex,
    functionName: string,
    args: readonly unknown[] = [],
  ) =>
    publicClient.readContract({
      address,
      abi: abiOf(contract),
      functionName,
      args,
    })

  describe('of a development network', () => {
    let connected: Clients
    let deployed: ContractAddresses
    beforeAll(async () => {
      connected = clients()
      deployed = await deployContracts({ ...connected, parameters: development })
    })

    it('links the contracts and keeps what it was given', async () => {
      expect(await sentBy(connected)).toBe(transactions)
      expect(await read(connected, 'Subnet', deployed.subnet, 'cloud')).toBe(deployed.cloud)
      expect(await read(connected, 'Subnet', deployed.subnet, 'kind')).toBe(0)
      expect(await read(connected, 'Subnet', deployed.subnet, 'trustStoreDigest')).toBe(
        trustStoreDigest,
      )
      expect(await read(connected, 'Cloud', deployed.cloud, 'treasury')).toBe(deployed.timelock)
      expect(await read(connected, 'Subnet', deployed.subnet, 'treasury')).toBe(deployed.timelock)
    })

    it('sends nothing when everything is there', async () => {
      const lines: string[] = []
      const again = await deployContracts({
        ...connected,
        parameters: development,
        known: deployed,
        onStep: (line) => lines.push(line),
      })
      expect(again).toEqual(deployed)
      expect(lines).toEqual(['everything is there'])
      expect(await sentBy(connected)).toBe(transactions)
    })

    it('gives the deployer ADMIN beside the DAO and no other role', async () => {
      const { account, publicClient } = connected
      const parameters = resolveParameters(development, account.address, 0n)
      const options = { publicClient, deployer: account.address, parameters, book: deployed }
      await verifyHandOver({ ...options, keepAdmin: true })
      await expect(verifyHandOver({ ...options, keepAdmin: false })).rejects.toMatchObject({
        code: 'deploy.roles-left',
      })
    })

    it('creates only what is missing', async () => {
      const { quorum, authority, token, members, governor, fastGovernor } = deployed
      const known = { quorum, authority, token, members, governor, fastGovernor }
      // The Quorum knows its Subnet for good: without that one nothing can be added to it.
      await expect(
        deployContracts({ ...connected, parameters: development, known }),
      ).rejects.toMatchObject({ code: 'deploy.mixed' })
      const again = await deployContracts({
        ...connected,
        parameters: development,
        known: { ...known, quorum: stranger },
      })
      expect(again).toMatchObject({ authority, token, members, governor })
      expect(again.quorum).not.toBe(stranger)
    })

    it('refuses addresses of two networks', async () => {
      const other = await deployContracts({ ...connected, parameters: development })
      const before = await sentBy(connected)
      for (const name of ['cloud', 'quorum', 'token', 'complaints', 'lens', 'timelock'] as const)
        await expect(
          deployContracts({
            ...connected,
            parameters: development,
            known: { ...deployed, [name]: other[name] },
          }),
          name,
        ).rejects.toMatchObject({ code: 'deploy.mixed' })
      expect(await sentBy(connected)).toBe(before)
    })

    it('finds a changed byte, also in a part and in what a constructor wrote', async () => {
      const { publicClient } = connected
      const change = async (address: Hex, at: number, code: string) => {
        const byte = code.slice(2 + 2 * at, 4 + 2 * at)
        const changed = byte === '00' ? '01' : '00'
        await chain.testClient.setCode({
          address,
          bytecode: (code.slice(0, 2 + 2 * at) + changed + code.slice(4 + 2 * at)) as Hex,
        })
      }
      const run = () => deployContracts({ ...connected, parameters: development, known: deployed })
      const contracts = { cloud: 'Cloud', timelock: 'Timelock', lens: 'Lens' } as const
      for (const [name, contract] of Object.entries(contracts) as [
        keyof typeof contracts,
        string,
      ][]) {
        const address = deployed[name]
        const code = (await publicClient.getCode({ address }))!
        const written = readArtifact(contract).immutables
        const compiled = (at: number) =>
          !written.some(([start, length]) => at >= start && at < start + length)
        await change(address, [100, 200, 300].find(compiled)!, code)
        await expect(run(), name).rejects.toMatchObject({ code: 'deploy.code-differs' })
        await chain.testClient.setCode({ address, bytecode: code })
      }
      // The last byte of the address of the part, wherever it stands in the Cloud's code.
      const address = deployed.cloud
      const code = (await publicClient.getCode({ address }))!
      const places = readArtifact('Cloud').immutables.map(([start, length]) => start + length - 1)
      for (const at of places) await change(address, at, (await publicClient.getCode({ address }))!)
      await expect(run()).rejects.toMatchObject({ code: 'deploy.code-differs' })
      await chain.testClient.setCode({ address, bytecode: code })
      expect(await run()).toEqual(deployed)
    })
  })

  it('goes on wherever it was stopped, and sends nothing twice', async () => {
    const { account, publicClient } = clients()
    const deployer = account.address
    const journal = new Journal(
      newDeployment({
        network: 'local',
        chainId: anvil.id,
        deployer,
        deployBlock: '0',
        parameters: {},
      }),
    )
    let runs = 0
    let stopped = true
    while (stopped) {
      stopped = false
      // Dies at its first transaction: in turn before it leaves, after it has left, and after it was mined.
      const point = runs++ % 3
      let sent = false
      const transport = custom(
        {
          request: async ({ method, params }: { method: string; params?: unknown }) => {
            const die = () => {
              stopped = true
              throw new Error('killed')
            }
            if (stopped) die()
            const forward = () => publicClient.request({ method, params } as never)
            if (method === 'eth_sendRawTransaction') {
              if (point === 0) die()
              const hash = await forward()
              sent = true
              return point === 1 ? die() : hash
            }
            if (method === 'eth_getTransactionReceipt' && sent) {
              await forward()
              die()
            }
            return forward()
          },
        },
        { retryCount: 0 },
      )
      const options = { chain: anvil, transport, pollingInterval: 10, cacheTime: 0 } as const
      await deployContracts({
        publicClient: createPublicClient(options),
        walletClient: createWalletClient({ ...options, account }),
        parameters: development,
        // What survives a killed process is what was saved.
        journal: new Journal(structuredClone(journal.deployment), (d) => journal.update(d)),
      }).catch((error: unknown) => {
        if (!stopped) throw error
      })
      expect(runs).toBeLessThan(100)
    }
    expect(runs).toBeGreaterThan(transactions)
    expect(await publicClient.getTransactionCount({ address: deployer })).toBe(transactions)
    expect(journal.deployment).toMatchObject({ complete: true })
    expect(journal.deployment.pending).toBeUndefined()
  })

  it('stops when it is told to, and goes on later', async () => {
    const connected = clients()
    const { address: deployer } = connected.account
    const journal = new Journal(
      newDeployment({
        network: 'local',
        chainId: anvil.id,
        deployer,
        deployBlock: '0',
        parameters: {},
      }),
    )
    const stop = new AbortController()
    const run = (signal?: AbortSignal, onStep?: () => void) =>
      deployContracts({
        ...connected,
        parameters: development,
        journal,
        ...(signal && { signal }),
        ...(onStep && { onStep }),
      })
    await expect(run(stop.signal, () => stop.abort())).rejects.toMatchObject({
      code: 'deploy.aborted',
    })
    expect(await sentBy(connected)).toBe(1)
    await run()
    expect(await sentBy(connected)).toBe(transactions)
  })

  it('refuses another chain than it was told', async () => {
    const { publicClient, walletClient, account } = clients()
    const wrong = createWalletClient({
      account,
      chain: { ...anvil, id: 420_420_417 },
      transport: http(rpcUrl),
    })
    await expect(
      deployContracts({ publicClient, walletClient: wrong, parameters: development }),
    ).rejects.toMatchObject({ code: 'deploy.wrong-chain' })
    expect(await sentBy({ publicClient, walletClient, account })).toBe(0)
  })

  it('leaves the deployer of a test network without any role', async () => {
    const connected = clients()
    const { account, walletClient } = connected
    await expect(
      deployContracts({ ...connected, parameters: test, keepAdmin: true }),
    ).rejects.toMatchObject({ code: 'deploy.parameters' })
    const deployed = await deployContracts({ ...connected, parameters: test })
    const { authority, timelock } = deployed
    for (const role of Object.values(roles))
      expect(
        await read(connected, 'Authority', authority, 'hasRole', [role, account.address]),
      ).toEqual([false, 0])
    expect(
      await read(connected, 'Authority', authority, 'hasRole', [roles.ADMIN, timelock]),
    ).toEqual([true, 0])
    const refused = async (contract: string, address: Hex, functionName: string, args: unknown[]) =>
      expect(
        walletClient.writeContract({
          address,
          abi: abiOf(contract),
          functionName,
          args,
        }),
        functionName,
      ).rejects.toThrow(/AccessManagedUnauthorized|AccessManagerUnauthorizedAccount/)
    await refused('Authority', authority, 'grantRole', [roles.FAST, account.address, 0])
    await refused('Cloud', deployed.cloud, 'pauseNewLeases', [1n])
    await refused('Cloud', deployed.cloud, 'setTreasury', [account.address])
    await refused('Subnet', deployed.subnet, 'revokeReference', [1, trustStoreDigest])
    await refused('Subnet', deployed.subnet, 'slashNode', [1n, account.address, 0])
    await refused('Quorum', deployed.quorum, 'nameCommittee', [[1n], 1])
    await refused('Members', deployed.members, 'add', [account.address])
    await refused('WeteeToken', deployed.token, 'issue', [account.address, 1n])
    await refused('Complaints', deployed.complaints, 'uphold', [1n, 0n, 0n])
    // What is missing later can only come from the DAO.
    const {
      cloud: _,
      lens: __,
      complaints: ___,
      misconduct: ____,
      subnet: _____,
      quorum: ______,
      keys: _______,
      secrets: ________,
      apis: _________,
      bridge: __________,
      forwarder: ___________,
      ...known
    } = deployed
    await expect(deployContracts({ ...connected, parameters: test, known })).rejects.toMatchObject({
      code: 'deploy.refused',
    })
  })

  describe('by command', () => {
    const run = async (line: string) => {
      let out = ''
      let progress = ''
      const code = await runDeploy(
        `--network local --rpc ${rpcUrl} --json ${line}`.split(' '),
        { out: (text) => (out += text), progress: (text) => (progress += text) },
        new AbortController().signal,
      )
      return { code, report: JSON.parse(out) as Record<string, unknown>, progress }
    }
    const writeParameters = (name: string, value: object) => {
      const path = join(folder, name)
      writeFileSync(path, JSON.stringify(value))
      return path
    }
    const writeKeystore = (index: number) => {
      const account = anvilAccount(index)
      const privateKey = toHex(account.getHdKey().privateKey!)
      const [key, derivation] = Keystore.scrypt({ password: 'correct horse', n: 1024 })
      const file = join(folder, `key-${index}.json`)
      const passwordFile = join(folder, 'password')
      writeFileSync(
        file,
        JSON.stringify({
          ...Keystore.encrypt(privateKey, key, derivation),
          address: account.address,
        }),
      )
      writeFileSync(passwordFile, 'correct horse\n')
      return `--keystore ${file} --password-file ${passwordFile}`
    }

    it('shows the plan, sends it when told to, and checks it afterwards', async () => {
      const index = nextAccount++
      const { publicClient, account } = clients(index)
      const count = () => publicClient.getTransactionCount({ address: account.address })
      const file = join(folder, 'sent.json')
      const parameters = writeParameters('test.json', test)
      const line = `--file ${file} ${writeKeystore(index)}`
      const shown = await run(`${line} --parameters ${parameters}`)
      expect(shown).toMatchObject({ code: 0, report: { complete: false } })
      expect(shown.report['missing']).toHaveLength(transactions)
      expect(shown.progress).toContain('nothing was sent')
      expect(existsSync(file)).toBe(false)
      expect(await count()).toBe(0)

      const sent = await run(`${line} --parameters ${parameters} --yes`)
      expect(sent, sent.progress).toMatchObject({
        code: 0,
        report: { complete: true, missing: [] },
      })
      expect(await count()).toBe(transactions)
      const deployment = readDeployment(file)!
      expect(Object.keys(deployment.contracts)).toHaveLength(22)
      expect(BigInt(deployment.total.gasUsed)).toBeGreaterThan(0n)
      const balance = await publicClient.getBalance({ address: account.address })
      expect(parseEther('10000') - balance).toBe(BigInt(deployment.total.costWei))

      expect(await run(`--file ${file}`)).toMatchObject({ code: 0, report: { complete: true } })
      expect(await count()).toBe(transactions)
      const changed = writeParameters('changed.json', { ...test, feeBps: 1 })
      for (const [wrong, code] of [
        [`${line} --parameters ${changed}`, 'deploy.parameters'],
        [`--file ${file} --from ${stranger}`, 'deploy.account'],
        [`--file ${file} --keep-admin`, 'deploy.parameters'],
      ] as const)
        expect(await run(wrong)).toMatchObject({ code: 1, report: { error: { code } } })

      // What is recorded of the Lens's arguments is not what its transaction carried.
      const { contracts } = JSON.parse(readFileSync(file, 'utf8')) as typeof deployment
      const swapped = {
        ...deployment,
        contracts: {
          ...contracts,
          lens: { ...contracts['lens']!, sent: contracts['cloud']!.sent },
        },
      }
      const forged = writeParameters('forged.json', swapped)
      expect(await run(`--file ${forged}`)).toMatchObject({
        code: 1,
        report: { error: { code: 'deploy.code-differs' } },
      })
    })

    it('refuses a chain, a network kind and a password that are not right', async () => {
      const index = nextAccount++
      const parameters = writeParameters('live.json', { ...test, kind: 'live' })
      const from = anvilAccount(index).address
      const paseo = `--network paseo --parameters ${parameters} --from ${from}`
      expect(await run(paseo)).toMatchObject({ report: { error: { code: 'deploy.wrong-chain' } } })
      const line = `--file ${join(folder, 'never.json')} --parameters ${parameters}`
      expect(await run(line)).toMatchObject({ report: { error: { code: 'deploy.arguments' } } })
      const keystore = writeKeystore(index)
      writeFileSync(join(folder, 'password'), 'battery staple')
      expect(await run(`${line} ${keystore} --yes`)).toMatchObject({
        report: { error: { code: 'deploy.account' } },
      })
      expect(existsSync(join(folder, 'never.json'))).toBe(false)
    })

    it('writes transactions for another wallet and finds them on chain', async () => {
      const connected = clients()
      const { account, walletClient, publicClient } = connected
      const file = join(folder, 'unsigned-addresses.json')
      const out = join(folder, 'unsigned.json')
      const parameters = writeParameters('unsigned-parameters.json', test)
      const line = `--file ${file} --unsigned ${out} --from ${account.address}`
      const write = async () => {
        const { code, progress, report } = await run(`${line} --parameters ${parameters}`)
        expect(code, progress + JSON.stringify(report)).toBe(0)
        return (JSON.parse(readFileSync(out, 'utf8')) as UnsignedFile).transactions
      }
      const send = async ({ to, data, nonce }: UnsignedFile['transactions'][number]) => {
        const hash = await walletClient.sendTransaction({ to, data, nonce })
        await publicClient.waitForTransactionReceipt({ hash })
      }
      const first = await write()
      expect(first).toHaveLength(transactions)
      for (const one of first.slice(0, 8)) await send(one)
      const second = await write()
      expect(second).toEqual(
        first.slice(8).map(({ id }) => expect.objectContaining({ id }) as object),
      )
      // Something else takes the next nonce: the addresses after it are new ones.
      await walletClient.sendTransaction({ to: account.address, value: 1n })
      const third = await write()
      expect(third.map(({ nonce }) => nonce)).toEqual(second.map(({ nonce }) => nonce + 1))
      for (const one of third) await send(one)
      expect(await write()).toEqual([])
      const deployment = readDeployment(file)!
      expect(deployment).toMatchObject({ complete: true })
      expect(Object.values(deployment.contracts).filter(({ sent }) => sent)).toHaveLength(20)
      expect(deployment.calls).toHaveLength(5)
      expect(await sentBy(connected)).toBe(transactions + 1)
    })
  })

  it('takes its parameters from the table where none are given', () => {
    const text = JSON.stringify({ simulated: true, trustStoreDigest })
    const parsed = parseParameters(text, 'development')
    expect(resolveParameters(parsed, stranger, 0n)).toMatchObject(valuesOf('development'))
  })
})
