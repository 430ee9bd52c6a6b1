// Bodies come whole or not at all, lines are the same however they are cut.
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readBody, readLines } from './body.ts'

async function linesOf(chunks: readonly Buffer[], maxLineBytes: number): Promise<string[]> {
  const lines: string[] = []
  for await (const line of readLines(Readable.from(chunks, { objectMode: true }), maxLineBytes))
    lines.push(line.toString('latin1'))
  return lines
}

test('lines are those between line ends, however the bytes come; the rest after the last end is none', async () => {
  const chunk = fc
    .array(fc.constantFrom('a', 'b', '\n', 'é'), { maxLength: 12 })
    .map((parts) => Buffer.from(parts.join('')))
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 8 }), async (chunks) => {
      const whole = Buffer.concat(chunks).toString('latin1')
      expect(await linesOf(chunks, 1_000)).toEqual(whole.split('\n').slice(0, -1))
    }),
  )
})

test('a line that never ends is given up at its bound', async () => {
  const chunks = [Buffer.alloc(60, 0x61), Buffer.alloc(60, 0x61)]
  await expect(linesOf(chunks, 100)).rejects.toThrow('more than 100 bytes')
  expect(await linesOf([...chunks, Buffer.from('\n')], 120)).toHaveLength(1)
})

test('a stream that breaks is a stream that ends', async () => {
  const broken = new Readable({ read() {} })
  broken.push('one\ntw')
  const lines: string[] = []
  for await (const line of readLines(broken, 100)) {
    lines.push(line.toString())
    broken.destroy(new Error('reset'))
  }
  expect(lines).toEqual(['one'])
})

test('a body is whole, or an error', async () => {
  const stream = () => Readable.from([Buffer.alloc(10), Buffer.alloc(10)], { objectMode: true })
  expect(await readBody(stream(), 20)).toHaveLength(20)
  await expect(readBody(stream(), 19)).rejects.toThrow('more than 19 bytes')
})
