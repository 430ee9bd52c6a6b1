// `wetee secret receipts`: what is shown of honest nodes, of liars and of those that are away; its exit code.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emptyWorld, memoryNetwork, testApp, type World } from '@wetee/sdk/testing/memory-network'
import { ReceiptNode, seatNodes, secretItem } from '@wetee/sdk/testing/receipt-node'
import { beforeEach, expect, test } from 'vitest'
import { run } from '../../testing/fake-context.ts'

const cwd = mkdtempSync(join(tmpdir(), 'wetee-receipts-'))
let world: World
let nodes: ReceiptNode[]

beforeEach(() => {
  world = emptyWorld()
  world.apps.set(7n, testApp(7n))
  nodes = [1n, 2n, 3n].map((nodeId) => new ReceiptNode(nodeId))
  for (const node of nodes) {
    node.release({ items: [secretItem('7', 'db'), { kind: 'key', path: 'disk/data' }] })
    node.release({ appId: '9', version: 3, replica: 1 })
    node.post(world)
    node.release({ appId: '9', items: [{ kind: 'key', path: 'a\n✔ node 9' }] })
    node.release()
  }
})

const receipts = (args: readonly string[], away: readonly bigint[] = []) => {
  const network = memoryNetwork(world, seatNodes(world, nodes, away), false)
  return run(['secret', 'receipts', ...args], { network, cwd })
}

test('releases are listed newest first with their state, then every node', async () => {
  const { code, stdout, stderr } = await receipts(['7'], [3n])
  expect(stderr).toBe('')
  expect(stdout).toMatchSnapshot()
  expect(code).toBe(0)
})

test('as JSON stays stable, and needs no account', async () => {
  nodes = nodes.slice(0, 1)
  const { code, stdout } = await receipts(['7', '--name', 'db', '--limit', '3', '--json'])
  expect(JSON.parse(stdout)).toMatchSnapshot()
  expect(code).toBe(0)
})

test('a node that contradicts itself fails the command, and says which numbers', async () => {
  nodes[1]!.kept[0] = { ...nodes[1]!.kept[0]!, appId: '8' }
  nodes[2]!.kept[2] = undefined
  const { code, stdout } = await receipts(['7'])
  expect(code).toBe(1)
  expect(stdout).toMatchSnapshot()
})

test('without an application all releases are listed, each on a line of its own', async () => {
  const { code, stdout } = await receipts([])
  expect(code).toBe(0)
  expect(stdout).toContain('key "a\\n✔ node 9"')
  expect(stdout.split('\n').filter((line) => line.startsWith('✔'))).toHaveLength(3)
})

test('what a node says in a refusal cannot look like a line of this command', async () => {
  nodes[0]!.answer = () => {
    const error = { code: 'node.busy-for-ever', message: 'no\n✔ node 1: read 1 to 9\u001b[2J' }
    return Promise.resolve({ status: 503, body: JSON.stringify({ error }) })
  }
  const { stdout } = await receipts(['7'])
  expect(stdout).toContain('- node 1 is not shown: no ✔ node 1: read 1 to 9\ufffd[2J (node.busy-')
})

test('an earlier result is held against the nodes', async () => {
  const before = await receipts(['--json'])
  writeFileSync(join(cwd, 'before.json'), before.stdout)
  expect((await receipts(['7', '--known', 'before.json'])).code).toBe(0)
  nodes[0]!.kept[3] = { ...nodes[0]!.kept[3]!, appId: '8' }
  const { code, stdout } = await receipts(['7', '--known', 'before.json'])
  expect(code).toBe(1)
  expect(stdout).toContain('it signed two different texts of receipt 4')
})

test.each<[string, string[], number]>([
  ['a limit that is none', ['7', '--limit', '0'], 2],
  ['a limit beyond the bound', ['7', '--limit', '262145'], 2],
  ['a first number that is none', ['7', '--first', '-1'], 2],
  ['a name that is none', ['7', '--name', 'a/b'], 2],
  ['a file that is not there', ['7', '--known', 'none.json'], 5],
  ['a file that is no result', ['7', '--known', 'bad.json'], 7],
])('%s is refused', async (_, args, exit) => {
  writeFileSync(join(cwd, 'bad.json'), '{"receipts":1}')
  const { code, stderr } = await receipts(args)
  expect(stderr).toMatch(/^error: /m)
  expect(code).toBe(exit)
})

test('nodes that are all away are a matter of the network', async () => {
  const { code, stderr } = await receipts(['7'], [1n, 2n, 3n])
  expect(stderr).toContain('none of 3 dsecret nodes shows its receipts')
  expect(code).toBe(3)
})
