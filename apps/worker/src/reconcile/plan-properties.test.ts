// The plan as a machine that is driven until it rests.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { podIdOf } from '../instance/identity.ts'
import type { ContainerState } from '../runtime/runtime.ts'
import { policy, now, version, app, pod, world } from '../testing/test-plan.ts'
import {
  attemptKey,
  type Action,
  type Attempt,
  type DesiredApp,
  type ObservedApp,
  type ObservedInstance,
} from './model.ts'
import { plan } from './plan.ts'

/** A machine that does what it is told; `fails` decides which orders do not succeed. */
class Machine {
  instances = new Map<string, ObservedInstance>()
  images = new Set<string>()
  attempts = new Map<string, Attempt>()
  hasVolumes = true
  nowMs = now
  created: string[] = []
  removed: string[] = []
  observe(): ObservedApp {
    return {
      instances: [...this.instances.values()],
      strangers: [],
      leftovers: [],
      images: this.images,
      attempts: this.attempts,
      busy: new Set(),
      hasVolumes: this.hasVolumes,
    }
  }
  apply(action: Action, desired: DesiredApp): void {
    const count = (this.attempts.get(attemptKey(action))?.count ?? 0) + 1
    if (action.type === 'start')
      this.attempts.set(attemptKey(action), { count, lastAtMs: this.nowMs })
    if (action.type === 'pull') this.images.add(action.digest)
    if (action.type === 'remove-volumes') this.hasVolumes = false
    if (action.type === 'create') {
      if (this.instances.has(action.podId)) throw new Error(`${action.podId} made twice`)
      this.created.push(action.podId)
      const containers = new Map<string, ContainerState>()
      this.instances.set(
        action.podId,
        pod(action.key.version, {
          ...action.key,
          containers,
          attached: false,
          agent: undefined,
          answering: false,
        }),
      )
    }
    if (action.type === 'remove') {
      this.instances.delete(action.podId)
      this.removed.push(action.podId)
    }
    if (!('podId' in action)) return
    const found = this.instances.get(action.podId)
    if (found === undefined) return
    const change = (over: Partial<ObservedInstance>) =>
      this.instances.set(action.podId, { ...found, ...over })
    if (action.type === 'attach') change({ attached: true })
    if (action.type === 'drain') change({ drainingSinceMs: this.nowMs })
    if (action.type === 'start') {
      const containers = new Map(found.containers)
      containers.set(action.container, { state: 'running', startedAtMs: this.nowMs })
      const services = desired.versions.find((v) => v.version === found.version)?.services ?? []
      const answering = services.every((s) => containers.get(s.name)?.state === 'running')
      change({ containers, agent: 'attested', answering })
    }
  }
  run(desired: DesiredApp): void {
    for (let round = 0; round < 200; round++) {
      const { actions, nextAtMs } = plan(desired, this.observe(), policy, this.nowMs)
      for (const action of actions) {
        this.check(action, desired)
        this.apply(action, desired)
      }
      if (actions.length === 0 && nextAtMs === undefined) return
      this.nowMs = actions.length > 0 ? this.nowMs + 1 : Math.max(this.nowMs + 1, nextAtMs ?? 0)
    }
    throw new Error('does not come to rest')
  }
  check(action: Action, desired: DesiredApp): void {
    const current = desired.versions.find((v) => v.role === 'current')
    if (action.type !== 'remove' || current === undefined || desired.state !== 'active') return
    const victim = this.instances.get(action.podId)
    if (victim?.version === current.version && victim.replica < current.replicas)
      if (victim.tee === 'alive' && victim.agent !== 'failed')
        throw new Error(`stopped the current version: ${action.podId}`)
  }
}

const services = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 })
  .map((names) =>
    names.map((name, index) => ({
      name,
      digest: `sha256:${name.repeat(64)}`,
      restart: 'always' as const,
      hasHealthcheck: false,
      // Only services before it: no cycles, as the manifest guarantees.
      dependsOn: names.slice(0, index).map((service) => ({
        service,
        condition: index % 2 === 0 ? ('service_started' as const) : ('service_healthy' as const),
      })),
    })),
  )
const desiredWorld = fc
  .record({
    state: fc.constantFrom('active', 'active', 'active', 'paused', 'ended'),
    replicas: fc.integer({ min: 1, max: 3 }),
    services,
    pending: fc.boolean(),
    first: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ state, replicas, services: list, pending, first }): DesiredApp =>
    app({
      state: state,
      versions: [
        version(first, { replicas, services: list }),
        ...(pending ? [version(first + 1, { role: 'pending', replicas, services: list })] : []),
      ],
    }),
  )

test('any world comes to rest with exactly the desired instances, each made once, then plans nothing', () => {
  fc.assert(
    fc.property(fc.array(desiredWorld, { minLength: 1, maxLength: 5 }), (history) => {
      const machine = new Machine()
      for (const desired of history) {
        machine.run(desired)
        const expected =
          desired.state === 'active'
            ? desired.versions.flatMap((v) =>
                Array.from({ length: v.replicas }, (_, replica) =>
                  podIdOf('w1', { appId: 7n, version: v.version, replica }),
                ),
              )
            : []
        expect([...machine.instances.keys()].sort()).toEqual(expected.sort())
        expect(machine.hasVolumes || history.some((d) => d.state === 'ended')).toBe(true)
        expect(plan(desired, machine.observe(), policy, machine.nowMs)).toEqual({
          actions: [],
          nextAtMs: undefined,
          keys: new Set(),
        })
      }
    }),
    { numRuns: 200 },
  )
})

test('planning twice over the same world gives the same orders, and never two for one thing', () => {
  fc.assert(
    fc.property(desiredWorld, fc.array(fc.boolean()), (desired, flags) => {
      const instances = desired.versions.map((v, i) =>
        pod(v.version, {
          attached: flags[i] ?? true,
          agent: flags[i + 2] ? 'attested' : undefined,
        }),
      )
      const observed = world({ instances })
      const first = plan(desired, observed, policy, now)
      expect(plan(desired, observed, policy, now)).toEqual(first)
      const keys = first.actions.map(attemptKey)
      expect(new Set(keys).size).toBe(keys.length)
    }),
  )
})
