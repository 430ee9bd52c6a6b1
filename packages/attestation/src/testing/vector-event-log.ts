// Event log cases of the attestation vectors: replayed against the registers of their quote. Pure.
import { bareHex, toHex, type Hex } from '../bytes.ts'
import { readCcel, replayCcel } from '../evidence/event-log/ccel.ts'
import { readDstackLog, replayDstackLog } from '../evidence/event-log/dstack-log.ts'
import { parseTdxQuote } from '../evidence/intel/quote.ts'
import type { VectorCase } from './vector-case.ts'

type Registers = readonly [Hex, Hex, Hex, Hex]

/** What a log says. */
export type EventLogOutcome = {
  readonly rtmr: Registers
  /** Events that extend a register. */
  readonly events: number
  /** Those of RTMR3 that have a name. */
  readonly named: readonly { readonly event: string; readonly payload: string }[]
}

/** Reads a log beside its quote; adds to `problems` what the manifest does not expect. */
export function judgeEventLog(
  vector: VectorCase,
  log: Uint8Array,
  quote: Uint8Array,
  problems: string[],
): EventLogOutcome {
  const { rtmr } = parseTdxQuote(quote).report
  const quoted = rtmr.map(toHex) as [Hex, Hex, Hex, Hex]
  const outcome = vector.evidence.endsWith('.json') ? readDstack(log, quoted) : readTcg(log, quoted)
  const { expect } = vector
  const check = (what: string, got: unknown, wanted: unknown) => {
    if (wanted !== undefined && JSON.stringify(got) !== JSON.stringify(wanted))
      problems.push(`${what}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`)
  }
  const expected = expect.rtmr?.map((register) => `0x${register}`)
  check('registers', outcome.rtmr, expected ?? quoted)
  check('events', outcome.events, expect.events)
  check('events of RTMR3', outcome.named, expect.rtmr3Events)
  return outcome
}

function readTcg(log: Uint8Array, quoted: Registers): EventLogOutcome {
  return { rtmr: replayCcel(log), events: readCcel(log, quoted).length, named: [] }
}

/** The answer of dstack's guest agent: the log is text within JSON. */
function readDstack(answer: Uint8Array, quoted: Registers): EventLogOutcome {
  const { event_log: text } = JSON.parse(new TextDecoder().decode(answer)) as { event_log: string }
  const events = readDstackLog(text, quoted)
  const named = events.flatMap((event) =>
    'event' in event ? [{ event: event.event, payload: bareHex(event.payload) }] : [],
  )
  return { rtmr: replayDstackLog(text), events: events.length, named }
}
