// Measures what each user action locks as storage deposit on the Hub, beside its gas; writes snapshots/StorageDeposits.json. Starts anvil.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeFunctionData, parseEther, stringToHex, zeroAddress, type Hex } from 'viem'
import { abiOf } from './deploy/artifacts.ts'
import { startAnvil, type LocalAnvil } from './local-anvil.ts'
import { LocalNetwork, digestOf, sampleTerms } from './local-network.ts'

/** The Hub's prices, wei: an item of a contract's storage, and each byte of its key and value. */
const itemWei = parseEther('0.002')
const byteWei = parseEther('0.00001')
/** Key and value of a slot. */
const slotBytes = 64n
const slotWei = itemWei + slotBytes * byteWei

/** One action. */
export type Measured = {
  readonly gas: number
  readonly slotsAdded: number
  readonly slotsFreed: number
  /** Locked where positive, given back where negative; DOT. */
  readonly depositDot: number
}

type Storages = Readonly<Record<Hex, { readonly storage?: Readonly<Record<Hex, Hex>> }>>

/** Slots that a transaction has made and emptied: prestateTracer leaves zero values out. */
async function slotsOf(anvil: LocalAnvil, hash: Hex): Promise<{ added: number; freed: number }> {
  const { pre, post } = await anvil.publicClient.request<{
    Method: 'debug_traceTransaction'
    Parameters: readonly unknown[]
    ReturnType: { pre: Storages; post: Storages }
  }>({
    method: 'debug_traceTransaction',
    params: [hash, { tracer: 'prestateTracer', tracerConfig: { diffMode: true } }],
  })
  const filled = (storages: Storages) =>
    new Set(
      Object.entries(storages).flatMap(([address, { storage = {} }]) =>
        Object.entries(storage)
          .filter(([, value]) => BigInt(value) !== 0n)
          .map(([slot]) => `${address} ${slot}`),
      ),
    )
  const [before, after] = [filled(pre), filled(post)]
  return {
    added: [...after].filter((slot) => !before.has(slot)).length,
    freed: [...before].filter((slot) => !after.has(slot)).length,
  }
}

/** Everything that a person does, once or twice: a first time fills slots that later ones only change. */
async function act(network: LocalNetwork, anvil: LocalAnvil): Promise<void> {
  const { account } = network
  const later = async (seconds: number) => {
    const { timestamp } = await anvil.publicClient.getBlock()
    await anvil.testClient.setNextBlockTimestamp({ timestamp: timestamp + BigInt(seconds) })
    await anvil.testClient.mine({ blocks: 1 })
  }
  const dot = parseEther('1')
  await network.populate()
  await network.create('first of an owner')
  await network.create('second of an owner')
  await network.renew(1n, 1, 'renew, first lease')
  await later(100)
  await network.renew(1n, 1, 'renew, next lease')
  await later(100)
  await network.renew(1n, 1, 'renew, third lease')
  await network.send('cloud', 'settle', [1n], { what: 'settle, first of an application' })
  await later(100)
  await network.renew(1n, 1, 'renew, after a settlement')
  await network.send('cloud', 'settle', [1n])
  await network.send('cloud', 'recharge', [1n, dot], { valueWei: dot })
  await network.send('cloud', 'configure', [1n, stringToHex('{}')], { what: 'configure, first' })
  await network.send('cloud', 'configure', [1n, stringToHex('{"a":1}')])
  await network.send('cloud', 'update', [1n, sampleTerms, '0x7b7d', dot, 0n, false])
  await network.renew(1n, 2, 'renew, first lease of a pending version')
  await network.send('cloud', 'activate', [1n, await network.ready(1n, 2)])
  const key = digestOf('deploy key').slice(0, 42)
  const { timestamp: now } = await anvil.publicClient.getBlock()
  const limits = {
    ...{ maxWeiPerSecond: dot, minIntervalSeconds: 60n, expiresAt: now + 86_400n },
    ...{ builderAppId: 2n, repositoryHash: digestOf('repository') },
  }
  await network.send('cloud', 'setDeployKey', [1n, key, limits])
  await network.send('cloud', 'revokeDeployKey', [1n, key])
  await network.send('cloud', 'scale', [1n, 2, 0n])
  await network.send('cloud', 'pause', [1n])
  await network.send('cloud', 'resume', [1n])
  await network.send('subnet', 'uploadWork', [1n, 1n, digestOf('work'), 'https://w.example/1'])
  await network.send('cloud', 'giveNotice', [[1n]], { what: 'giveNotice, one application' })
  const complaint = [1n, 2, 1n, digestOf('evidence'), 'https://e.example/1']
  await network.send('complaints', 'file', complaint, { valueWei: dot, what: 'complaint' })
  await network.send('complaints', 'answer', [1n, digestOf('answer'), 'https://a.example/1'])
  await network.send('cloud', 'terminate', [1n])
  await network.send('cloud', 'withdraw', [zeroAddress], { what: 'withdraw, credit' })
  await later(3_600)
  await network.send('complaints', 'dismiss', [1n])
  await network.send('complaints', 'withdraw', [account], { what: 'withdraw, bond of a complaint' })
  await network.send('subnet', 'bond', [1, 1n], { valueWei: dot })
  await network.send('subnet', 'requestWithdrawal', [1, 1n, dot])
  await later(3_600)
  await network.send('subnet', 'withdrawStake', [1, 1n, account])
  await vote(network, later)
}

/** A proposal from the vote to its execution. */
async function vote(network: LocalNetwork, later: (seconds: number) => Promise<void>) {
  const { account, addresses } = network
  await network.send('token', 'delegate', [account])
  const call = encodeFunctionData({
    abi: abiOf('Members'),
    functionName: 'setPublicJoin',
    args: [true],
  })
  const actions = [[addresses.members], [0n], [call]] as const
  const text = 'open the DAO'
  await later(2)
  await network.send('governor', 'propose', [...actions, text], { what: 'propose, one call' })
  const hashed = [...actions, digestOf(text)]
  const id = await network.read('governor', 'hashProposal', hashed)
  await later(2)
  await network.send('governor', 'castVote', [id, 1])
  await later(120)
  await network.send('governor', 'queue', hashed)
  await later(2)
  await network.send('governor', 'execute', hashed)
  await network.send('members', 'resign', [])
  await network.send('members', 'join', [])
}

/** Runs all actions on a chain of its own. */
export async function measureDeposits(): Promise<Readonly<Record<string, Measured>>> {
  const anvil = await startAnvil()
  try {
    // A block a second, whatever the machine takes: the same run fills the same slots.
    await anvil.testClient.setBlockTimestampInterval({ interval: 1 })
    const network = await LocalNetwork.deploy(anvil.clients(0))
    await act(network, anvil)
    const measured: Record<string, Measured> = {}
    for (const { what, receipt } of network.receipts) {
      const { added, freed } = await slotsOf(anvil, receipt.transactionHash)
      measured[what] = {
        gas: Number(receipt.gasUsed),
        slotsAdded: added,
        slotsFreed: freed,
        depositDot: Number(BigInt(added - freed) * slotWei) / 1e18,
      }
    }
    return measured
  } finally {
    await anvil.stop()
  }
}

/** The measurements as text, aligned. */
function table(measured: Readonly<Record<string, Measured>>): string {
  return Object.entries(measured)
    .map(
      ([what, { gas, slotsAdded, slotsFreed, depositDot }]) =>
        `${what.padEnd(42)} ${String(gas).padStart(9)} gas  +${String(slotsAdded).padStart(2)} -${String(slotsFreed).padStart(2)} slots  ` +
        `${depositDot.toFixed(5).padStart(9)} DOT`,
    )
    .join('\n')
}

const path = join(import.meta.dirname, 'snapshots/StorageDeposits.json')

/** Slots by action, of the snapshot in git; gas moves with every compilation and is not compared. */
export function snapshotSlots(): Record<string, string> {
  return slotsByAction(JSON.parse(readFileSync(path, 'utf8')) as Record<string, Measured>)
}

/** Slots by action. */
export function slotsByAction(all: Readonly<Record<string, Measured>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).map(([what, { slotsAdded, slotsFreed }]) => [
      what,
      `+${slotsAdded} -${slotsFreed}`,
    ]),
  )
}

if (import.meta.main) {
  const measured = await measureDeposits()
  console.log(table(measured))
  console.log(
    `a slot is ${Number(slotWei) / 1e18} DOT: an item, and ${slotBytes} bytes of key and value`,
  )
  writeFileSync(path, `${JSON.stringify(measured, null, 2)}\n`)
}
