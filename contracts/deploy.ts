// Puts the contracts of a network on a chain, wires them and hands them to the DAO; what is there is kept. Sends transactions.
import {
  keccak256,
  type Account,
  type Chain,
  type Hex,
  type PublicClient,
  type Transport,
  type WalletClient,
} from 'viem'
import { DeployError } from './deploy/deploy-error.ts'
import { bookOf, Journal, newDeployment } from './deploy/journal.ts'
import { outline, type Outline } from './deploy/outline.ts'
import { networks } from './deploy/networks.ts'
import { resolveParameters, type DeployParameters } from './deploy/parameters.ts'
import type { Book, ContractName } from './deploy/creations.ts'
import { resumePending, sendStep, stopIfAborted } from './deploy/send.ts'
import { verifyCreations, verifyHandOver } from './deploy/verify.ts'

export type { DeployParameters, NetworkKind } from './deploy/parameters.ts'

/** Addresses of a network that others use; checksummed. */
export type ContractAddresses = {
  readonly [
    name in Exclude<ContractName, 'registry' | 'applications' | 'moves' | 'deliveries'>
  ]: Hex
}

export type DeployOptions = {
  readonly publicClient: PublicClient
  readonly walletClient: WalletClient<Transport, Chain, Account>
  readonly parameters: DeployParameters
  /** Addresses of an earlier run: a contract is created only where there is no code. */
  readonly known?: Book
  /** The deployer stays admin beside the DAO's timelock: for development networks, which is where it is the default. */
  readonly keepAdmin?: boolean
  readonly onStep?: (line: string) => void
  readonly signal?: AbortSignal
  /** Where every step is recorded; in memory where none is given. */
  readonly journal?: Journal
}

/**
 * Creates what is missing, wires it, hands it to the DAO and checks the result. Throws DeployError; everything that was
 * sent is in the journal, so that the same call goes on.
 */
export async function deployContracts(options: DeployOptions): Promise<ContractAddresses> {
  const { publicClient, walletClient, parameters: given, onStep } = options
  const deployer = walletClient.account.address
  const keepAdmin = options.keepAdmin ?? given.kind === 'development'
  if (keepAdmin && given.kind !== 'development')
    throw new DeployError(
      'deploy.parameters',
      'only on a development network the deployer stays admin',
    )
  const signal = options.signal ?? new AbortController().signal
  stopIfAborted(signal)
  const chainId = await publicClient.getChainId()
  if (chainId !== walletClient.chain.id)
    throw new DeployError(
      'deploy.wrong-chain',
      `the RPC serves chain ${chainId}, expected ${walletClient.chain.id}`,
    )
  const block = await publicClient.getBlock()
  const parameters = resolveParameters(given, deployer, block.timestamp)
  const journal =
    options.journal ??
    new Journal(
      newDeployment({
        network: walletClient.chain.name,
        chainId,
        deployer,
        deployBlock: String(block.number),
        parameters: {},
      }),
    )
  const sending = { publicClient, walletClient, journal, signal }
  const look = (): Promise<Outline> =>
    outline({
      publicClient,
      deployer,
      parameters,
      keepAdmin,
      book: { ...options.known, ...bookOf(journal.deployment) },
      forgetMissing: chainId === networks.local.chainId,
    })
  let { book, steps } = await look()
  // A local chain that started anew: what was recorded is gone.
  if (
    steps[0]?.creates?.name === 'authority' &&
    Object.keys(journal.deployment.contracts).length > 0
  )
    journal.update({ contracts: {}, calls: [], complete: false, deployBlock: String(block.number) })
  if (journal.deployment.pending !== undefined) {
    const receipt = await resumePending(sending, steps)
    if (receipt !== undefined) onStep?.(`found transaction ${receipt.transactionHash}`)
    ;({ book, steps } = await look())
  }
  for (const step of steps) {
    const { gasUsed } = await sendStep(sending, step)
    const where = step.creates === undefined ? '' : ` at ${step.creates.address}`
    onStep?.(`${step.what}${where}, ${gasUsed} gas`)
  }
  if (steps.length > 0) {
    ;({ book, steps } = await look())
    const [missing] = steps
    if (missing !== undefined)
      throw new DeployError('deploy.mixed', `${missing.id} was sent and is missing: run again`)
  } else onStep?.('everything is there')
  await recordTimelocks(publicClient, journal, book)
  const verified = { publicClient, deployer, parameters, keepAdmin, book }
  await verifyHandOver(verified)
  await verifyCreations(verified, journal.deployment)
  if (!journal.deployment.complete) journal.update({ complete: true })
  return addressesOf(book)
}

/** Made by the governors' constructors. */
async function recordTimelocks(client: PublicClient, journal: Journal, book: Book): Promise<void> {
  for (const name of ['timelock', 'fastTimelock'] as const) {
    const address = book[name]
    const { contracts } = journal.deployment
    if (address === undefined || contracts[name] !== undefined) continue
    const codeHash = keccak256((await client.getCode({ address })) ?? '0x')
    const record = { contract: 'Timelock', address, codeHash }
    journal.update({ contracts: { ...contracts, [name]: record } })
  }
}

/** Parts have no address that others use. */
function addressesOf(book: Book): ContractAddresses {
  const {
    registry: _registry,
    applications: _applications,
    moves: _moves,
    deliveries: _deliveries,
    ...others
  } = book
  return others as ContractAddresses
}
