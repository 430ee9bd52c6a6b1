// What a deployment sets once its contracts are there: links, roles, and last the hand-over to the DAO. Pure.
import {
  encodeFunctionData,
  toFunctionSelector,
  zeroAddress,
  type Abi,
  type AbiFunction,
  type Hex,
} from 'viem'
import { abiOf, readArtifact } from './artifacts.ts'
import type { ContractName } from './creations.ts'
import type { NetworkValues } from './parameters.ts'

/** Roles of contracts/src/dao/Roles.sol. */
export const roles = { ADMIN: 0n, FAST: 1n, SLASHER: 2n, COURT: 3n, BRIDGE: 4n } as const

/** A setting of the network that one call makes, and how to see that it is there. */
export type Setting = {
  readonly what: string
  readonly to: ContractName
  readonly call: Call
  readonly check: Call
  readonly holds: (found: unknown) => boolean
}

/** A function with its arguments, by the contract's artifact. */
export type Call = { readonly functionName: string; readonly args: readonly unknown[] }

/** Settings that one transaction makes. */
export type Wiring = {
  readonly id: string
  readonly to: ContractName
  /** Several are sent as one `multicall`. */
  readonly settings: readonly Setting[]
}

/** Functions that another role than ADMIN may call (contracts/src/dao/Roles.sol). */
const assigned: readonly (readonly [ContractName, string, readonly string[], bigint])[] = [
  ['cloud', 'ICloud', ['pauseNewLeases'], roles.FAST],
  ['subnet', 'ISubnet', ['revokeReference'], roles.FAST],
  ['subnet', 'ISubnet', ['lockStake', 'unlockStake', 'slashLocked', 'slashNode'], roles.SLASHER],
  ['complaints', 'IComplaints', ['uphold', 'rejectFrivolous'], roles.COURT],
]

/** Who holds them. */
const holders: readonly (readonly [keyof typeof roles, ContractName])[] = [
  ['FAST', 'fastTimelock'],
  ['FAST', 'timelock'],
  ['SLASHER', 'complaints'],
  ['SLASHER', 'misconduct'],
  ['COURT', 'timelock'],
]

/** The calls after all contracts are there; the last one hands everything over and leaves the deployer nothing. */
export function planWirings(
  at: (name: ContractName) => Hex,
  deployer: Hex,
  keepAdmin: boolean,
  { refreshSeconds }: Pick<NetworkValues, 'refreshSeconds'>,
): readonly Wiring[] {
  const link = (
    on: ContractName,
    target: ContractName,
    setter: string,
    ...further: readonly unknown[]
  ): Wiring => ({
    id: `${on}.${setter}`,
    to: on,
    settings: [
      {
        what: `${on}.${setter}(${[target, ...further].join(', ')})`,
        to: on,
        call: { functionName: setter, args: [at(target), ...further] },
        check: { functionName: target, args: [] },
        holds: (found) => found !== zeroAddress,
      },
    ],
  })
  const grant = (role: keyof typeof roles, name: ContractName): Setting => ({
    what: `${role} to ${name}`,
    to: 'authority',
    call: { functionName: 'grantRole', args: [roles[role], at(name), 0] },
    check: { functionName: 'hasRole', args: [roles[role], at(name)] },
    holds: isMember,
  })
  const assignments = assigned.flatMap(([name, contract, functions, role]) =>
    functions.map((functionName): Setting => {
      const selector = selectorOf(contract, functionName)
      return {
        what: `${name}.${functionName} is ${roleName(role)}'s`,
        to: 'authority',
        call: { functionName: 'setTargetFunctionRole', args: [at(name), [selector], role] },
        check: { functionName: 'getTargetFunctionRole', args: [at(name), selector] },
        holds: (found) => found === role,
      }
    }),
  )
  const handOver: Setting = {
    what: 'the deployer gives up ADMIN',
    to: 'authority',
    call: { functionName: 'renounceRole', args: [roles.ADMIN, deployer] },
    check: { functionName: 'hasRole', args: [roles.ADMIN, deployer] },
    holds: (found) => !isMember(found),
  }
  return [
    link('quorum', 'subnet', 'setSubnet'),
    link('subnet', 'cloud', 'setCloud'),
    link('quorum', 'keys', 'setKeys', refreshSeconds),
    {
      id: 'authority.roles',
      to: 'authority',
      settings: [...assignments, ...holders.map(([role, name]) => grant(role, name))],
    },
    {
      id: 'authority.handOver',
      to: 'authority',
      settings: [grant('ADMIN', 'timelock'), ...(keepAdmin ? [] : [handOver])],
    },
  ]
}

/** The data of the transaction that makes these settings. */
export function wiringData(contract: string, settings: readonly Setting[]): Hex {
  const abi = abiOf(contract)
  const [first, ...others] = settings.map(({ call }) => encode(abi, call))
  if (first === undefined) throw new Error('no setting to make')
  if (others.length === 0) return first
  return encode(abi, { functionName: 'multicall', args: [[first, ...others]] })
}

/** `hasRole` answers whether, and with which delay. */
export const isMember = (found: unknown): boolean => (found as readonly [boolean, number])[0]

const encode = (abi: Abi, { functionName, args }: Call): Hex =>
  encodeFunctionData({ abi, functionName, args })
const roleName = (role: bigint) =>
  Object.entries(roles).find(([, value]) => value === role)?.[0] ?? String(role)

function selectorOf(contract: string, functionName: string): Hex {
  const found = readArtifact(contract).abi.filter(
    (item): item is AbiFunction => item.type === 'function' && item.name === functionName,
  )
  const [only, ...others] = found
  if (only === undefined || others.length > 0)
    throw new Error(`${contract} has ${found.length} functions ${functionName}, expected 1`)
  return toFunctionSelector(only)
}
