// Output of services: cut into lines, kept within bounds, read from pipes as programs write them.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { launcherPath } from '../../launcher/build.ts'
import { prepareService } from '../services/service-folders.ts'
import { createLog } from '../log.ts'
import { LineRing } from './line-ring.ts'
import { LineSplitter, MAX_LINE_LENGTH } from './line-splitter.ts'
import { readPipes } from './read-pipes.ts'
import { ServiceOutput } from './service-output.ts'

describe('lines', () => {
  test('are the same however the bytes arrive', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' }), { maxLength: 20 }),
        fc.array(fc.nat(40), { minLength: 1, maxLength: 20 }),
        (texts, cuts) => {
          const whole = texts.map((text) => text.replaceAll('\n', '').toWellFormed())
          const bytes = Buffer.from(whole.map((text) => `${text}\n`).join(''))
          const splitter = new LineSplitter()
          const lines: string[] = []
          for (let at = 0, cut = 0; at < bytes.length; cut++) {
            const size = 1 + (cuts[cut % cuts.length] ?? 0)
            lines.push(...splitter.push(bytes.subarray(at, at + size)))
            at += size
          }
          expect([...lines, ...splitter.flush()]).toEqual(whole)
        },
      ),
    )
  })

  test('that are longer than 16,384 come in pieces, also before they end', () => {
    const splitter = new LineSplitter()
    const long = 'a'.repeat(MAX_LINE_LENGTH) + 'b'.repeat(MAX_LINE_LENGTH) + 'c'
    expect(splitter.push(Buffer.from(long)).map(({ length }) => length)).toEqual([16_384, 16_384])
    expect(splitter.push(Buffer.from('d\nnext\n'))).toEqual(['cd', 'next'])
    expect(splitter.push(Buffer.from(`${'x'.repeat(MAX_LINE_LENGTH)}\n`))).toHaveLength(1)
    expect(splitter.push(Buffer.from(`${'x'.repeat(MAX_LINE_LENGTH + 1)}\n`))).toHaveLength(2)
    expect(splitter.flush()).toEqual([])
  })

  test('that are no UTF-8 are shown as far as they are', () => {
    expect(new LineSplitter().push(Buffer.from([0x61, 0xff, 0x62, 0x0a]))).toEqual(['a\ufffdb'])
  })
})

describe('a ring of lines', () => {
  const line = (position: number, text = 'x'.repeat(36)) => ({
    ...{ position, atMs: position, service: 'web', stream: 'stdout' as const, text },
  })

  test('drops the oldest within its bound, and counts them', () => {
    const ring = new LineRing(1_000)
    for (let position = 1; position <= 10; position++) ring.push(line(position))
    expect(ring.dropped).toBe(0)
    ring.push(line(11))
    expect([ring.total, ring.dropped]).toEqual([11, 1])
    expect(ring.newest(99).map(({ number }) => number)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    // One line is always kept, whatever it costs.
    ring.push(line(12, 'y'.repeat(2_000)))
    expect(ring.newest(99).map(({ number }) => number)).toEqual([12])
  })

  test('never holds more than its bound, and finds every position that it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 3_000 }), fc.nat(3_000), (sizes, from) => {
        const ring = new LineRing(20_000)
        sizes.forEach((size, at) => ring.push(line(2 * at + 2, 'x'.repeat(size))))
        const kept = ring.newest(10_000)
        expect(kept.reduce((sum, { text }) => sum + text.length + 64, 0)).toBeLessThanOrEqual(
          20_000,
        )
        expect(ring.dropped + kept.length).toBe(sizes.length)
        expect(ring.after(from, 10_000)).toEqual(kept.filter(({ position }) => position > from))
        expect(ring.after(from, 2)).toHaveLength(
          Math.min(2, kept.filter(({ position }) => position > from).length),
        )
      }),
      { numRuns: 30 },
    )
  })
})

describe('output of services', () => {
  test('comes back in the order it came, of one service or all; a service drops none but its own', () => {
    const output = new ServiceOutput(['db', 'web'], () => 7, 0)
    output.add('web', 'stdout', ['a'], 2)
    output.add('db', 'stderr', ['b'], 2)
    output.add('web', 'stdout', ['c'], 2)
    output.add('nobody', 'stdout', ['d'], 2)
    const texts = (lines: readonly { text: string }[]) => lines.map(({ text }) => text).join('')
    expect(texts(output.after(0, 10))).toBe('abc')
    expect(texts(output.after(1, 10))).toBe('bc')
    expect(texts(output.after(0, 2))).toBe('ab')
    expect(texts(output.newest(2))).toBe('bc')
    expect(texts(output.newest(0))).toBe('')
    expect(texts(output.after(0, 10, 'web'))).toBe('ac')
    expect(output.newest(1, 'db')[0]).toMatchObject({
      service: 'db',
      number: 1,
      position: 2,
      atMs: 7,
    })
    output.add(
      'web',
      'stdout',
      Array.from({ length: 40 }, () => 'x'.repeat(16_000)),
      640_040,
    )
    expect(output.count('db')).toEqual({ lines: 1, bytes: 2, dropped: 0 })
    expect(output.count('web').dropped).toBeGreaterThan(5)
    expect(texts(output.after(0, 10, 'db'))).toBe('b')
  })

  test('that is waited for wakes who waits, once', async () => {
    const output = new ServiceOutput(['web'], () => 0)
    const ended = new AbortController()
    const waits = output.more(0, ended.signal)
    output.add('web', 'stdout', [], 0)
    output.add('web', 'stdout', ['x'], 2)
    await waits
    await output.more(0, ended.signal)
    const never = output.more(1, ended.signal)
    ended.abort(new Error('over'))
    await expect(never).rejects.toThrow('over')
    await expect(output.more(1, ended.signal)).rejects.toThrow('over')
  })
})

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('pipes', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wetee-rp-'))
    mkdirSync(join(folder, 'web'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const log = createLog(
    () => undefined,
    () => 0,
  )
  const prepare = () =>
    prepareService(
      { name: 'web', hasVariables: false },
      { folder, launcher: launcherPath, simulated: true, log },
    )
  const run = (script: string) => spawn(join(folder, 'web/launch'), ['sh', '-c', script])
  const lines = async (output: ServiceOutput, count: number) => {
    const signal = AbortSignal.timeout(10_000)
    for (let at = 0; output.count('web').lines < count; at = output.position)
      await output.more(at, signal)
    return output.newest(count).map(({ stream, text }) => `${stream} ${text}`)
  }

  test('carry every line of both outputs; the next agent goes on where one has ended', async () => {
    prepare()
    const first = new ServiceOutput(['web'], Date.now)
    const reading = readPipes(folder, first, () => performance.now())
    const child = run('echo one; echo two >&2; read -r go; echo three; echo four; read -r go')
    expect((await lines(first, 2)).sort()).toEqual(['stderr two', 'stdout one'])
    reading.close()
    child.stdin.write('go\n')
    const exited = once(child, 'exit')
    // It writes into a pipe that nobody reads now, and that it holds open itself.
    prepare()
    const second = new ServiceOutput(['web'], Date.now)
    const again = readPipes(folder, second, () => performance.now())
    expect(await lines(second, 2)).toEqual(['stdout three', 'stdout four'])
    child.stdin.end('go\n')
    expect((await exited)[0]).toBe(0)
    again.close()
  })

  test('lose nothing of a writer that is faster than its reader', async () => {
    prepare()
    const output = new ServiceOutput(['web'], Date.now)
    const reading = readPipes(folder, output, () => performance.now())
    const child = run('head -c 10000000 /dev/zero | tr "\\0" "x" | fold -w 99; echo')
    await lines(output, Math.ceil(10_000_000 / 99))
    expect((await once(child, 'exit'))[0]).toBe(0)
    expect(output.count('web').bytes).toBe(10_000_000 + Math.ceil(10_000_000 / 99))
    reading.close()
  })

  test('a line that does not end is shown all the same', async () => {
    prepare()
    const output = new ServiceOutput(['web'], Date.now)
    const reading = readPipes(folder, output, () => performance.now())
    run('printf prompt')
    expect(await lines(output, 1)).toEqual(['stdout prompt'])
    reading.close()
  })

  test('what is no pipe is replaced when a service is made ready, and refused when it is read', () => {
    writeFileSync(join(folder, 'web/out'), 'x')
    prepare()
    const output = new ServiceOutput(['web'], Date.now)
    readPipes(folder, output, () => 0).close()
    rmSync(join(folder, 'web/out'))
    writeFileSync(join(folder, 'web/out'), 'x')
    expect(() => readPipes(folder, output, () => 0)).toThrow(
      expect.objectContaining({ code: 'service.not-written' }) as Error,
    )
  })

  test('ATTACK a folder of a service on a disk is refused: its host would read the pipe', () => {
    expect(() =>
      prepareService(
        { name: 'web', hasVariables: false },
        { folder: join(import.meta.dirname, '..'), launcher: launcherPath, simulated: false, log },
      ),
    ).toThrow(expect.objectContaining({ code: 'service.folder-missing' }) as Error)
    expect(() =>
      prepareService(
        { name: 'output', hasVariables: false },
        { folder: join(import.meta.dirname, '..'), launcher: launcherPath, simulated: false, log },
      ),
    ).toThrow(expect.objectContaining({ code: 'service.not-memory' }) as Error)
  })
})
