// Plans for engines that make and restart whole pods.
import { expect, test } from 'vitest'
import { AGENT_CONTAINER } from '../instance/identity.ts'
import {
  app,
  exited,
  now,
  pod,
  policy,
  running,
  version,
  web,
  world,
} from '../testing/test-plan.ts'
import type { DesiredApp, ObservedInstance } from './model.ts'
import { plan } from './plan.ts'

const orders = (desired: DesiredApp, ...instances: ObservedInstance[]) =>
  plan(desired, world({ instances }), { ...policy, wholePods: true }, now).actions.map((action) =>
    action.type === 'remove' ? `remove ${action.reason}` : action.type,
  )
const containers = (over: Record<string, ReturnType<typeof exited>>) =>
  new Map([[AGENT_CONTAINER, running], ['web', running], ...Object.entries(over)])

test('a pod is made as a whole and attached; its containers are started by nobody here', () => {
  expect(orders(app())).toEqual(['create'])
  const none = { containers: new Map(), agent: undefined }
  expect(orders(app(), pod(1, { attached: false, ...none }))).toEqual(['attach'])
  expect(orders(app(), pod(1, none))).toEqual([])
  expect(orders(app(), pod(1, { containers: containers({ web: exited(1) }) }))).toEqual([])
  expect(orders(app(), pod(1))).toEqual([])
})

test('one that has ended as a whole is made anew, unless all of its work is done', () => {
  const ended = { containers: containers({ web: exited(0) }), isOver: true, agent: undefined }
  expect(orders(app(), pod(1, ended))).toEqual(['remove pod-over'])
  const once = app({ versions: [version(1, { services: [{ ...web, restart: 'no' }] })] })
  expect(orders(once, pod(1, ended))).toEqual([])
})

test('services that have outlived their agent go with their pod: its socket and secrets are of another', () => {
  const agent = { state: 'running', startedAtMs: now - 1_000 } as const
  const restarted = pod(1, { containers: new Map([...containers({}), [AGENT_CONTAINER, agent]]) })
  expect(orders(app(), restarted)).toEqual(['remove agent-restarted'])
})

test('an agent that refuses its launch, and a TEE that is gone, are answered as everywhere', () => {
  const refused = { containers: new Map([[AGENT_CONTAINER, exited(78)]]), agent: undefined }
  expect(orders(app(), pod(1, refused))).toEqual(['remove agent-refused'])
  expect(orders(app(), pod(1, { tee: 'lost' }))).toEqual(['remove tee-lost'])
})
