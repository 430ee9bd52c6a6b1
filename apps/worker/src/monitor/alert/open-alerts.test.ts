import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConditionBoard } from '../../condition/condition.ts'
import { configSchema } from '../../config.ts'
import { keepLog } from '../../testing/silent-log.ts'
import { HistoryStore } from '../history/history-store.ts'
import { openAlerts } from './open-alerts.ts'

describe('alerts from a configuration', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wetee-'))
    writeFileSync(join(folder, 'key'), 's3cret\n', { mode: 0o600 })
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const secretFile = () => join(folder, 'key')
  const hook = () => ({
    kind: 'webhook',
    name: 'h',
    url: 'https://x.test',
    secretFile: secretFile(),
  })
  const parse = (alerts: unknown) => configSchema.shape.monitoring.parse({ alerts })
  const open = (alerts: unknown) =>
    openAlerts(
      {
        ...{ config: parse(alerts), endpoint: 'http://w', board: new ConditionBoard() },
        ...{ log: keepLog(), signal: new AbortController().signal, alertsOf: () => undefined },
        account: { signMessage: () => Promise.reject(new Error('unasked')) },
      },
      new HistoryStore(':memory:'),
    )

  test('are those of the defaults without a word', () => {
    expect(open({}).firing()).toEqual([])
  })

  test('go to destinations of all kinds', () => {
    const mail = { kind: 'email', name: 'm', host: 'mail.test', from: 'w@x.test', to: ['a@x.test'] }
    const chat = { kind: 'telegram', name: 't', tokenFile: secretFile(), chatId: '@ops' }
    expect(open({ destinations: [hook(), mail, chat] }).firing()).toEqual([])
  })

  test('are not opened with a secret that others can read', () => {
    chmodSync(secretFile(), 0o644)
    expect(() => open({ destinations: [hook()] })).toThrow(
      expect.objectContaining({ code: 'account.mode-open' }),
    )
  })

  test.each([
    {
      destinations: [{ ...{ kind: 'webhook', name: 'h', secretFile: '/k' }, url: 'http://x.test' }],
    },
    { destinations: [{ kind: 'webhook', name: 'h', secretFile: '/k' }] },
    { destinations: [{ kind: 'telegram', name: 't', tokenFile: '/k', chatId: 'a b' }] },
    { rules: [{ kind: 'anomaly', name: 'x', series: 'unknown' }] },
    {
      rules: [
        { kind: 'anomaly', name: 'x', series: 'cpuMilli' },
        { kind: 'below', name: 'x', series: 'cpuMilli', value: 1 },
      ],
    },
    { silences: [{ until: 'tomorrow' }] },
  ])('are refused where they cannot be meant: %j', (alerts) => {
    expect(() => parse(alerts)).toThrow()
  })
})
