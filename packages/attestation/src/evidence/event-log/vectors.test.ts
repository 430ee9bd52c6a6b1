// Real event logs and the quotes they belong to, of the attestation vectors.
import { describe, expect, test } from 'vitest'
import { bareHex, toHex, type Hex } from '../../bytes.ts'
import { AttestationError } from '../../error.ts'
import { openVectors, type VectorCase } from '../../testing/vectors-folder.ts'
import type { Rtmrs } from './boot-event.ts'
import { readCcel, replayCcel } from './ccel.ts'
import { readDstackLog, replayDstackLog } from './dstack-log.ts'

type Case = VectorCase & { readonly expect: { readonly events: number } }

const { present, cases, read, readText } = openVectors<Case>(test)

/** RTMRs of a quote of version 4: body at 48, registers at 328 in it. */
function quotedRtmrs(path: string | undefined): Rtmrs {
  const quote = read(path)
  const at = (index: number) => toHex(quote.subarray(376 + 48 * index, 424 + 48 * index))
  return [at(0), at(1), at(2), at(3)]
}

describe.runIf(present)('event logs of the vectors', () => {
  const logs = cases.filter(({ platform }) => platform === 'intel-eventlog')
  const json = logs.filter(({ evidence }) => evidence.endsWith('.json'))
  const binary = logs.filter(({ evidence }) => !evidence.endsWith('.json'))
  const textOf = ({ evidence }: Case) =>
    (JSON.parse(readText(evidence)) as { event_log: string }).event_log

  test('there is one of each kind', () => {
    expect([json.length, binary.length]).toEqual([1, 1])
  })

  test.each(binary)('$id replays to the quote and is read', (vector) => {
    const { expect: expected } = vector
    const rtmr = quotedRtmrs(vector.quote)
    const log = read(vector.evidence)
    expect(rtmr).toEqual(expected.rtmr?.map((hex) => `0x${hex}`))
    expect(replayCcel(log)).toEqual(rtmr)
    expect(readCcel(log, rtmr)).toHaveLength(expected.events)
  })

  test.each(binary)('$id is refused for another quote, and cut anywhere', (vector) => {
    const rtmr = quotedRtmrs(vector.quote)
    const log = read(vector.evidence)
    const codeOf = (bytes: Uint8Array, registers: Rtmrs) => {
      try {
        readCcel(bytes, registers)
      } catch (error) {
        if (error instanceof AttestationError) return error.code
        throw error
      }
      return 'accepted'
    }
    for (const other of json)
      expect(codeOf(log, quotedRtmrs(other.quote))).toBe('event-log.differs')
    const codes = new Set<string>()
    for (let length = 0; length < log.length; length += 7)
      codes.add(codeOf(log.subarray(0, length), rtmr))
    expect(codes).not.toContain('accepted')
  })

  test.each(json)('$id replays to the quote and is read', (vector) => {
    const { expect: expected } = vector
    const rtmr = quotedRtmrs(vector.quote)
    const text = textOf(vector)
    expect(replayDstackLog(text)).toEqual(rtmr)
    const events = readDstackLog(text, rtmr)
    expect(events).toHaveLength(expected.events)
    const own = events.flatMap((event) =>
      event.register === 3 ? [{ event: event.event, payload: bareHex(event.payload) }] : [],
    )
    expect(own).toEqual(expected.rtmr3Events)
    const zero: Hex = `0x${'00'.repeat(48)}`
    expect(() => readDstackLog(text, [...rtmr.slice(0, 3), zero] as unknown as Rtmrs)).toThrow(
      /^event log: RTMR3: /,
    )
  })
})
