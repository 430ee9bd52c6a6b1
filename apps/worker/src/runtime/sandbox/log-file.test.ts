// Lines on disk: bounded, whole, in order, over the change of files.
import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LineSplitter, LogWriter, readLog } from './log-file.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-log-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const MAX_LENGTH = 1_000
const line = (text: string) => ({ atMs: 1, stream: 'stdout', text }) as const

async function texts(tail: number, follow = false, ended = () => true): Promise<string[]> {
  const found: string[] = []
  for await (const { text } of readLog(folder, { tail, follow }, ended)) found.push(text)
  return found
}

test('lines come back in order, the last ones when fewer are asked for', async () => {
  const writer = new LogWriter(folder)
  for (const text of ['a', '', 'ä ☃', '"\n"']) writer.write(line(text))
  writer.close()
  expect(await texts(10)).toEqual(['a', '', 'ä ☃', '"\n"'])
  expect(await texts(2)).toEqual(['ä ☃', '"\n"'])
  expect(await texts(0)).toEqual([])
})

test('a flood leaves two files of at most 4 MiB, and the last line', async () => {
  const writer = new LogWriter(folder)
  for (let i = 0; i < 3_000; i++) writer.write(line(`${i} ${'x'.repeat(8_000)}`))
  writer.close()
  const files = readdirSync(folder)
  expect(files).toHaveLength(2)
  for (const name of files) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(4 << 20)
  expect((await texts(1))[0]).toMatch(/^2999 /)
})

test('a follower misses nothing when the files change, and ends with the container', async () => {
  const writer = new LogWriter(folder)
  let next = 0
  const more = () => {
    for (let i = 0; i < 400; i++) writer.write(line(`${next++} ${'x'.repeat(8_000)}`))
    return next >= 2_000
  }
  const found = await texts(10_000, true, more)
  writer.close()
  expect(found.map((text) => Number(text.split(' ')[0]))).toEqual(
    Array.from({ length: 2_000 }, (_, i) => i),
  )
})

test('a writer goes on where an earlier one has stopped', async () => {
  for (const text of ['one', 'two']) {
    const writer = new LogWriter(folder)
    writer.write(line(text))
    writer.close()
  }
  expect(await texts(10)).toEqual(['one', 'two'])
})

test('a damaged line is left out, and half a line waits for its other half', async () => {
  const path = join(folder, 'log.ndjson')
  writeFileSync(path, 'nonsense\n[1,"stdin","x"]\n[1,"stdout","good"]\n[1,"std')
  let asked = 0
  const ended = () => {
    if (asked++ === 1) appendFileSync(path, 'err","whole"]\n')
    return asked > 2
  }
  expect(await texts(10, true, ended)).toEqual(['good', 'whole'])
})

test('however output is cut into chunks, the lines are the same and none is too long', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 })
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), fc.array(fc.nat(50)), (parts, cuts) => {
      const bytes = Buffer.from(parts.join('\n'))
      const lines: string[] = []
      const splitter = new LineSplitter(MAX_LENGTH, (found) => lines.push(found))
      let at = 0
      for (const size of cuts) splitter.push(bytes.subarray(at, (at += size)))
      splitter.push(bytes.subarray(at))
      splitter.end()
      expect(lines.join('\n')).toBe(bytes.toString().replace(/\n$/, ''))
    }),
  )
  const long: string[] = []
  const splitter = new LineSplitter(MAX_LENGTH, (found) => long.push(found))
  splitter.push(Buffer.from('y'.repeat(MAX_LENGTH * 3 + 5)))
  splitter.end()
  expect(long.map(({ length }) => length)).toEqual([MAX_LENGTH, MAX_LENGTH, MAX_LENGTH, 5])
})
