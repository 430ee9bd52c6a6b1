// Proves that a finished deployment is what was planned: creation data, links, and who holds which role. Reads the chain.
import { getAddress, keccak256, type Hex, type PublicClient } from 'viem'
import { creationCode } from './artifacts.ts'
import { DeployError } from './deploy-error.ts'
import type { Deployment } from './journal.ts'
import { ask, holdsRole } from './outline.ts'
import { planCreations, type Book, type ContractName } from './creations.ts'
import { roles } from './wirings.ts'
import type { ResolvedParameters } from './parameters.ts'

/** What is compared. */
export type VerifyOptions = {
  readonly publicClient: PublicClient
  readonly deployer: Hex
  readonly parameters: ResolvedParameters
  readonly keepAdmin: boolean
  readonly book: Book
}

const noRole = `0x${'00'.repeat(32)}` as const
const timelockRoles = ['PROPOSER_ROLE', 'EXECUTOR_ROLE', 'CANCELLER_ROLE'] as const

/**
 * Every contract names its fellows, the DAO's timelock is the authority's admin, and the deployer has no role anywhere
 * (with `keepAdmin` none but ADMIN). Throws `deploy.mixed`, `deploy.roles-left`.
 */
export async function verifyHandOver(options: VerifyOptions): Promise<void> {
  const { publicClient, deployer, book, keepAdmin } = options
  const at = (name: ContractName): Hex => {
    const address = book[name]
    if (address === undefined) throw new DeployError('deploy.missing', `${name} is not there`)
    return address
  }
  for (const { name, contract, links } of planCreations(options.parameters, deployer))
    for (const [getter, target] of links) {
      const call = { functionName: getter, args: [] }
      const linked = getAddress((await ask(publicClient, contract, at(name), call)) as Hex)
      if (linked !== at(target))
        throw new DeployError('deploy.mixed', `${name} names ${linked} as its ${target}`)
    }
  const left: string[] = []
  for (const [role, id] of Object.entries(roles))
    if (!(keepAdmin && id === roles.ADMIN))
      if (await holdsRole(publicClient, at('authority'), id, deployer)) left.push(role)
  for (const name of ['timelock', 'fastTimelock'] as const) {
    const read = (functionName: string, args: readonly unknown[] = []) =>
      ask(publicClient, 'Timelock', at(name), { functionName, args })
    const ids = await Promise.all(timelockRoles.map((role) => read(role)))
    for (const [i, id] of [noRole, ...ids].entries())
      if ((await read('hasRole', [id, deployer])) === true)
        left.push(`${timelockRoles[i - 1] ?? 'DEFAULT_ADMIN_ROLE'} of ${name}`)
  }
  if (left.length > 0)
    throw new DeployError(
      'deploy.roles-left',
      `the deployer ${deployer} still has ${left.join(', ')}`,
    )
  if (!(await holdsRole(publicClient, at('authority'), roles.ADMIN, at('timelock'))))
    throw new DeployError('deploy.roles-left', "the DAO's timelock is not the authority's admin")
  const admins = await ask(publicClient, 'Authority', at('authority'), {
    functionName: 'admins',
    args: [],
  })
  const expected = keepAdmin ? 2n : 1n
  if (admins !== expected)
    throw new DeployError(
      'deploy.roles-left',
      `the authority has ${String(admins)} admins, expected ${expected}`,
    )
}

/**
 * The transaction that created each contract carried exactly the compiled creation code and the planned arguments, so
 * that also what the constructors wrote into the code is theirs. Returns how many were compared. Throws `deploy.code-differs`.
 */
export async function verifyCreations(
  options: VerifyOptions,
  { contracts }: Pick<Deployment, 'contracts'>,
): Promise<number> {
  const { publicClient, deployer, book } = options
  const at = (name: ContractName): Hex => book[name] ?? '0x'
  let compared = 0
  for (const { name, contract, args } of planCreations(options.parameters, deployer)) {
    const record = contracts[name]
    if (record?.sent === undefined) continue
    const hash = record.sent.transaction
    const { input } = await publicClient.getTransaction({ hash })
    if (input !== creationCode(contract, args(at)))
      throw new DeployError(
        'deploy.code-differs',
        `${name}: transaction ${hash} carried other code or arguments than planned`,
      )
    const code = await publicClient.getCode({ address: record.address })
    if (keccak256(code ?? '0x') !== record.codeHash)
      throw new DeployError(
        'deploy.code-differs',
        `${name} at ${record.address} has other code now`,
      )
    compared++
  }
  return compared
}
