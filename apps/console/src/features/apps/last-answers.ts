// When each worker last answered this browser, kept over reloads. Reads and writes the browser's storage.
import type { Network } from '@wetee/sdk'

/** By the number of a worker, milliseconds since 1970; the newest last. */
export type LastAnswers = ReadonlyMap<string, number>

const maxKept = 50
const maxTextLength = 8_192
/** A view asks every few seconds: not each answer has to be written. */
const writtenEveryMs = 10_000
const read = new Map<string, LastAnswers>()
const writtenAtMs = new Map<string, number>()

const keyOf = ({ profile }: Network) =>
  `wetee.answered.${profile.chainId}.${profile.contracts.cloud}`

/** What is kept; whatever else lies in the storage is passed over. */
export function parseLastAnswers(text: string | null): LastAnswers {
  if (text === null || text.length > maxTextLength) return new Map()
  try {
    const value: unknown = JSON.parse(text)
    return new Map(Array.isArray(value) ? value.filter(isAnswer).slice(-maxKept) : [])
  } catch {
    return new Map()
  }
}

function isAnswer(value: unknown): value is readonly [string, number] {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [worker, atMs] = value as readonly unknown[]
  return typeof worker === 'string' && /^[1-9]\d{0,18}$/.test(worker) && Number.isSafeInteger(atMs)
}

function answers(key: string): LastAnswers {
  const known = read.get(key) ?? parseLastAnswers(localStorage.getItem(key))
  read.set(key, known)
  return known
}

/** A worker has answered; those that did so longest ago give way. */
export function noteAnswer(network: Network, workerId: bigint, atMs: number): void {
  const key = keyOf(network)
  const worker = String(workerId)
  const others = [...answers(key)].filter(([other]) => other !== worker)
  const all = [...others, [worker, atMs] as const].slice(-maxKept)
  read.set(key, new Map(all))
  if (atMs - (writtenAtMs.get(`${key}/${worker}`) ?? 0) < writtenEveryMs) return
  writtenAtMs.set(`${key}/${worker}`, atMs)
  localStorage.setItem(key, JSON.stringify(all))
}

/** When it last did, milliseconds since 1970. */
export function lastAnswer(network: Network, workerId: bigint): number | undefined {
  return answers(keyOf(network)).get(String(workerId))
}
