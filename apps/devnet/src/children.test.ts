// Child processes of a devnet, with real ones.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ChildStopped } from './child-stopped.ts'
import { Children } from './children.ts'
import { processesIn } from './leftovers.ts'

let folder: string
let children: Children
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-children-'))
  mkdirSync(join(folder, 'logs'))
  children = new Children(folder)
})
afterEach(async () => {
  await children.stopAll()
  rmSync(folder, { recursive: true, force: true })
})

/** A program that runs until it is told to end, named by a file of the folder. */
const start = (name: string, code = 'setInterval(() => {}, 1000)') => {
  const file = join(folder, `${name}.mjs`)
  writeFileSync(file, code)
  return children.start(name, process.execPath, [file])
}
const ended = () =>
  new Promise<string>((resolve) => {
    children.onUnexpectedExit = (name, how) => resolve(`${name}: ${how}`)
  })

test('a child is found by its folder while it runs, and gone when it was stopped', async () => {
  start('one')
  start('two')
  expect(children.count).toBe(2)
  expect(processesIn(folder)).toHaveLength(2)
  await children.stop('one')
  expect(children.isRunning('one')).toBe(false)
  expect(processesIn(folder)).toHaveLength(1)
  await children.stopAll()
  expect(processesIn(folder)).toEqual([])
  expect(existsSync(join(folder, 'children.json'))).toBe(false)
})

test('one that ends by itself is said, one that was stopped is not', async () => {
  const how = ended()
  start('one', 'process.exit(3)')
  expect(await how).toBe('one: exit code 3')
  let said = ''
  children.onUnexpectedExit = (name) => (said = name)
  start('two')
  await children.stop('two')
  expect(said).toBe('')
})

test('what a killed devnet has left is ended by the next one, and nobody else', async () => {
  start('one')
  start('other')
  const record = join(folder, 'children.json')
  const recorded = JSON.parse(readFileSync(record, 'utf8')) as { name: string; startTime: string }[]
  // The number of a process that has ended may belong to another by now: its start time tells.
  const changed = recorded.map((entry) =>
    entry.name === 'other' ? { ...entry, startTime: '1' } : entry,
  )
  writeFileSync(record, JSON.stringify(changed))
  expect(await new Children(folder).stopLeftovers()).toBe(1)
  expect(processesIn(folder)).toHaveLength(1)
  expect(await new Children(folder).stopLeftovers()).toBe(0)
})

test('the error about a process that ended carries the code and the words of its log', () => {
  const log = join(folder, 'logs', 'worker.log')
  const fatal = { level: 'fatal', code: 'engine.missing', error: 'no container engine', msg: 'x' }
  writeFileSync(log, `{"level":"info","msg":"started"}\n${JSON.stringify(fatal)}\n`)
  const error = new ChildStopped('worker', 'exit code 1', log)
  expect(error.code).toBe('engine.missing')
  expect(error.message).toBe(`worker stopped (exit code 1): no container engine. See ${log}`)
  expect(new ChildStopped('chain', 'SIGKILL', join(folder, 'none')).code).toBe(
    'devnet.child-stopped',
  )
})
