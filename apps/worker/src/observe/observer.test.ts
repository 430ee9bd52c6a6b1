// Which events wake which applications.
import { expect, test } from 'vitest'
import { appsInEvents } from './observer.ts'

test('events that name this worker, or an application that is here, wake it; others do not', () => {
  const events = [
    { args: { appId: 1n, workerId: 5n } },
    { args: { appId: 2n, workerId: 6n } },
    { args: { appId: 3n } },
    { args: { appId: 4n } },
    { args: { account: '0x', amountWei: 1n } },
    { args: [1n] },
    {},
  ]
  expect(appsInEvents(events, 5n, (appId) => appId === 3n)).toEqual(new Set([1n, 3n]))
})
