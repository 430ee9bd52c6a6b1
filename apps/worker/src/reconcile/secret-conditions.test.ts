// What is said while secrets are waited for, by tables.
import { expect, test } from 'vitest'
import { AGENT_CONTAINER } from '../instance/identity.ts'
import type { ObservedInstance } from './model.ts'
import { secretsCondition } from './secret-conditions.ts'

const now = 1_000_000
const instance = (over: Partial<ObservedInstance> = {}, runsMs = 60_000): ObservedInstance => ({
  appId: 7n,
  version: 3,
  replica: 1,
  podId: 'wetee-w1-a7-v3-r1',
  containers: new Map([[AGENT_CONTAINER, { state: 'running', startedAtMs: now - runsMs }]]),
  attached: true,
  tee: 'alive',
  agent: 'measuring',
  agentCode: 'secrets.pending',
  answering: false,
  health: new Map(),
  isLeaseless: false,
  drainingSinceMs: undefined,
  connections: undefined,
  readySinceMs: undefined,
  ...over,
})

test.each([
  ['secrets.pending', 'secrets.pending', 'warning', 'asks again'],
  ['secrets.not-set', 'secrets.not-set', 'error', 'wetee secret set'],
  ['secrets.not-text', 'secrets.not-text', 'error', 'file'],
  ['secrets.too-few', 'secrets.too-few', 'error', 'wait'],
  ['secrets.not-memory', 'secrets.not-memory', 'error', 'tmpfs'],
  ['config.differs', 'config.differs', 'error', 'log'],
  ['toString', 'secrets.pending', 'warning', 'asks again'],
  ['x\u001b[31m', 'secrets.pending', 'warning', 'asks again'],
  [`a.${'b'.repeat(63)}`, 'secrets.pending', 'warning', 'asks again'],
])('an agent that says %j: %s, with a sentence and a remedy', (said, code, severity, remedy) => {
  const condition = secretsCondition(instance({ agentCode: said }), now)
  expect(condition).toMatchObject({ code, severity })
  expect(condition?.text).toMatch(/^version 3, replica 1 waits for its secrets/)
  expect(condition?.text).not.toContain('\u001b')
  expect(condition?.remedy).toContain(remedy)
})

test('a release may take ten seconds before a word is said, a reason is said at once', () => {
  expect(secretsCondition(instance({}, 9_999), now)).toBe(undefined)
  expect(secretsCondition(instance({}, 10_000), now)).toBeDefined()
  expect(secretsCondition(instance({ agentCode: 'secrets.not-set' }, 0), now)).toBeDefined()
})

test('an agent that does not wait has no such condition', () => {
  expect(secretsCondition(instance({ agentCode: undefined }), now)).toBe(undefined)
  for (const agent of ['verified', 'attested', 'lapsed', 'failed', undefined] as const)
    expect(secretsCondition(instance({ agent }), now)).toBe(undefined)
})
