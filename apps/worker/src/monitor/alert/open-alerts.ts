// Alerts as the configuration asks for them. Reads the files of secrets.
import { setTimeout as delay } from 'node:timers/promises'
import type { Alerts as ManifestAlerts } from '@wetee/manifest'
import type { LocalAccount } from 'viem'
import { readSecret } from '../../account/operator-key.ts'
import type { ConditionBoard } from '../../condition/condition.ts'
import type { WorkerConfig } from '../../config.ts'
import type { Log } from '../../log.ts'
import type { HistoryStore } from '../history/history-store.ts'
import { Alerts } from './alerts.ts'
import { Delivery } from './delivery.ts'
import { email, telegram, webhook, type Send } from './destinations.ts'
import { OwnerDeliveries } from './owner-deliveries.ts'
import { ownerHook } from './owner-hook.ts'
import { DEFAULT_RULES, rulesWith } from './rules.ts'

type Destination = WorkerConfig['monitoring']['alerts']['destinations'][number]

/** What alerts are opened with. */
export type AlertOpening = {
  readonly config: WorkerConfig['monitoring']
  readonly endpoint: string
  readonly account: Pick<LocalAccount, 'signMessage'>
  /** What the owner of an application asks for in the manifest. */
  readonly alertsOf: (appId: bigint) => ManifestAlerts | undefined
  readonly board: ConditionBoard
  readonly log: Log
  readonly signal: AbortSignal
}

/** Throws WorkerError `account.unreadable` or `account.mode-open` where a secret cannot be read, or can be by others. */
export function openAlerts(opening: AlertOpening, history: HistoryStore): Alerts {
  const {
    config: { alerts: config, sampleMs },
    endpoint,
    account,
    alertsOf,
    board,
    log,
    signal,
  } = opening
  const parts = {
    ...{ worker: endpoint, now: Date.now, random: Math.random, log, signal },
    wait: (ms: number, ended: AbortSignal) =>
      delay(ms, undefined, { signal: ended }).catch(() => undefined),
  }
  const subscribers = config.destinations.map((destination) => ({
    name: destination.name,
    scopes: destination.scopes,
    delivery: new Delivery({ ...parts, name: destination.name, send: sendTo(destination) }),
  }))
  const owners = new OwnerDeliveries({
    ...{ ...parts, alertsOf },
    sendTo: (url) => ownerHook({ url, sign: (message) => account.signMessage({ message }) }),
  })
  const own = config.rules ?? DEFAULT_RULES
  return new Alerts({
    ...{ repeatMs: config.repeatMs, sampleMs },
    rules: (appId) => rulesWith(own, alertsOf(appId) ?? { rules: [] }),
    ownerOf: (appId) => owners.of(appId),
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
