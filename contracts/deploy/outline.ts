// Compares a plan with a chain: what is there is checked, what is missing becomes transactions. Reads the chain.
import {
  BaseError,
  getAddress,
  getContractAddress,
  keccak256,
  zeroAddress,
  type Hex,
  type PublicClient,
} from 'viem'
import { abiOf, addressesInCode, codeDifference, creationCode } from './artifacts.ts'
import { DeployError } from './deploy-error.ts'
import {
  planCreations,
  type Book,
  type ContractName,
  type CreatedName,
  type Creation,
} from './creations.ts'
import { isMember, planWirings, roles, wiringData, type Call } from './wirings.ts'
import type { ResolvedParameters } from './parameters.ts'

/** A transaction that is still missing. */
export type Step = {
  readonly id: string
  /** One sentence for a person. */
  readonly what: string
  readonly nonce: number
  readonly data: Hex
  /** Of a call. */
  readonly to?: Hex
  /** Of a creation: what is created, and where it will stand. */
  readonly creates?: {
    readonly name: CreatedName
    readonly contract: string
    readonly args: readonly unknown[]
    readonly address: Hex
  }
}

/** What a comparison needs. */
export type OutlineOptions = {
  readonly publicClient: PublicClient
  readonly deployer: Hex
  readonly parameters: ResolvedParameters
  readonly keepAdmin: boolean
  /** Addresses of earlier runs. */
  readonly book: Book
  /** Whether known addresses without code count as not known: a local chain starts anew. */
  readonly forgetMissing: boolean
}

/** What was found, and what is missing in the order in which it has to be sent. */
export type Outline = { readonly book: Book; readonly steps: readonly Step[] }

/**
 * Throws `deploy.missing` (no code at a known address), `deploy.code-differs`, `deploy.mixed` (linked with other contracts),
 * `deploy.refused` (something is missing that only the DAO could do now).
 */
export async function outline(options: OutlineOptions): Promise<Outline> {
  const { publicClient, deployer } = options
  const creations = planCreations(options.parameters, deployer)
  const found = await findContracts(options, creations)
  await requireLinks(publicClient, found, creations)

  let nonce = await publicClient.getTransactionCount({ address: deployer, blockTag: 'latest' })
  const book: { [name in ContractName]?: Hex | undefined } = { ...found }
  const at = (name: ContractName): Hex => {
    const known = book[name]
    if (known === undefined) throw new Error(`${name} is needed before it is created`)
    return known
  }
  const steps: Step[] = []
  for (const { name, contract, args, makes } of creations) {
    if (book[name] !== undefined) continue
    const given = args(at)
    const address = getContractAddress({ from: deployer, nonce: BigInt(nonce) })
    book[name] = address
    // A contract's own first creation has nonce 1 (EIP-161).
    if (makes !== undefined) book[makes.name] = getContractAddress({ from: address, nonce: 1n })
    steps.push({
      id: `create ${name}`,
      what: `create ${contract} (${name})`,
      nonce: nonce++,
      data: creationCode(contract, given),
      creates: { name, contract, args: given, address },
    })
  }
  const handedOver = await isHandedOver(publicClient, found, deployer)
  if (handedOver && steps.length > 0)
    throw new DeployError(
      'deploy.refused',
      `${steps.map(({ id }) => id).join(', ')}: missing in a network that belongs to its DAO already`,
    )
  if (handedOver) return { book, steps }
  for (const wiring of planWirings(at, deployer, options.keepAdmin, options.parameters)) {
    const contract = contractOf(creations, wiring.to)
    const missing = []
    for (const setting of wiring.settings) {
      const address = found[wiring.to]
      const there =
        address !== undefined && (await ask(publicClient, contract, address, setting.check))
      if (!there || !setting.holds(there)) missing.push(setting)
    }
    if (missing.length === 0) continue
    steps.push({
      id: wiring.id,
      what: missing.map(({ what }) => what).join('; '),
      nonce: nonce++,
      to: at(wiring.to),
      data: wiringData(contract, missing),
    })
  }
  return { book, steps }
}

/** Known contracts whose code is on the chain and is the compiled one, with the contracts that they have made. */
async function findContracts(
  { publicClient, book, forgetMissing }: OutlineOptions,
  creations: readonly Creation[],
): Promise<Book> {
  const found: { [name in ContractName]?: Hex } = {}
  const codes: { [name in ContractName]?: Hex } = {}
  const codeAt = (address: Hex) => publicClient.getCode({ address })
  if (forgetMissing && book.authority !== undefined)
    if ((await codeAt(book.authority)) === undefined) return {}
  // Backwards: a part comes before the contract that passes calls to it.
  for (const { name, contract, makes, partOf } of [...creations].reverse()) {
    const owner = partOf && codes[partOf]
    const address =
      owner === undefined
        ? book[name]
        : await findPart(publicClient, contract, contractOf(creations, partOf), owner)
    if (address === undefined) continue
    const code = await codeAt(address)
    if (code === undefined) {
      if (forgetMissing) continue
      throw new DeployError(
        'deploy.missing',
        `there is no code of ${name} at ${address}: another chain, or an RPC that is behind`,
      )
    }
    requireCode(name, contract, address, code)
    found[name] = getAddress(address)
    codes[name] = code
    if (makes === undefined) continue
    const call = { functionName: makes.getter, args: [] }
    const made = getAddress((await ask(publicClient, contract, address, call)) as Hex)
    requireCode(makes.name, makes.contract, made, (await codeAt(made)) ?? '0x')
    const expected = book[makes.name]
    if (expected !== undefined && getAddress(expected) !== made)
      throw new DeployError('deploy.mixed', `${name} has ${made}, not ${expected}: start over`)
    found[makes.name] = made
  }
  return found
}

/** The part that a contract passes calls to, by the addresses in its code. Throws `deploy.code-differs`. */
async function findPart(
  client: PublicClient,
  part: string,
  owner: string,
  code: Hex,
): Promise<Hex> {
  for (const address of addressesInCode(owner, code)) {
    const found = await client.getCode({ address })
    if (found !== undefined && codeDifference(part, found) === undefined) return address
  }
  throw new DeployError('deploy.code-differs', `${owner} passes its calls to no ${part}`)
}

function requireCode(name: string, contract: string, address: Hex, code: Hex): void {
  const difference = codeDifference(contract, code)
  if (difference !== undefined)
    throw new DeployError(
      'deploy.code-differs',
      `${name} at ${address} is not the compiled contract: ${difference}. Start over with new addresses`,
    )
}

/** Contracts that are there name each other, or nobody yet. */
async function requireLinks(
  client: PublicClient,
  found: Book,
  creations: readonly Creation[],
): Promise<void> {
  for (const { name, contract, links } of creations) {
    const address = found[name]
    if (address === undefined) continue
    for (const [getter, target] of links) {
      const call = { functionName: getter, args: [] }
      const linked = (await ask(client, contract, address, call)) as Hex
      if (linked === zeroAddress || getAddress(linked) === found[target]) continue
      throw new DeployError(
        'deploy.mixed',
        `${name} at ${address} belongs to the ${target} at ${linked}, not to ${found[target] ?? 'a new one'}: ` +
          'start over with new addresses',
      )
    }
  }
}

/** Whether the deployer can change nothing any more. */
async function isHandedOver(client: PublicClient, found: Book, deployer: Hex): Promise<boolean> {
  if (found.authority === undefined) return false
  return !(await holdsRole(client, found.authority, roles.ADMIN, deployer))
}

/** Whether an account holds a role of the authority. */
export async function holdsRole(
  client: PublicClient,
  authority: Hex,
  role: bigint,
  account: Hex,
): Promise<boolean> {
  const call = { functionName: 'hasRole', args: [role, account] }
  return isMember(await ask(client, 'Authority', authority, call))
}

/** Reads a contract by its artifact. Throws `deploy.unreachable`. */
export async function ask(
  client: PublicClient,
  contract: string,
  address: Hex,
  { functionName, args }: Call,
): Promise<unknown> {
  try {
    const abi = abiOf(contract)
    return await client.readContract({ address, abi, functionName, args })
  } catch (cause) {
    const why = cause instanceof BaseError ? cause.shortMessage : String(cause)
    throw new DeployError(
      'deploy.unreachable',
      `could not ask ${contract}.${functionName}: ${why}`,
      {
        retryable: true,
        cause,
      },
    )
  }
}

const contractOf = (creations: readonly Creation[], name: ContractName | undefined): string => {
  const creation = creations.find((one) => one.name === name)
  if (creation === undefined) throw new Error(`nothing creates ${name ?? ''}`)
  return creation.contract
}

/** Tells one step's data from another's. */
export const dataHash = ({ data }: Pick<Step, 'data'>): Hex => keccak256(data)
