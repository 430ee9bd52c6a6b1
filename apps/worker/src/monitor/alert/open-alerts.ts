// Alerts as the configuration asks for them. Reads the files of secrets.
import { setTimeout as delay } from 'node:timers/promises'
import { readSecret } from '../../account/operator-key.ts'
import type { ConditionBoard } from '../../condition/condition.ts'
import type { WorkerConfig } from '../../config.ts'
import type { Log } from '../../log.ts'
import type { HistoryStore } from '../history/history-store.ts'
import { Alerts } from './alerts.ts'
import { Delivery } from './delivery.ts'
import { email, telegram, webhook, type Send } from './destinations.ts'
import { DEFAULT_RULES } from './rules.ts'

type Destination = WorkerConfig['monitoring']['alerts']['destinations'][number]

/** What alerts are opened with. */
export type AlertOpening = {
  readonly config: WorkerConfig['monitoring']
  readonly endpoint: string
  readonly board: ConditionBoard
  readonly log: Log
  readonly signal: AbortSignal
}

/** Throws WorkerError `account.unreadable` or `account.mode-open` where a secret cannot be read, or can be by others. */
export function openAlerts(
  { config: { alerts: config, sampleMs }, endpoint, board, log, signal }: AlertOpening,
  history: HistoryStore,
): Alerts {
  const subscribers = config.destinations.map((destination) => ({
    name: destination.name,
    scopes: destination.scopes,
    delivery: new Delivery({
      ...{ name: destination.name, worker: endpoint, send: sendTo(destination) },
      ...{ now: Date.now, random: Math.random, log, signal },
      wait: (ms, ended) => delay(ms, undefined, { signal: ended }).catch(() => undefined),
    }),
  }))
  return new Alerts({
    ...{ rules: config.rules ?? DEFAULT_RULES, repeatMs: config.repeatMs, sampleMs },
    silences: config.silences.map(({ until, ...what }) => ({
      ...what,
      untilMs: Date.parse(until),
    })),
    ...{ subscribers, history, board, log },
  })
}

function sendTo(destination: Destination): Send {
  const secret = (file: string) => readSecret(file).trim()
  switch (destination.kind) {
    case 'webhook':
      return webhook({
        url: destination.url,
        secret: secret(destination.secretFile),
        now: Date.now,
      })
    case 'telegram': {
      const { api, chatId, tokenFile } = destination
      return telegram({ api: api.replace(/\/+$/, ''), chatId, token: secret(tokenFile) })
    }
    case 'email': {
      const { passwordFile, user, host, port, from, to } = destination
      const password = passwordFile === undefined ? undefined : secret(passwordFile)
      return email({ host, port, user, password, from, to })
    }
  }
}
