// What `npm start -- --once` checks: answer, verification, settlement, refund; each amount recounted from events. Network I/O.
import { zeroAddress, type Address, type Hex } from 'viem'
import { cloudAbi } from '@wetee/chain'
import { settle, terminate, verify } from '@wetee/sdk'
import { waitFor } from '@wetee/daemon'
import type { Application } from './application.ts'
import { bridgeStep } from './bridge-check.ts'
import { requireBudgetIsWhole, transactStep } from './chain-check.ts'
import { countAttestedSeconds, countSettledSeconds } from './attested-seconds.ts'
import type { Network } from './network.ts'
import { secretSteps } from './secret-checks.ts'
import type { Proof, Step } from './steps.ts'

const basisPoints = 10_000n
/** Two renewals lie a third of a lease apart; this is several leases. */
const attestedTimeoutMs = 180_000

/** The steps, in their order; each throws when something is not as it should be. */
export function checkSteps(application: Application): Step[] {
  const of = (name: string, title: string, run: Step['run']): Step => ({ name, title, run })
  return [
    of('http', 'HTTP answer through the agent', () => checkAnswer(application)),
    of('verify', 'Verification by anybody', () => checkVerification(application)),
    bridgeStep(application),
    transactStep(application),
    ...secretSteps(application),
    of('settle', 'Settlement: rent x attested seconds', (show) =>
      checkSettlement(application, show),
    ),
    of('terminate', 'Termination: refund to the wei', () => checkTermination(application)),
    of('gone', 'Instance is removed', () => checkGone(application)),
  ]
}

async function checkAnswer({ sdk, url, ready }: Application): Promise<Proof> {
  const { status, body, tlsKeyHash } = await sdk.transport.get(url, { maxBytes: 65_536 })
  const text = new TextDecoder().decode(body)
  if (status !== 200) throw new Error(`${url} answered ${status}, expected 200`)
  if (!text.includes('Hello')) throw new Error(`${url} answered "${text.slice(0, 80)}"`)
  const lease = ready.details.leases.find((l) => l.live && l.tlsKeyHash === tlsKeyHash)
  if (lease === undefined) throw new Error(`${url} uses a TLS key that is in no live lease`)
  return { url, status, tlsKeyHash: lease.tlsKeyHash }
}

async function checkVerification({ sdk, appId, network }: Application): Promise<Proof> {
  const report = await verify(sdk, { appId, signal: network.signal })
  const wrong = report.steps.filter((step) => !step.ok)
  if (!report.ok || wrong.length > 0)
    throw new Error(wrong.map((step) => `${step.id}: ${step.detail}`).join('; '))
  const steps = report.steps.map((step) => step.id).join(' ')
  return { simulated: report.simulated, steps, held: report.steps.length }
}

async function checkSettlement(
  application: Application,
  show: (line: string) => void,
): Promise<Proof> {
  const { sdk, appId, network, ready } = application
  const { weiPerSecond } = ready.details.version
  await waitFor(
    async () => {
      const { number } = await sdk.reader.finalized()
      const { seconds } = await sdk.reader.unsettled(appId, number)
      show(`${seconds} attested seconds to settle`)
      return seconds > 0n
    },
    {
      signal: network.signal,
      timeoutMs: attestedTimeoutMs,
      everyMs: 500,
      what: 'a second renewal of the lease',
    },
  )
  const parameters = await sdk.reader.parameters((await sdk.reader.finalized()).number)
  const receipt = await settle(sdk, appId, { signal: network.signal })
  const block = await blockOf(network, receipt.txHash)
  const countedSeconds = await countAttestedSeconds(network.chain, appId, {
    maxLeaseSeconds: parameters.maxLeaseSeconds,
    toBlock: block.number,
  })
  // A node has settled already when this machine was too slow to renew in time.
  const before = await countSettledSeconds(network.chain, appId, block.number - 1n)
  const attestedSeconds = countedSeconds - before
  const rentWei = attestedSeconds * weiPerSecond
  const feeWei = (rentWei * BigInt(parameters.feeBps)) / basisPoints
  const worker = await creditChange(network, network.accounts['worker-owner'].address, block.number)
  const treasury = await creditChange(network, treasuryOf(network), block.number)
  expectEqual('attested seconds', receipt.attestedSeconds, attestedSeconds)
  expectEqual('rent', receipt.rentWei, rentWei)
  expectEqual("the worker's credit", worker, rentWei - feeWei)
  expectEqual("the treasury's credit", treasury, feeWei)
  return {
    txHash: receipt.txHash,
    attestedSeconds: String(attestedSeconds),
    weiPerSecond: String(weiPerSecond),
    rentWei: String(rentWei),
    feeWei: String(feeWei),
    workerWei: String(worker),
  }
}

async function checkTermination(application: Application): Promise<Proof> {
  const { sdk, appId, network, ready, deployed, balanceBeforeWei, fundedWei } = application
  const developer = network.accounts.developer.address
  const { weiPerSecond } = ready.details.version
  const { maxLeaseSeconds } = await sdk.reader.parameters((await sdk.reader.finalized()).number)
  const ended = await terminate(sdk, appId, { signal: network.signal })
  const { number, timestamp } = await blockOf(network, ended.txHash)
  const attestedSeconds = await countAttestedSeconds(network.chain, appId, {
    maxLeaseSeconds,
    toBlock: number,
    endedAt: timestamp,
  })
  const rentWei = attestedSeconds * weiPerSecond
  const { depositWei } = deployed.plan
  expectEqual('the refund', ended.refundWei, depositWei - rentWei)
  expectEqual('the withdrawal', ended.withdrawnWei, ended.refundWei)
  const gasWei = await gasPaid(network, developer, BigInt(await firstBlock(application)))
  const balanceWei = await sdk.reader.balanceWei(developer)
  expectEqual("the owner's balance", balanceWei, balanceBeforeWei - rentWei - gasWei - fundedWei)
  const lockedWei = await network.chain.client.getBalance({
    address: network.profile.contracts.cloud,
  })
  const creditsWei = await totalCredits(network)
  expectEqual('what the Cloud contract still holds', lockedWei, creditsWei)
  const forwardedWei = await requireBudgetIsWhole(application)
  return {
    txHash: ended.txHash,
    attestedSeconds: String(attestedSeconds),
    depositWei: String(depositWei),
    rentWei: String(rentWei),
    refundWei: String(ended.refundWei),
    gasWei: String(gasWei),
    budgetWei: String(fundedWei - forwardedWei),
  }
}

/** The worker has removed the instance: nothing answers at its address and the worker knows no instance of it. */
async function checkGone({ sdk, url, network, appId }: Application): Promise<Proof> {
  await waitFor(
    () =>
      sdk.transport.get(url, { maxBytes: 65_536, timeoutMs: 2_000 }).then(
        () => false,
        () => true,
      ),
    { signal: network.signal, timeoutMs: 30_000, everyMs: 250, what: 'the end of the instance' },
  )
  return { appId: String(appId), url }
}

async function firstBlock({ network, deployed }: Application): Promise<bigint> {
  if (deployed.txHash === undefined) throw new Error('the application was not deployed in this run')
  return (await blockOf(network, deployed.txHash)).number
}

async function blockOf({ chain }: Network, txHash: Hex) {
  const { blockNumber } = await chain.client.getTransactionReceipt({ hash: txHash })
  return chain.client.getBlock({ blockNumber })
}

/** What a block added to an account's credit, wei. */
async function creditChange(network: Network, account: Address, block: bigint): Promise<bigint> {
  return (await creditAt(network, account, block)) - (await creditAt(network, account, block - 1n))
}

function creditAt(
  { chain, profile }: Network,
  account: Address,
  blockNumber: bigint,
): Promise<bigint> {
  return chain.client.readContract({
    address: profile.contracts.cloud,
    abi: cloudAbi,
    functionName: 'credit',
    args: [account, zeroAddress],
    blockNumber,
  })
}

/** Every credit there can be in a devnet with one application. */
async function totalCredits(network: Network): Promise<bigint> {
  const block = await network.chain.client.getBlockNumber({ cacheTime: 0 })
  let total = 0n
  const accounts = Object.values(network.accounts).map(({ address }) => address)
  for (const address of [...accounts, treasuryOf(network)])
    total += await creditAt(network, address, block)
  return total
}

/** The DAO's timelock holds its treasury. */
function treasuryOf({ profile }: Network): Address {
  const { timelock } = profile.contracts
  if (timelock === undefined) throw new Error('the network has no treasury')
  return timelock
}

/** Fees of every transaction an account sent from a block on, wei. */
async function gasPaid({ chain }: Network, account: Address, fromBlock: bigint): Promise<bigint> {
  const { client } = chain
  const last = await client.getBlockNumber({ cacheTime: 0 })
  let total = 0n
  for (let blockNumber = fromBlock; blockNumber <= last; blockNumber++) {
    const { transactions } = await client.getBlock({ blockNumber, includeTransactions: true })
    for (const { hash, from } of transactions) {
      if (from.toLowerCase() !== account.toLowerCase()) continue
      const { gasUsed, effectiveGasPrice } = await client.getTransactionReceipt({ hash })
      total += gasUsed * effectiveGasPrice
    }
  }
  return total
}

function expectEqual(what: string, got: bigint, expected: bigint): void {
  if (got !== expected)
    throw new Error(`${what}: expected ${expected}, got ${got} (${got - expected})`)
}
