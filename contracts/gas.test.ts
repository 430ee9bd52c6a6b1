// The gas snapshots have every function of the interfaces that changes anything. Reads files.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Abi } from 'viem'

const read = (path: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, path), 'utf8')) as unknown

/** What of OpenZeppelin's Governor, TimelockController and ERC20 people call or the DAO decides. */
const inherited = [
  'propose',
  'castVote',
  'castVoteWithReason',
  'castVoteBySig',
  'queue',
  'execute',
  'cancel',
  'relay',
  'setVotingDelay',
  'setVotingPeriod',
  'setProposalThreshold',
  'updateQuorumNumerator',
  'setLateQuorumVoteExtension',
  'updateDelay',
  'transfer',
  'transferFrom',
  'approve',
  'permit',
  'delegate',
  'delegateBySig',
]

/** Snapshots and the interfaces whose functions they measure. */
const snapshots: Readonly<Record<string, readonly string[]>> = {
  Cloud: ['ICloud'],
  Subnet: ['ISubnet', 'IQuorum'],
  Keys: ['IKeys'],
  Secrets: ['ISecrets'],
  Bridge: ['IApis', 'IBridge', 'IForwarder'],
  Discipline: ['IComplaints', 'IMisconduct'],
  Dao: ['IMembers', 'IWeteeToken', 'IWeteeGovernor', 'ITimelock'],
}

function changing(contract: string): string[] {
  const { abi } = read(`artifacts/${contract}.json`) as { abi: Abi }
  return abi.flatMap((item) =>
    item.type === 'function' && !/view|pure/.test(item.stateMutability) ? [item.name] : [],
  )
}

it.each(Object.entries(snapshots))('%s', (name, interfaces) => {
  const names = Object.keys(read(`snapshots/${name}.json`) as object)
  const measured = new Set(names.map((text) => text.split(/[ ,]/)[0]))
  const wanted = [...interfaces.flatMap(changing), ...(name === 'Dao' ? inherited : [])]
  expect(wanted.length).toBeGreaterThan(5)
  expect(wanted.filter((f) => !measured.has(f))).toEqual([])
})
