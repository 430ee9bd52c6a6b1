// What is told of an alert, for people and for programs: what is the matter, since when, what to do. Pure.
import { createHash, createHmac } from 'node:crypto'
import type { Notice } from './alert-book.ts'

/** A notice on its way. */
export type Message = {
  /** The same for every try, so that a receiver can tell a repetition from another alert. */
  readonly id: string
  readonly notice: Notice
  /** Address of the worker that sends it. */
  readonly worker: string
}

/** One line. */
export function subjectOf({ notice: { state, scope, name, severity } }: Message): string {
  return `[${state === 'firing' ? severity : 'over'}] ${scope.replace('/', ' ')}: ${name}`
}

/** A few lines. */
export function textOf(message: Message): string {
  const { text, remedy, sinceMs, atMs, state, repeated } = message.notice
  const time = (ms: number) => new Date(ms).toISOString()
  return [
    subjectOf(message),
    `What: ${text}${repeated ? ' (still)' : ''}`,
    `Since: ${time(sinceMs)}${state === 'resolved' ? `, over at ${time(atMs)}` : ''}`,
    ...(state === 'resolved' || remedy === '' ? [] : [`What to do: ${remedy}`]),
    `Worker: ${message.worker}`,
  ].join('\n')
}

/** For programs. */
export function jsonOf({ id, notice, worker }: Message): string {
  const { sinceMs, atMs, ...rest } = notice
  const times = { since: new Date(sinceMs).toISOString(), at: new Date(atMs).toISOString() }
  return JSON.stringify({ format: 'wetee/alert/v1', id, ...rest, ...times, worker })
}

/** Id of a notice. */
export function idOf({ scope, name, state, sinceMs, atMs }: Notice): string {
  const text = JSON.stringify(['wetee/alert/v1', scope, name, state, sinceMs, atMs])
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

/** `WeTEE-Signature` of a body: `t=<seconds>,v1=<HMAC-SHA-256 of "<seconds>.<body>" in hex>`. */
export function signatureOf(secret: string, seconds: number, body: string): string {
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${mac}`
}
