// The plan by tables.
import { describe, expect, test } from 'vitest'
import { AGENT_CONTAINER } from '../instance/identity.ts'
import type { ContainerState } from '../runtime/runtime.ts'
import {
  policy,
  digestA,
  now,
  running,
  exited,
  web,
  version,
  app,
  pod,
  world,
} from '../testing/test-plan.ts'
import { backOffMs } from './back-off.ts'
import type { Health } from '../health/health.ts'
import type { Action, DesiredApp, DesiredVersion, ObservedApp, ObservedInstance } from './model.ts'
import { isReady, plan } from './plan.ts'

const short = (action: Action): string =>
  [
    action.type,
    'podId' in action ? action.podId.replace('wetee-w1-a7-', '') : '',
    'container' in action ? action.container : '',
    'reason' in action ? action.reason : '',
    'version' in action ? `v${action.version}` : '',
  ]
    .filter((part) => part !== '')
    .join(' ')
const ordersFor = (desired: DesiredApp, observed: ObservedApp, at = now) =>
  plan(desired, observed, policy, at).actions.map(short)

const cases: [string, DesiredApp, ObservedApp, string[]][] = [
  ['images first', app(), world({ images: new Set() }), ['pull v1']],
  [
    'a pull that runs is not ordered again',
    app(),
    world({ images: new Set(), busy: new Set([`pull:${digestA}`]) }),
    [],
  ],
  ['then the pod', app(), world(), ['create v1-r0']],
  [
    'a pod found after a restart is attached, not made again',
    app(),
    world({ instances: [pod(1, { attached: false, agent: undefined })] }),
    ['attach v1-r0'],
  ],
  [
    'the agent before any service',
    app(),
    world({ instances: [pod(1, { containers: new Map(), agent: undefined })] }),
    ['start v1-r0 wetee-agent'],
  ],
  [
    'no service while the agent measures',
    app(),
    world({
      instances: [
        pod(1, { containers: new Map([[AGENT_CONTAINER, running]]), agent: 'measuring' }),
      ],
    }),
    [],
  ],
  [
    'services once the agent has verified the launch',
    app(),
    world({
      instances: [pod(1, { containers: new Map([[AGENT_CONTAINER, running]]), agent: 'verified' })],
    }),
    ['start v1-r0 web'],
  ],
  ['nothing to do at rest', app(), world({ instances: [pod(1)] }), []],
  [
    'an instance whose TEE is gone is replaced',
    app(),
    world({ instances: [pod(1, { tee: 'lost' })] }),
    ['remove v1-r0 tee-lost'],
  ],
  [
    'an agent that refuses its launch is replaced',
    app(),
    world({
      instances: [
        pod(1, { agent: undefined, containers: new Map([[AGENT_CONTAINER, exited(78)]]) }),
      ],
    }),
    ['remove v1-r0 agent-refused'],
  ],
  [
    'an agent that crashed starts again beside running services',
    app(),
    world({
      instances: [
        pod(1, {
          agent: undefined,
          containers: new Map([
            [AGENT_CONTAINER, exited(1)],
            ['web', running],
          ]),
        }),
      ],
    }),
    ['start v1-r0 wetee-agent'],
  ],
  [
    'and once it has verified its launch they start anew: what they have of it is of the one before',
    app({
      versions: [
        version(1, {
          services: [web, { ...web, name: 'db' }, { ...web, name: 'job', restart: 'no' }],
        }),
      ],
    }),
    world({
      instances: [
        pod(1, {
          agent: 'verified',
          containers: new Map([
            [AGENT_CONTAINER, { state: 'running', startedAtMs: now - 5_000 }],
            ['web', running],
            ['db', { state: 'running', startedAtMs: now - 4_000 }],
            ['job', running],
          ]),
        }),
      ],
    }),
    ['restart v1-r0 web agent-restarted'],
  ],
  [
    'but not while its start lies ahead of the clock',
    app(),
    world({
      instances: [
        pod(1, {
          containers: new Map([
            [AGENT_CONTAINER, { state: 'running', startedAtMs: now + 1 }],
            ['web', running],
          ]),
        }),
      ],
    }),
    [],
  ],
  [
    'an instance that was launched before the network had its key is launched anew',
    app(),
    world({ instances: [pod(1, { tee: 'outdated' })] }),
    ['remove v1-r0 network-key.changed'],
  ],
  [
    'a paused application stops',
    app({ state: 'paused' }),
    world({ instances: [pod(1)], hasVolumes: true }),
    ['remove v1-r0 paused'],
  ],
  ['and keeps its volumes', app({ state: 'paused' }), world({ hasVolumes: true }), []],
  [
    'an ended one stops',
    app({ state: 'ended' }),
    world({ instances: [pod(1)], hasVolumes: true }),
    ['remove v1-r0 ended'],
  ],
  ['then its volumes go', app({ state: 'ended' }), world({ hasVolumes: true }), ['remove-volumes']],
  [
    'strangers are removed',
    app(),
    world({ instances: [pod(1)], strangers: ['x'] }),
    ['remove x stranger'],
  ],
  [
    'what is left of an unwanted instance is removed, of a wanted one it is used again',
    app(),
    world({ leftovers: [pod(1).podId, pod(2).podId] }),
    ['create v1-r0', 'remove v2-r0 leftover'],
  ],
  [
    'what is left of an ended application is removed before anything counts as done',
    app({ state: 'ended' }),
    world({ leftovers: [pod(1).podId] }),
    ['remove v1-r0 ended'],
  ],
  [
    'scaled up: the missing replica is made beside the others',
    app({ versions: [version(1, { replicas: 2 })] }),
    world({ instances: [pod(1)] }),
    ['create v1-r1'],
  ],
  [
    'scaled down: a replica above the number hands its clients over first',
    app(),
    world({ instances: [pod(1), pod(1, { replica: 1 })] }),
    ['drain v1-r1'],
  ],
  [
    'and is removed as soon as they have gone',
    app(),
    world({
      instances: [
        pod(1),
        pod(1, { replica: 1, drainingSinceMs: now - 3_000, connections: 0, agent: 'attested' }),
      ],
    }),
    ['remove v1-r1 drained'],
  ],
  [
    'not before: what its agent says may be of before',
    app(),
    world({
      instances: [pod(1), pod(1, { replica: 1, drainingSinceMs: now - 2_999, connections: 0 })],
    }),
    [],
  ],
  [
    'scaled up again meanwhile it is made anew: no agent comes back from draining',
    app({ versions: [version(1, { replicas: 2 })] }),
    world({ instances: [pod(1), pod(1, { replica: 1, drainingSinceMs: now })] }),
    ['remove v1-r1 drained'],
  ],
  [
    'a migration to this worker starts while the current version runs elsewhere',
    app({ versions: [version(2, { role: 'pending' })], currentElsewhere: 1 }),
    world(),
    ['create v2-r0'],
  ],
  [
    'and is activated from here when it is ready and attested',
    app({
      versions: [version(2, { role: 'pending' })],
      currentElsewhere: 1,
      pendingAttested: true,
    }),
    world({ instances: [pod(2)] }),
    ['activate v2'],
  ],
  [
    'a migration that was dropped is removed at once: it never served',
    app({ versions: [], currentElsewhere: 1 }),
    world({ instances: [pod(2)] }),
    ['remove v2-r0 not-desired'],
  ],
  [
    'an application that has moved away keeps its connections for the time of draining',
    app({ versions: [], currentElsewhere: 2 }),
    world({ instances: [pod(1)], hasVolumes: true }),
    ['drain v1-r0'],
  ],
  [
    'and is then stopped; its volumes stay, they are nowhere else',
    app({ versions: [], currentElsewhere: 2 }),
    world({ instances: [pod(1, { drainingSinceMs: now - 10_000 })], hasVolumes: true }),
    ['remove v1-r0 drained'],
  ],
  [
    'a security version that is current but not ready: the old version is stopped, nothing may hold back a fix',
    app({ versions: [version(2, { security: true })] }),
    world({ instances: [pod(1), pod(2, { agent: 'measuring' })] }),
    ['remove v1-r0 not-desired'],
  ],
  [
    'a security version that is ready in time takes the traffic over like any other',
    app({ versions: [version(2, { security: true })] }),
    world({ instances: [pod(1), pod(2)] }),
    ['drain v1-r0'],
  ],
  [
    'pending starts beside current',
    app({ versions: [version(1), version(2, { role: 'pending' })] }),
    world({ instances: [pod(1)] }),
    ['create v2-r0'],
  ],
  [
    'pending that is ready but not attested on chain waits',
    app({ versions: [version(1), version(2, { role: 'pending' })] }),
    world({ instances: [pod(1), pod(2)] }),
    [],
  ],
  [
    'attested on chain and ready: activated',
    app({ versions: [version(1), version(2, { role: 'pending' })], pendingAttested: true }),
    world({ instances: [pod(1), pod(2)] }),
    ['activate v2'],
  ],
  [
    'attested on chain but its port does not answer: not activated',
    app({ versions: [version(1), version(2, { role: 'pending' })], pendingAttested: true }),
    world({ instances: [pod(1), pod(2, { answering: false })] }),
    [],
  ],
  [
    'one replica of two ready: not activated',
    app({
      versions: [version(1), version(2, { role: 'pending', replicas: 2 })],
      pendingAttested: true,
    }),
    world({ instances: [pod(1), pod(2), pod(2, { replica: 1, agent: 'verified' })] }),
    [],
  ],
  [
    'a pending version whose window is over is dropped',
    app({ versions: [version(1), version(2, { role: 'pending' })], pendingExpired: true }),
    world({ instances: [pod(1), pod(2)] }),
    ['drop-pending v2'],
  ],
  [
    'a dropped pending version is removed at once',
    app(),
    world({ instances: [pod(1), pod(2)] }),
    ['remove v2-r0 not-desired'],
  ],
  [
    'after activation the old version drains',
    app({ versions: [version(2)] }),
    world({ instances: [pod(1), pod(2)] }),
    ['drain v1-r0'],
  ],
  [
    'but not while the new one cannot take its traffic',
    app({ versions: [version(2)] }),
    world({ instances: [pod(1), pod(2, { agent: 'lapsed' })] }),
    [],
  ],
  [
    'it drains to the end',
    app({ versions: [version(2)] }),
    world({ instances: [pod(1, { drainingSinceMs: now - 9_999 }), pod(2)] }),
    [],
  ],
  [
    'and is then stopped',
    app({ versions: [version(2)] }),
    world({ instances: [pod(1, { drainingSinceMs: now - 10_000 }), pod(2)] }),
    ['remove v1-r0 drained'],
  ],
]

test.each(cases)('%s', (_name, desired, observed, expected) => {
  expect(ordersFor(desired, observed)).toEqual(expected)
})

describe('dependencies', () => {
  const service = (name: string, over = {}) => ({ ...web, name, ...over })
  const after = (
    condition: 'service_started' | 'service_healthy' | 'service_completed_successfully',
  ) =>
    app({
      versions: [
        version(1, {
          services: [
            service('db', {
              restart: condition === 'service_completed_successfully' ? 'on-failure' : 'always',
            }),
            service('web', { dependsOn: [{ service: 'db', condition }] }),
          ],
        }),
      ],
    })
  const with_ = (db?: ContainerState) =>
    world({
      instances: [
        pod(1, {
          agent: 'verified',
          containers: new Map([
            [AGENT_CONTAINER, running],
            ...(db === undefined ? [] : ([['db', db]] as const)),
          ]),
        }),
      ],
    })
  test.each([
    ['service_started', undefined, ['start v1-r0 db']],
    ['service_started', running, ['start v1-r0 web']],
    ['service_healthy', { state: 'running', startedAtMs: now - 2_999 }, []],
    ['service_healthy', { state: 'running', startedAtMs: now - 3_000 }, ['start v1-r0 web']],
    ['service_completed_successfully', running, []],
    ['service_completed_successfully', exited(0), ['start v1-r0 web']],
    ['service_completed_successfully', exited(1), ['start v1-r0 db']],
  ] as const)('%s with db %o', (condition, db, expected) => {
    expect(ordersFor(after(condition), with_(db))).toEqual(expected)
  })
})

describe('health', () => {
  const since = now - 30_000
  const checked = (replicas = 1, more: Partial<DesiredVersion> = {}) =>
    app({
      versions: [version(1, { replicas, services: [{ ...web, hasHealthcheck: true }], ...more })],
    })
  const health = (state: Health['state'], sinceMs = since) =>
    new Map([['web', { state, sinceMs, failures: 3 }]])
  const sick = (over: Partial<ObservedInstance> = {}) =>
    world({ instances: [pod(1, { health: health('unhealthy'), ...over })] })
  const heals = (count: number, lastAtMs: number) =>
    new Map([[`heal:${pod(1).podId}/web`, { count, lastAtMs }]])

  test.each([
    ['starting', []],
    ['unhealthy', []],
    ['healthy', ['start v1-r0 web']],
  ] as const)('a service that waits for a healthy one while that is %s', (state, expected) => {
    const db = { ...web, name: 'db', hasHealthcheck: true }
    const waits = {
      ...web,
      dependsOn: [{ service: 'db', condition: 'service_healthy' as const }],
    }
    const containers = new Map([
      [AGENT_CONTAINER, running],
      ['db', running],
    ])
    const found = pod(1, { containers, health: new Map([['db', health(state).get('web')!]]) })
    const desired = app({ versions: [version(1, { services: [waits, db] })] })
    expect(ordersFor(desired, world({ instances: [found] }), now - 1)).toEqual(expected)
  })
  test('an instance takes traffic only when it is healthy', () => {
    expect(isReady(pod(1))).toBe(true)
    expect(isReady(pod(1, { health: health('healthy') }))).toBe(true)
    expect(isReady(pod(1, { health: health('starting') }))).toBe(false)
    expect(isReady(pod(1, { health: health('unhealthy') }))).toBe(false)
  })
  test('30 s unhealthy, and it is started anew; then after twice as long, at most 10 minutes', () => {
    expect(ordersFor(checked(), sick(), now - 1)).toEqual([])
    expect(ordersFor(checked(), sick())).toEqual(['restart v1-r0 web unhealthy'])
    const again = { ...sick(), attempts: heals(1, since - 1) }
    expect(plan(checked(), again, policy, now)).toMatchObject({
      actions: [],
      nextAtMs: since + 60_000,
    })
    const often = { ...sick(), attempts: heals(40, since - 1) }
    expect(plan(checked(), often, policy, now).nextAtMs).toBe(since + 600_000)
  })
  test('what was well for half an hour begins with the shortest wait again', () => {
    const again = { ...sick(), attempts: heals(40, since - 1_800_000) }
    expect(ordersFor(checked(), again)).toEqual(['restart v1-r0 web unhealthy'])
  })
  test('a job that may run only once is not started anew', () => {
    const services = [{ ...web, hasHealthcheck: true, restart: 'no' as const }]
    expect(ordersFor(checked(1, { services }), sick())).toEqual([])
  })
  test('a pending version is not activated before it is healthy, and is dropped when its time is over', () => {
    const pending = version(2, { role: 'pending', services: [{ ...web, hasHealthcheck: true }] })
    const desired = app({ versions: [version(1), pending], pendingAttested: true })
    const at = (state: Health['state']) =>
      world({ instances: [pod(1), pod(2, { health: health(state, now) })] })
    expect(ordersFor(desired, at('starting'))).toEqual([])
    expect(ordersFor(desired, at('unhealthy'))).toEqual([])
    expect(ordersFor(desired, at('healthy'))).toEqual(['activate v2'])
    expect(ordersFor({ ...desired, pendingExpired: true }, at('unhealthy'))).toEqual([
      'drop-pending v2',
    ])
  })
})

describe('restart', () => {
  test.each([
    ['always', 0, ['start v1-r0 web']],
    ['on-failure', 0, []],
    ['on-failure', 1, ['start v1-r0 web']],
    ['no', 0, []],
    ['no', 1, []],
  ] as const)('%s after exit code %d', (restart, exitCode, expected) => {
    const containers = new Map([
      [AGENT_CONTAINER, running],
      ['web', exited(exitCode)],
    ])
    const desired = app({ versions: [version(1, { services: [{ ...web, restart }] })] })
    expect(ordersFor(desired, world({ instances: [pod(1, { containers })] }))).toEqual(expected)
  })
})

describe('back-off', () => {
  const crashed = (count: number, lastAtMs: number, finishedAtMs: number) =>
    world({
      attempts: new Map([[`start:${pod(1).podId}/web`, { count, lastAtMs }]]),
      instances: [
        pod(1, {
          containers: new Map([
            [AGENT_CONTAINER, running],
            ['web', exited(1, finishedAtMs)],
          ]),
        }),
      ],
    })
  test('a crashed service waits 1 s, 2 s, ... 60 s', () => {
    expect([1, 2, 3, 7, 100].map(backOffMs)).toEqual([1_000, 2_000, 4_000, 60_000, 60_000])
    const observed = crashed(3, now - 5_000, now)
    expect(plan(app(), observed, policy, now)).toMatchObject({
      actions: [],
      nextAtMs: now + 4_000,
    })
    expect(ordersFor(app(), observed, now + 3_999)).toEqual([])
    expect(ordersFor(app(), observed, now + 4_000)).toEqual(['start v1-r0 web'])
  })
  test('one that had run a minute starts over with the shortest wait', () => {
    expect(ordersFor(app(), crashed(9, now - 60_000, now), now + 999)).toEqual([])
    expect(ordersFor(app(), crashed(9, now - 60_000, now), now + 1_000)).toEqual([
      'start v1-r0 web',
    ])
  })
  test('a pull that failed is not ordered before its time', () => {
    const attempts = new Map([[`pull:${digestA}`, { count: 2, lastAtMs: now }]])
    const observed = world({ images: new Set(), attempts })
    expect(plan(app(), observed, policy, now + 1_999)).toMatchObject({
      actions: [],
      nextAtMs: now + 2_000,
    })
    expect(ordersFor(app(), observed, now + 2_000)).toEqual(['pull v1'])
  })
})
