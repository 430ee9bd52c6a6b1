// Signing commands: what is shown, what --dry-run and --unsigned leave undone, who may sign.
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { abis } from '@wetee/sdk'
import { testOperator } from '@wetee/sdk/testing/memory-network'
import {
  fundedWorld,
  signingNetwork,
  testLog,
  type TestRefusal,
} from '@wetee/sdk/testing/memory-wallet'
import { expect, test } from 'vitest'
import { run } from './testing/fake-context.ts'

const dot = 10n ** 18n
const json = (text: string) => JSON.parse(text) as Record<string, unknown>

function network(options: { refuse?: TestRefusal } = {}) {
  const world = fundedWorld()
  world.views.set('subnet.stake(1,3)', {
    bondedWei: 25n * dot,
    unbondingWei: 0n,
    lockedBondedWei: 0n,
    lockedUnbondingWei: 0n,
    availableAt: 0n,
  })
  world.views.set('subnet.requiredStakeWei(1,3)', 10n * dot)
  const logs = { bond: [testLog('subnet', 'StakeAdded', { role: 1, nodeId: 3n }, [dot])] }
  return signingNetwork(world, { logs, ...options })
}
const stake = ['worker', 'stake', '3', '1']

test('a confirmed command shows stake, cost and transaction, and sends one', async () => {
  const { sent, opened } = network()
  const { code, stdout, stderr } = await run(stake, {
    network: opened,
    interactive: true,
    answers: ['y'],
  })
  expect(code).toBe(0)
  expect(sent).toMatchObject([{ contract: 'subnet', functionName: 'bond', value: dot }])
  expect(stderr).toMatch(/Stake +25 DOT -> 26 DOT/)
  expect(stderr).toMatch(/Fee +about 0.0001 DOT \(100000 gas\)/)
  expect(stderr).toContain('SIMULATED network')
  expect(stdout).toContain('amountWei')
})

test('without an answer nothing is sent, and where nobody can be asked --yes is needed', async () => {
  const { sent, opened } = network()
  expect((await run(stake, { network: opened, interactive: true, answers: ['n'] })).code).toBe(2)
  expect(await run(stake, { network: opened })).toMatchObject({ code: 2, stdout: '' })
  expect(sent).toEqual([])
})

test('--json gives one document with action, cost and outcome', async () => {
  const { opened } = network()
  const { code, stdout } = await run([...stake, '--yes', '--json'], { network: opened })
  expect(code).toBe(0)
  expect(json(stdout)).toMatchObject({
    action: 'worker.stake',
    cost: { valueWei: String(dot), gas: '100000' },
    outcome: { role: 1, nodeId: '3', amountWei: String(dot) },
  })
})

test('--dry-run prices and sends nothing', async () => {
  const { sent, opened } = network()
  const text = await run([...stake, '--dry-run'], { network: opened })
  expect(text).toMatchObject({ code: 0, stdout: 'Nothing was sent: this was a dry run.\n' })
  const document = json((await run([...stake, '--dry-run', '--json'], { network: opened })).stdout)
  expect(document).toMatchObject({ dryRun: true, cost: { feeWei: '100000000000000' } })
  expect(document['transactions']).toHaveLength(1)
  expect(sent).toEqual([])
})

test('--unsigned - is a document of transactions, --unsigned FILE a new file', async () => {
  const { sent, opened } = network()
  const piped = json((await run([...stake, '--unsigned', '-'], { network: opened })).stdout)
  expect(piped['transactions']).toEqual([
    {
      to: opened.profile.contracts.subnet,
      data: expect.stringMatching(/^0x/) as string,
      value: String(dot),
      chainId: 31337,
      description: 'Add 1 DOT to the stake of worker 3',
    },
  ])
  const home = mkdtempSync(join(tmpdir(), 'wetee-unsigned-'))
  const args = [...stake, '--unsigned', 'tx.json']
  expect((await run(args, { network: opened, home })).code).toBe(0)
  expect(json(readFileSync(join(home, 'tx.json'), 'utf8'))).toEqual(piped)
  expect(await run(args, { network: opened, home })).toMatchObject({ code: 7 })
  expect(sent).toEqual([])
})

test('a refusal of the contract is found before anything is signed: exit 4', async () => {
  const refuse = { abi: abis.subnet, errorName: 'NotOwner', args: [testOperator] }
  const { sent, opened } = network({ refuse })
  for (const option of ['--yes', '--dry-run']) {
    const { code, stderr } = await run([...stake, option], { network: opened })
    expect(code).toBe(4)
    expect(stderr).toContain('contract.NotOwner')
  }
  expect(sent).toEqual([])
})

test('an unsigned transaction is judged only as the signer that --from names', async () => {
  const refuse = { abi: abis.subnet, errorName: 'NotOwner', args: [testOperator] }
  const { opened } = network({ refuse })
  const unsigned = [...stake, '--unsigned', '-']
  expect((await run(unsigned, { network: opened })).code).toBe(0)
  expect((await run([...unsigned, '--from', testOperator], { network: opened })).code).toBe(4)
  expect((await run([...stake, '--from', testOperator, '--yes'], { network: opened })).code).toBe(2)
})
