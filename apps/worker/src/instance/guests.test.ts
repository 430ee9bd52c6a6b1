// Which agents are asked when.
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MemoryAgents } from '../testing/memory-agents.ts'
import { keepLog } from '../testing/silent-log.ts'
import { Guests } from './guests.ts'

const COUNT = 60
const key = { appId: 7n, version: 1, replica: 0 }
let folder: string
let agents: MemoryAgents
let guests: Guests
/** Pods by how often their agents were asked. */
let asked: Map<string, number>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-guests-'))
  asked = new Map()
  agents = new MemoryAgents(() => 0)
  const doors = {
    ...agents.doors,
    agent: (...args: Parameters<typeof agents.doors.agent>) => {
      const agent = agents.doors.agent(...args)
      const podId = args[0].folder.split('/').at(-2) ?? ''
      const state = () => {
        asked.set(podId, (asked.get(podId) ?? 0) + 1)
        return agent.state()
      }
      return { ...agent, state }
    },
  }
  guests = new Guests(keepLog(), new AbortController().signal, doors, () => 0)
  for (let n = 0; n < COUNT; n++) {
    const runFolder = join(folder, `pod-${n}`, 'run')
    mkdirSync(runFolder, { recursive: true })
    agents.start(`pod-${n}`, key, { answers: 0, verified: 0, attested: 0 })
    await guests.attach(`pod-${n}`, runFolder, {} as never, [8080])
  }
})
afterEach(async () => {
  await guests.close()
  rmSync(folder, { recursive: true, force: true })
})

test('agents that are settled are asked in turn, each once before any is asked again', async () => {
  expect(await guests.pollAll()).toHaveLength(COUNT)
  asked.clear()
  for (let round = 1; round <= 60; round++) {
    await guests.pollAll()
    expect(asked.size).toBe(round)
  }
  expect([...asked.values()].every((times) => times === 1)).toBe(true)
})

test('an agent that waits for something or is drained is asked every time', async () => {
  agents.get('pod-3')!.trouble = 'lapsed'
  await guests.pollAll()
  await guests.drain('pod-5', 0)
  asked.clear()
  for (let round = 0; round < 10; round++) await guests.pollAll()
  expect([asked.get('pod-3'), asked.get('pod-5')]).toEqual([10, 10])
})

test('in between, only agents that wait for something are asked, and at most so many', async () => {
  await guests.pollAll()
  asked.clear()
  expect(await guests.pollUnsettled()).toEqual([])
  expect(asked.size).toBe(0)
  for (const { podId } of agents.all()) agents.get(podId)!.trouble = 'lapsed'
  for (let round = 0; round < 60; round++) await guests.pollAll()
  asked.clear()
  await guests.pollUnsettled()
  expect(asked.size).toBe(16)
})

test('what becomes of a settled agent is seen in its turn, and from then on every time', async () => {
  await guests.pollAll()
  agents.get('pod-9')!.trouble = 'lapsed'
  const changed: string[] = []
  for (let round = 0; round < 60; round++) changed.push(...(await guests.pollAll()))
  expect(changed).toEqual(['pod-9'])
  asked.clear()
  await guests.pollAll()
  expect(asked.get('pod-9')).toBe(1)
})

test('a settled agent that is detached while it is its turn takes no other out of the round', async () => {
  await guests.pollAll()
  await guests.pollAll()
  await guests.detach('pod-1')
  asked.clear()
  for (let round = 0; round < 60; round++) await guests.pollAll()
  expect(asked.size).toBe(COUNT - 1)
})
