// Puts the contracts of a network on a chain, wires them and hands them to the DAO; what is there is kept. Sends transactions.
import type { Account, Chain, Hex, PublicClient, Transport, WalletClient } from 'viem'
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
  readonly [name in Exclude<ContractName, 'registry' | 'applications'>]: Hex
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
  const verified = { publicClient, deployer, parameters, keepAdmin, book }
  await verifyHandOver(verified)
  await verifyCreations(verified, journal.deployment)
  if (!journal.deployment.complete) journal.update({ complete: true })
  return addressesOf(book)
}

/** Parts have no address that others use. */
function addressesOf(book: Book): ContractAddresses {
  const { registry: _registry, applications: _applications, ...others } = book
  return others as ContractAddresses
}
