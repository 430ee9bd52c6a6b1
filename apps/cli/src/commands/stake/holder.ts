// Names of those who hold a stake, for the shared stake commands. Pure.
import { workerRole, type StakeHolder } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'

export type Role = StakeHolder['role']

/** `worker` or `dsecret`: the group of the command. */
export const groupOf = (role: Role) => (role === workerRole ? 'worker' : 'dsecret')

/** What its argument is called. */
export const argumentOf = (role: Role) => (role === workerRole ? 'worker' : 'node')

export function holderOf(role: Role, text: string): StakeHolder {
  return { role, id: parseId(argumentOf(role), text) }
}
