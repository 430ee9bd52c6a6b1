// Steps of a start, by tables.
import { expect, test } from 'vitest'
import type { AppDetails } from './apps.ts'
import type { VersionRecord } from './reader.ts'
import { stepsDone, stepsText } from './start-steps.ts'

const version = { version: 2 } as VersionRecord
const instance = (of: number, state: string, ready = false) => ({
  ...{ id: `v${of}`, version: of, replica: 0, state, ready, restarts: 0, urls: [] },
})
const lease = (of: number) => ({ version: of, replica: 0, live: true })
/** An application with version 1 running, and what is given of version 2. */
const details = (over: object) =>
  ({
    ...{ currentVersion: 1, leases: [lease(1)], instances: [instance(1, 'attested', true)] },
    ...over,
  }) as unknown as AppDetails
const pulled = [{ version: 2, images: { pulled: 1, total: 1 } }]
const beside = (state: string, ready = false) => ({
  versions: pulled,
  instances: [instance(1, 'attested', true), instance(2, state, ready)],
})

test.each<[string, object, string]>([
  ['nothing', {}, ''],
  ['half its images', { versions: [{ version: 2, images: { pulled: 1, total: 2 } }] }, ''],
  ['its images', { versions: pulled }, 'pulled'],
  ['a launch', beside('measuring'), 'pulled launched'],
  ['an agent that has verified it', beside('verified'), 'pulled launched verified'],
  [
    'a lease',
    { ...beside('attested'), leases: [lease(1), lease(2)] },
    'pulled launched verified attested',
  ],
  [
    'health',
    { ...beside('attested', true), leases: [lease(1), lease(2)] },
    'pulled launched verified attested healthy',
  ],
  [
    'activation',
    { ...beside('attested', false), currentVersion: 2 },
    'pulled launched verified attested healthy active',
  ],
  [
    'the end of the version before',
    { versions: pulled, currentVersion: 2, instances: [instance(2, 'attested', true)] },
    'pulled launched verified attested healthy active drained',
  ],
])('with %s', (_, over, expected) => {
  expect(stepsDone(details(over), version, 1).join(' ')).toBe(expected)
})

test('every replica has to come so far', () => {
  expect(stepsDone(details(beside('verified')), version, 2)).toEqual(['pulled'])
})

test('a worker that says nothing leaves it to the chain', () => {
  const silent = details({ instances: undefined, currentVersion: 2 })
  expect(stepsDone(silent, version, 1).at(-1)).toBe('active')
})

test('one line says what is done, what is waited for and what is left', () => {
  expect(stepsText(['pulled'], 'its TEE', ['pulled', 'launched', 'active'])).toBe(
    '[x] pulled  [>] launched: its TEE  [ ] active',
  )
})

test('past the last step the line says what is still waited for', () => {
  expect(stepsText(['pulled'], 'attested; it answers 503', ['pulled'])).toBe(
    '[x] pulled  [>] attested; it answers 503',
  )
})
