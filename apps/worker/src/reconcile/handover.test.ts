// Updates that are more than start-first, by tables and as a property: two versions never use exclusive volumes at once.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseBackends, type Backend } from '../ingress/ingress.ts'
import { AGENT_CONTAINER } from '../instance/identity.ts'
import { app, exited, now, pod, policy, running, version, world } from '../testing/test-plan.ts'
import { handover } from './handover.ts'
import type { DesiredApp, ObservedInstance } from './model.ts'
import { isReady, plan } from './plan.ts'

const stopFirst = { strategy: 'stop-first' } as const
const updating = (replicas = 1, over: Partial<DesiredApp> = {}): DesiredApp =>
  app({
    versions: [
      version(1, { replicas }),
      version(2, { role: 'pending', replicas, update: stopFirst }),
    ],
    pendingAttested: true,
    ...over,
  })
/** An attested instance whose service has not been started, or has been stopped. */
const idle = (number: number, replica = 0, stopped = false) =>
  pod(number, {
    replica,
    answering: false,
    containers: new Map([
      [AGENT_CONTAINER, running],
      ...(stopped ? ([['web', exited(0)]] as const) : []),
    ]),
  })
const orders = (desired: DesiredApp, instances: readonly ObservedInstance[]) =>
  plan(desired, world({ instances }), policy, now).actions.map((action) =>
    [
      action.type,
      'podId' in action ? action.podId.replace('wetee-w1-a7-', '') : '',
      'container' in action ? action.container : '',
    ]
      .join(' ')
      .trim(),
  )

describe('stop-first', () => {
  test.each([
    ['the new version waits while it has no lease', { pendingAttested: false }, []],
    ['with its lease the old one stops', {}, ['stop v1-r0 web']],
  ] as const)('%s', (_, over, expected) => {
    expect(orders(updating(1, over), [pod(1), idle(2)])).toEqual(expected)
  })
  test('then the new one starts, and the old one does not come back beside it', () => {
    expect(orders(updating(), [idle(1, 0, true), idle(2)])).toEqual(['start v2-r0 web'])
    const started = pod(2, { answering: false })
    expect(orders(updating(), [idle(1, 0, true), started])).toEqual([])
  })
  test('it is activated when it is ready', () => {
    expect(orders(updating(), [idle(1, 0, true), pod(2)])).toEqual(['activate'])
  })
  test('and when it was not in time, it is dropped, removed, and only then the old one starts', () => {
    const late = [idle(1, 0, true), pod(2, { answering: false })]
    expect(orders(updating(1, { pendingExpired: true }), late)).toEqual([
      'stop v2-r0 web',
      'drop-pending',
    ])
    expect(orders(app(), late)).toEqual(['remove v2-r0', 'start v1-r0 web'])
  })
  test('replica after replica: the second stops when the first is ready in the new version', () => {
    const first = [idle(1, 0, true), pod(1, { replica: 1 })]
    const both = [...first, pod(2, { answering: false }), idle(2, 1)]
    expect(orders(updating(2), both)).toEqual([])
    expect(orders(updating(2), [...first, pod(2), idle(2, 1)])).toEqual(['stop v1-r1 web'])
  })
  test('what is ready of the new version shares connections with what is left of the old one', () => {
    const instances = [idle(1, 0, true), pod(1, { replica: 1 }), pod(2), idle(2, 1)]
    const { peers } = handover(updating(2), world({ instances }), isReady)
    expect([...peers]).toEqual([pod(2).podId])
  })
  test('a lease that lapses takes the new version back before the old one starts', () => {
    const lapsed = updating(1, { pendingAttested: false })
    const late = [idle(1, 0, true), pod(2)]
    expect(orders(lapsed, late)).toEqual(['stop v2-r0 web'])
    expect(orders(lapsed, [idle(1, 0, true), idle(2, 0, true)])).toEqual(['start v1-r0 web'])
  })
  test('a security version that has taken over has the volumes for itself', () => {
    const taken = app({ versions: [version(2, { update: stopFirst, security: true })] })
    expect(orders(taken, [pod(1), idle(2)])).toEqual(['remove v1-r0', 'start v2-r0 web'])
  })
})

test('whatever is seen, no plan starts a service beside the same replica of the other version', () => {
  const instance = (number: number) =>
    fc
      .record({
        replica: fc.nat(1),
        up: fc.constantFrom('none', 'running', 'exited'),
        agent: fc.constantFrom('attested', 'verified', 'lapsed', undefined),
        answering: fc.boolean(),
      })
      .map(({ replica, up, agent, answering }) =>
        pod(number, {
          ...{ replica, agent, answering: answering && up === 'running' },
          containers: new Map([
            [AGENT_CONTAINER, running],
            ...(up === 'none'
              ? []
              : ([['web', up === 'running' ? running : exited(1, now - 70_000)]] as const)),
          ]),
        }),
      )
  fc.assert(
    fc.property(
      fc.uniqueArray(instance(1), { maxLength: 2, selector: ({ replica }) => replica }),
      fc.uniqueArray(instance(2), { maxLength: 2, selector: ({ replica }) => replica }),
      fc.boolean(),
      fc.boolean(),
      (old, fresh, pendingAttested, pendingExpired) => {
        const desired = updating(2, { pendingAttested, pendingExpired })
        const started = plan(desired, world({ instances: [...old, ...fresh] }), policy, now)
          .actions.filter(({ type }) => type === 'start')
          .flatMap((action) =>
            'container' in action && action.container === 'web' ? [action.key] : [],
          )
        for (const key of started) {
          const others = (key.version === 1 ? fresh : old).filter(
            ({ replica }) => replica === key.replica,
          )
          for (const { containers } of others)
            expect(containers.get('web')?.state).not.toBe('running')
          const both = started.filter(({ replica }) => replica === key.replica)
          expect(both).toHaveLength(1)
        }
      },
    ),
    { numRuns: 500 },
  )
})

describe('a canary', () => {
  const rule = { strategy: 'start-first', canaryPercent: 20, canarySeconds: 60 } as const
  const desired = app({
    versions: [version(1), version(2, { role: 'pending', update: rule })],
    pendingAttested: true,
  })
  const at = (readySinceMs: number, over: Partial<ObservedInstance> = {}) =>
    world({ instances: [pod(1), pod(2, { readySinceMs, ...over })] })

  test('is activated when it was ready for its time without a break', () => {
    expect(plan(desired, at(now - 59_999), policy, now)).toMatchObject({
      actions: [],
      nextAtMs: now + 1,
    })
    expect(plan(desired, at(now - 60_000), policy, now).actions).toEqual([
      { type: 'activate', version: 2 },
    ])
  })
  test('gets its share only while all of it is ready', () => {
    expect(handover(desired, at(now), isReady).canary).toEqual({
      podIds: new Set([pod(2).podId]),
      percent: 20,
    })
    expect(handover(desired, at(now, { answering: false }), isReady).canary).toBe(undefined)
  })
  test('gets exactly its share of every hundred connections, and others when it does not listen', () => {
    const backend = (podId: string, number: number, canaryPercent?: number): Backend => ({
      ...{ podId, version: number, ready: true, dial: () => undefined },
      ...(canaryPercent === undefined ? {} : { canaryPercent }),
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(10_000), (percent, from) => {
        const backends = [backend('a', 1), backend('b', 1), backend('new', 2, percent)]
        const chosen = Array.from({ length: 100 }, (_, turn) => {
          const order = chooseBackends(backends, from + turn).map(({ podId }) => podId)
          if (order[0] === 'new') expect(order.slice(1).sort()).toEqual(['a', 'b'])
          else expect(order).not.toContain('new')
          return order[0]
        })
        expect(chosen.filter((podId) => podId === 'new')).toHaveLength(percent)
      }),
    )
  })
})
