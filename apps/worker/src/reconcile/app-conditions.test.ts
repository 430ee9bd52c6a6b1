// What is said about an application, by tables.
import { expect, test } from 'vitest'
import type { ContainerState } from '../runtime/runtime.ts'
import { appConditions } from './app-conditions.ts'
import type { AppFacts } from './facts.ts'
import type { ObservedApp, PlannedService } from './model.ts'

const now = 1_000_000
const podId = 'wetee-w1-a7-v1-r0'

function codesOf(restart: PlannedService['restart'], exitCode: number, starts: number): string[] {
  const job = {
    name: 'job',
    digest: `sha256:${'a'.repeat(64)}`,
    dependsOn: [],
    restart,
    hasHealthcheck: false,
  }
  const facts = {
    head: { number: 10n, hash: '0x', timestamp: 1_000n },
    owner: '0x',
    state: 'active',
    hasNotice: false,
    pendingDeadline: 0n,
    desired: {
      appId: 7n,
      state: 'active',
      versions: [
        {
          version: 1,
          role: 'current',
          replicas: 1,
          security: false,
          update: undefined,
          services: [job],
        },
      ],
      currentElsewhere: undefined,
      pendingAttested: false,
      pendingExpired: false,
    },
    versions: new Map(),
    leases: new Map(),
    conditions: [],
  } satisfies AppFacts
  const ended: ContainerState = {
    state: 'exited',
    exitCode,
    oomKilled: false,
    finishedAtMs: now - 500,
  }
  const observed: ObservedApp = {
    instances: [
      {
        appId: 7n,
        version: 1,
        replica: 0,
        podId,
        containers: new Map([['job', ended]]),
        attached: true,
        tee: 'alive',
        agent: 'attested',
        agentCode: undefined,
        answering: true,
        health: new Map(),
        isLeaseless: false,
        drainingSinceMs: undefined,
        connections: undefined,
        readySinceMs: undefined,
      },
    ],
    strangers: [],
    leftovers: [],
    images: new Set(),
    attempts: new Map([[`start:${podId}/job`, { count: starts, lastAtMs: now - 1_000 }]]),
    busy: new Set(),
    hasVolumes: false,
  }
  return appConditions(facts, observed, now).map(({ code }) => code)
}

test.each([
  [
    'a job that failed, was tried again and came to its end is not crashing',
    'on-failure',
    0,
    2,
    [],
  ],
  ['a job that failed is', 'on-failure', 1, 1, ['container.crashing']],
  [
    'a service that ends again and again is, whatever its exit code',
    'always',
    0,
    2,
    ['container.crashing'],
  ],
  ['a service that ended once without an error is not yet', 'always', 0, 1, []],
  ['one that is started once and failed is', 'no', 1, 1, ['container.crashing']],
  ['one that is started once and ended well is not', 'no', 0, 1, []],
] as const)('%s', (_name, restart, exitCode, starts, codes) => {
  expect(codesOf(restart, exitCode, starts)).toEqual(codes)
})
