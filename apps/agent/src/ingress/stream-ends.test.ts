// The two ways in which a stream is ended between its parts, as properties: any parts, cut anywhere, ended at any time.
import { once } from 'node:events'
import type { Transform } from 'node:stream'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventStreamEnd } from './event-stream.ts'
import { GOING_AWAY, WebSocketEnd } from './web-socket.ts'

/** Sends `bytes` in pieces of these sizes, ending after so many of them; what has come out. */
async function through<T extends Transform>(
  stream: T,
  bytes: Buffer,
  sizes: readonly number[],
  endAfter: number,
  end: (stream: T) => void,
): Promise<Buffer> {
  const out: Buffer[] = []
  stream.on('data', (chunk: Buffer) => out.push(chunk))
  let place = 0
  for (let piece = 0; place < bytes.length; piece++) {
    if (piece === endAfter) end(stream)
    const size = sizes[piece % sizes.length] ?? 1
    if (!stream.writableEnded) stream.write(bytes.subarray(place, place + size))
    place += size
  }
  if (endAfter >= Math.ceil(bytes.length / Math.min(...sizes))) end(stream)
  const over = stream.readableEnded ? undefined : once(stream, 'end')
  stream.end()
  await over
  return Buffer.concat(out)
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

const frame = fc
  .record({
    opcode: fc.constantFrom(0x0, 0x1, 0x2, 0x9, 0xa),
    size: fc.oneof(
      fc.integer({ min: 0, max: 130 }),
      fc.constantFrom(125, 126, 127, 65_535, 65_536),
    ),
  })
  .map(({ opcode, size }) => {
    const head = Buffer.alloc(10)
    head[0] = 0x80 | opcode
    head[1] = size < 126 ? size : size < 65_536 ? 126 : 127
    if (head[1] === 126) head.writeUInt16BE(size, 2)
    if (head[1] === 127) head.writeBigUInt64BE(BigInt(size), 2)
    const length = head[1] < 126 ? 2 : head[1] === 126 ? 4 : 10
    // A payload that looks like close frames.
    return Buffer.concat([head.subarray(0, length), Buffer.alloc(size, 0x88)])
  })

test('a WebSocket ends with whole frames and one close frame', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(frame, { maxLength: 8 }),
      sizes,
      fc.nat(50),
      async (frames, pieces, endAfter) => {
        const bytes = Buffer.concat(frames)
        const out = await through(new WebSocketEnd(), bytes, pieces, endAfter, (s) => s.goAway())
        const starts = frames.reduce<number[]>(
          (all, f) => [...all, (all.at(-1) ?? 0) + f.length],
          [0],
        )
        const kept = out.length - GOING_AWAY.length
        if (!out.subarray(kept).equals(GOING_AWAY)) {
          // Its end came before it was told.
          expect(out).toEqual(bytes)
          return
        }
        expect(starts).toContain(kept)
        expect(out.subarray(0, kept)).toEqual(bytes.subarray(0, kept))
      },
    ),
    { numRuns: 300 },
  )
})

test('without being told it passes every byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), sizes, async (bytes, pieces) => {
      const never = Number.MAX_SAFE_INTEGER
      const all = Buffer.from(bytes)
      const nothing = () => undefined
      expect(await through(new WebSocketEnd(), all, pieces, never, nothing)).toEqual(all)
      expect(await through(new EventStreamEnd(), all, pieces, never, nothing)).toEqual(all)
    }),
  )
})

test('a server that has sent its own close frame sends no other', async () => {
  const own = Buffer.from([0x88, 0x02, 0x03, 0xe8])
  const out = await through(new WebSocketEnd(), own, [1], 2, (s) => s.goAway())
  expect(out).toEqual(own)
  const after = new WebSocketEnd()
  const seen: Buffer[] = []
  after.on('data', (chunk: Buffer) => seen.push(chunk))
  after.write(own)
  await new Promise((resolve) => setImmediate(resolve))
  after.goAway()
  await new Promise((resolve) => setImmediate(resolve))
  expect(Buffer.concat(seen)).toEqual(own)
})

const event = fc
  .record({
    lines: fc.array(fc.string({ maxLength: 10 }), { minLength: 1, maxLength: 3 }),
    end: fc.constantFrom('\n', '\r\n', '\r'),
  })
  .map(({ lines, end }) =>
    [...lines.map((line) => `data:${line.replaceAll(/[\r\n]/g, '')}`), '', ''].join(end),
  )

test('a stream of events ends after a whole event', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 6 }),
      sizes,
      fc.nat(40),
      async (events, pieces, endAfter) => {
        const bytes = Buffer.from(events.join(''))
        const out = await through(new EventStreamEnd(), bytes, pieces, endAfter, (s) => s.finish())
        const said = out.toString('latin1')
        expect(bytes.toString('latin1').startsWith(said)).toBe(true)
        if (said.length < bytes.length) expect(said).toMatch(/^$|(\n\n|\r\r|\r\n\r\n?)$/)
      },
    ),
    { numRuns: 300 },
  )
})
