// Of which failures an agent hears, and that it hears of each once.
import { expect, test } from 'vitest'
import type { ContainerState } from '../runtime/runtime.ts'
import { failuresOf } from './failures.ts'
import type { Action, ObservedInstance } from './model.ts'

const exited = (exitCode: number, oomKilled = false, finishedAtMs = 5): ContainerState => ({
  ...{ state: 'exited', exitCode, oomKilled, finishedAtMs },
})
const running = (startedAtMs: number): ContainerState => ({ state: 'running', startedAtMs })
const instance = (containers: Record<string, ContainerState>, version = 1) =>
  ({
    ...{ podId: `p${version}`, appId: 7n, version, replica: 0 },
    containers: new Map(Object.entries(containers)),
  }) as unknown as ObservedInstance
const notices = (instances: ObservedInstance[], actions: Action[] = []) =>
  failuresOf(instances, actions).map(({ notice }) => notice)

test('a container that ended well is no failure, one that did not is, and the agent`s own is not', () => {
  expect(notices([instance({ web: exited(0), db: running(1) })])).toEqual([])
  expect(notices([instance({ web: exited(3), 'wetee-agent': exited(1) })])).toEqual([
    { reason: 'exited', service: 'web', exitCode: 3, outOfMemory: false },
  ])
  expect(notices([instance({ web: exited(0, true) })])[0]).toMatchObject({ outOfMemory: true })
  expect(notices([instance({ web: exited(-1) })])[0]).toMatchObject({ exitCode: 0 })
})

test('the same end is the same failure, another end another', () => {
  const key = (state: ContainerState) => failuresOf([instance({ web: state })], [])[0]?.key
  expect(key(exited(1))).toBe(key(exited(1)))
  expect(key(exited(1))).not.toBe(key(exited(1, false, 6)))
})

test('what is about to be healed, dropped or taken away says so first', () => {
  const at = instance({ web: running(9) })
  const key = { appId: 7n, version: 1, replica: 0 }
  const restart = { type: 'restart', key, podId: 'p1', container: 'web' } as const
  expect(notices([at], [{ ...restart, reason: 'unhealthy' }])).toEqual([
    { reason: 'unhealthy', service: 'web' },
  ])
  expect(notices([at], [{ ...restart, reason: 'agent-restarted' }])).toEqual([])
  expect(notices([at, instance({}, 2)], [{ type: 'drop-pending', version: 2 }])).toEqual([
    { reason: 'rolled-back' },
  ])
  const removed = (reason: 'network-key.changed' | 'drained') =>
    notices([at], [{ type: 'remove', podId: 'p1', reason }])
  expect(removed('network-key.changed')).toEqual([{ reason: 'evicted' }])
  expect(removed('drained')).toEqual([])
})
