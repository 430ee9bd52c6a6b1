// The engine's log stream into lines.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LogLine } from '../runtime.ts'
import { MAX_LINE_LENGTH } from '../spec.ts'
import { after, linesOf, sinceOf } from './log-frames.ts'

const TIME = '2026-11-22T10:00:00.123456789Z'
const atMs = Date.parse('2026-11-22T10:00:00.123Z')

function frame(stream: number, payload: Uint8Array | string, time = TIME): Buffer {
  const body = Buffer.concat([Buffer.from(`${time} `), Buffer.from(payload)])
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(body.length, 4)
  return Buffer.concat([header, body])
}

async function* inPieces(bytes: Buffer, sizes: readonly number[]) {
  await Promise.resolve()
  let place = 0
  for (const size of sizes) yield bytes.subarray(place, (place += size))
  yield bytes.subarray(place)
}

async function lines(...frames: Buffer[]): Promise<LogLine[]> {
  return collect(linesOf(inPieces(Buffer.concat(frames), [])))
}

test('a frame is a line with stream and time', async () => {
  expect(await lines(frame(1, 'a b\n'), frame(2, '\n'), frame(1, 'no end'))).toEqual([
    { atMs, stream: 'stdout', text: 'a b' },
    { atMs, stream: 'stderr', text: '' },
    { atMs, stream: 'stdout', text: 'no end' },
  ])
})

test('lines are the same however the stream is cut', async () => {
  const line = fc.record({
    stream: fc.constantFrom(1, 2),
    text: fc.string({ unit: 'grapheme', maxLength: 50 }).filter((text) => !text.includes('\n')),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(60)), async (all, sizes) => {
      const bytes = Buffer.concat(all.map(({ stream, text }) => frame(stream, `${text}\n`)))
      const found = await collect(linesOf(inPieces(bytes, sizes)))
      expect(found.map(({ stream, text }) => ({ stream, text }))).toEqual(
        all.map(({ stream, text }) => ({ stream: stream === 2 ? 'stderr' : 'stdout', text })),
      )
    }),
    { seed: 7, numRuns: 200 },
  )
})

test('a character that lies across two pieces of a line is whole, also with the other stream between', async () => {
  const fox = Buffer.from('🦊\n')
  const found = await lines(
    frame(1, fox.subarray(0, 2)),
    frame(2, 'x\n'),
    frame(1, fox.subarray(2)),
  )
  expect(found.map(({ text }) => text)).toEqual(['x', '🦊'])
})

test('a piece that is too long for a line comes in several', async () => {
  const found = await lines(frame(1, 'x'.repeat(MAX_LINE_LENGTH + 1)))
  expect(found.map(({ text }) => text.length)).toEqual([MAX_LINE_LENGTH, 1])
})

test.each([
  ['claims two gigabytes', Buffer.from([1, 0, 0, 0, 0x80, 0, 0, 0])],
  ['has no time', frame(1, 'x\n', 'hello')],
])('a frame that %s is an error', async (_, bytes) => {
  await expect(lines(bytes)).rejects.toMatchObject({ code: 'engine.failed' })
})

test('a frame that is cut off by the end of the stream is left out', async () => {
  expect(await lines(frame(1, 'a\n'), frame(1, 'b\n').subarray(0, 12))).toHaveLength(1)
})

test('what comes after the last line is found again, and nothing twice', async () => {
  const line = (text: string, ms = atMs): LogLine => ({ atMs: ms, stream: 'stdout', text })
  const all = [line('x'), line('x'), line('y', atMs + 1)]
  const rest = (last: LogLine | undefined) =>
    collect(
      after(
        last,
        (async function* () {
          await Promise.resolve()
          yield* all
        })(),
      ),
    )
  expect(await rest(line('x'))).toEqual([all[2]])
  expect(await rest(line('y', atMs + 1))).toEqual([])
  expect(await rest(line('other'))).toEqual([])
  expect(await rest(undefined)).toEqual(all)
  expect(sinceOf(line('x', 1_700_000_000_005))).toEqual({ since: '1700000000.005' })
})

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const value of values) all.push(value)
  return all
}
