// A console on a chain with the real contracts whose time a test moves: no daemons, statements are signed by the test. Starts processes.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bytesToHex, sha256 } from 'viem'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import type { Browser } from 'playwright-core'
import { parseNetworkProfile, type NetworkProfile, type SubstrateRpc } from '@wetee/chain'
import { buildConsole, type SiteOptions } from '@wetee/console/build'
import { serveConsole } from '@wetee/console/serve'
import { deployContracts } from '@wetee/contracts/deploy'
import { openNetwork, type Network } from '@wetee/sdk'
import { openConsole, type ConsolePage } from './console-page.ts'
import { anvilAccount, startAnvil, type LocalAnvil } from './local-anvil.ts'
import { oneNodeCommittee, type Committee } from './one-node-committee.ts'

/** A development account with its key. */
export function signerOf(account: number): PrivateKeyAccount {
  const { privateKey } = anvilAccount(account).getHdKey()
  if (privateKey === null) throw new Error('the development accounts have keys')
  return privateKeyToAccount(bytesToHex(privateKey))
}

/** What runs. Account 0 has all votes and the admin role, account 1 operates node and worker. */
export type ConsoleChain = {
  readonly anvil: LocalAnvil
  readonly profile: NetworkProfile
  readonly committee: Committee
  readonly url: string
  /** A network that signs as a development account of the chain. */
  network(account: number): Promise<Network>
  /** A console with the wallet of a development account. */
  open(browser: Browser, account: number): Promise<ConsolePage>
  /** No block is made from now on, until `resume`: what is sent waits. */
  halt(): Promise<void>
  resume(): Promise<void>
  /** Moves the chain's time, and mines until that is final. */
  pass(seconds: number): Promise<void>
  /** A Compose file whose image the registry of this chain knows. */
  compose(name: string): string
  close(): Promise<void>
}

/** Deploys, names nobody to a committee yet, and serves the console, for Substrate accounts too where their RPC is given. */
export async function startConsoleChain({
  walletConnect,
  ...options
}: { substrate?: SubstrateRpc } & SiteOptions = {}): Promise<ConsoleChain> {
  const registry = createServer((_request, response) => {
    response
      .setHeader('docker-content-digest', `sha256:${'ab'.repeat(32)}`)
      .setHeader('access-control-allow-origin', '*')
      .end()
  })
  await once(registry.listen(0, '127.0.0.1'), 'listening')
  const registryUrl = `127.0.0.1:${(registry.address() as AddressInfo).port}`
  const [anvil, folder] = await Promise.all([startAnvil(1), buildConsole({ walletConnect })])
  const contracts = await deployContracts({
    publicClient: anvil.client as never,
    walletClient: anvil.client as never,
    parameters: { kind: 'development', simulated: true, trustStoreDigest: sha256('0x') },
  })
  const text = JSON.stringify({
    ...{ name: 'test', kind: 'development', simulated: true, chainId: 31_337 },
    ...{ rpcUrls: [anvil.rpcUrl], contracts, deployBlock: '0', trustRoots: [], finalityBlocks: 2 },
    ...options,
  })
  const profile = parseNetworkProfile(text)
  const committee = await oneNodeCommittee(anvil, profile)
  const served = await serveConsole({
    folder,
    profile: text,
    connect: [
      ...[anvil.rpcUrl, `http://${registryUrl}`, 'http://127.0.0.1:9'],
      ...(options.substrate === undefined ? [] : [options.substrate.rpcUrl]),
    ],
    port: 0,
  })
  // Blocks go on by themselves, so that transactions become final while a page waits.
  let isHalted = false
  const mining = setInterval(() => {
    if (!isHalted) void anvil.client.mine({ blocks: 1 }).catch(() => undefined)
  }, 200)
  return {
    ...{ anvil, profile, committee, url: served.url },
    network: (account) => openNetwork(profile, { account: signerOf(account) }),
    open: (browser, account) =>
      openConsole(browser, {
        rpcUrl: anvil.rpcUrl,
        chainId: profile.chainId,
        account: signerOf(account),
      }),
    halt: () => {
      isHalted = true
      return anvil.client.setAutomine(false)
    },
    resume: () => {
      isHalted = false
      return anvil.client.setAutomine(true)
    },
    pass: async (seconds) => {
      await anvil.client.increaseTime({ seconds })
      await anvil.client.mine({ blocks: 4 })
    },
    compose: (name) => `
name: ${name}
services:
  web:
    image: ${registryUrl}/hello:1.0
    deploy: { resources: { limits: { cpus: "0.5", memory: 256M } } }
`,
    close: async () => {
      clearInterval(mining)
      registry.close()
      await served.close()
      await anvil.close()
    },
  }
}
