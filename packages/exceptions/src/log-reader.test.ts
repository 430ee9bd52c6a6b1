import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Exception } from './exception.ts'
import { LogReader } from './log-reader.ts'

const read = (text: string, atMs = 1_000): Exception[] => {
  const reader = new LogReader()
  const found = text.split('\n').flatMap((line) => reader.push({ atMs, text: line }))
  return [...found, ...reader.flush()]
}
const one = (text: string): Exception => {
  const found = read(text)
  expect(found).toHaveLength(1)
  return found[0] as Exception
}

const NODE = `/app/src/orders.js:12
    throw new TypeError("Cannot read properties of undefined (reading 'id')")
    ^

TypeError: Cannot read properties of undefined (reading 'id')
    at total (/app/src/orders.js:12:9)
    at async Server.<anonymous> (/app/src/server.js:40:3)
    at node:internal/main/run_main_module:28:49

Node.js v24.1.0`
const PYTHON = `Traceback (most recent call last):
  File "/app/main.py", line 9, in <module>
    run()
    ~~~^^
  File "/app/orders.py", line 4, in total
    return 1 / int(order["n"])
ZeroDivisionError: division by zero

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/main.py", line 11, in <module>
    raise Broken("order 7") from None
app.errors.Broken: order 7`
const JAVA = `2026-11-26 07:00:01.123 ERROR 1 --- [nio-8080-exec-1] o.a.c.c.C.[dispatcherServlet] : java.lang.IllegalStateException: order 17 failed
\tat com.shop.Orders.total(Orders.java:31)
\tat java.base/java.lang.Thread.run(Thread.java:840)
Caused by: java.io.IOException: disk full
\tat com.shop.Store.write(Store.java:8)
\t... 2 more`
const GO = `panic: runtime error: index out of range [3] with length 3

goroutine 1 [running]:
main.total(...)
\t/src/orders.go:12
main.main()
\t/src/main.go:7 +0x1d
exit status 2`
const RUST = `thread 'main' panicked at src/orders.rs:12:9:
index out of bounds: the len is 3 but the index is 7
stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:645:5
note: run with \`RUST_BACKTRACE=full\` for a verbose backtrace.`

describe('exceptions joined over lines', () => {
  test('of Node: type, message and the first frame outside of Node itself', () => {
    expect(one(NODE)).toMatchObject({
      language: 'node',
      type: 'TypeError',
      message: "Cannot read properties of undefined (reading 'id')",
      frame: 'total (/app/src/orders.js)',
    })
  })

  test('of Python, with the one that it followed on: the last one raised', () => {
    const found = one(PYTHON)
    expect(found).toMatchObject({
      language: 'python',
      type: 'app.errors.Broken',
      message: 'order 7',
      frame: '<module> (/app/main.py)',
    })
    expect(found.sample).toBe(PYTHON)
  })

  test('of Java behind a logger: the root cause', () => {
    const found = one(JAVA)
    expect(found).toMatchObject({
      language: 'java',
      type: 'java.io.IOException',
      message: 'disk full',
      frame: 'com.shop.Store.write(Store.java)',
    })
    expect(found.sample).toBe(JAVA)
  })

  test('of Go, over its empty line', () => {
    expect(one(GO)).toMatchObject({
      language: 'go',
      type: 'panic',
      message: 'runtime error: index out of range [3] with length 3',
      frame: 'main.total (/src/orders.go)',
      sample: GO,
    })
  })

  test('of Rust, new form and old', () => {
    expect(one(RUST)).toMatchObject({
      language: 'rust',
      message: 'index out of bounds: the len is 3 but the index is 7',
      frame: 'src/orders.rs',
      sample: RUST,
    })
    expect(one("thread 'w 1' panicked at 'no order', src/orders.rs:12:9")).toMatchObject({
      message: 'no order',
      frame: 'src/orders.rs',
    })
  })

  test.each([
    ['[2026-11-26T07:00:00Z] ERROR payment: card 4711 declined', 'payment: card 4711 declined'],
    ['{"level":50,"time":1,"msg":"card declined"}', 'card declined'],
    ['{"severity":"ERROR","message":"card declined"}', 'card declined'],
    ['time=1 level=error msg="card declined" id=7', 'card declined'],
    ['error: card declined', 'error: card declined'],
  ])('a line at an error level is one: %s', (line, message) => {
    expect(one(`all is well\n${line}\nall is well`)).toMatchObject({ type: 'log', message })
  })

  test('two in a row are two', () => {
    const found = read(`${JAVA}\n${GO}\n${RUST}\n${PYTHON}`)
    expect(found.map(({ language }) => language)).toEqual(['java', 'go', 'rust', 'python'])
  })

  test('what only speaks of errors is none', () => {
    for (const line of [
      'finished with 0 errors',
      'no error: all is well here',
      'GET /errors/TypeError 200',
      'INFO retrying after an Exception',
      '    indented text',
      '',
    ])
      expect(read(line), line).toEqual([])
  })

  test('a line that comes much later does not belong to it', () => {
    const reader = new LogReader()
    expect(reader.push({ atMs: 0, text: 'Error: first' })).toEqual([])
    expect(reader.flushIdle(2_000)).toEqual([])
    const ended = reader.push({ atMs: 2_001, text: '    at f (/app/a.js:1:2)' })
    expect(ended.map(({ sample }) => sample)).toEqual(['Error: first'])
  })

  test('an open one is given up when nothing more comes', () => {
    const reader = new LogReader()
    reader.push({ atMs: 0, text: 'Error: last words' })
    expect(reader.flushIdle(2_001)).toHaveLength(1)
    expect(reader.flushIdle(9_999)).toEqual([])
  })

  test('a beginning of any words is known by the frame that follows it', () => {
    expect(one('OrderRejected { id: 7 }\n    at total (/app/a.js:1:2)')).toMatchObject({
      language: 'node',
      frame: 'total (/app/a.js)',
    })
  })

  test('lines and lines of errors are counted', () => {
    const reader = new LogReader()
    for (const text of `${NODE}\nfine\nfine\nERROR no`.split('\n')) reader.push({ atMs: 0, text })
    expect([reader.lines, reader.errorLines]).toEqual([13, 2])
  })
})

describe('fingerprints', () => {
  const same = (a: string, b: string) => one(a).fingerprint === one(b).fingerprint

  test('are the same whatever the numbers, ids and lines of the file', () => {
    expect(same(NODE, NODE.replaceAll(':12:', ':99:').replaceAll("'id'", "'name'"))).toBe(true)
    expect(same(JAVA, JAVA.replaceAll('order 17', 'order 18').replace(':8)', ':9)'))).toBe(true)
    expect(same(RUST, RUST.replace('is 7', 'is 99').replace(':12:9', ':1:1'))).toBe(true)
    expect(same('ERROR user 7 is "a"', 'ERROR user 8 is "b"')).toBe(true)
    const id = (n: number) => `ERROR lost 4b0${n}c0de-1234-4abc-8def-0123456789ab at 0x7f${n}a`
    expect(same(id(1), id(2))).toBe(true)
  })

  test('differ with type, place and words', () => {
    expect(same(NODE, NODE.replaceAll('TypeError', 'RangeError'))).toBe(false)
    expect(same(NODE, NODE.replaceAll('total', 'sum'))).toBe(false)
    expect(same('ERROR user is gone', 'ERROR user is here')).toBe(false)
    expect(same(RUST, RUST.replace('out of bounds', 'within bounds'))).toBe(false)
  })
})

describe('whatever the lines', () => {
  const piece = fc.oneof(
    fc.constantFrom(...`${NODE}\n${PYTHON}\n${JAVA}\n${GO}\n${RUST}\n\n}\n  x`.split('\n')),
    fc.string({ maxLength: 60, unit: 'binary' }),
    fc.constantFrom('\t', '    at ', 'Caused by: ', '{"level":50,"msg":', "thread '", 'panic: '),
  )
  const lines = fc.array(
    fc.record({ text: piece, atMs: fc.oneof(fc.nat(9_000), fc.constantFrom(NaN, -1, Infinity)) }),
    { maxLength: 400 },
  )

  test('each answer is bounded, whole and made of lines that were read, in order', () => {
    fc.assert(
      fc.property(lines, (given) => {
        const reader = new LogReader()
        const found = [...given.flatMap((line) => reader.push(line)), ...reader.flush()]
        const all = given.map(({ text }) => text.replace(/\r$/, '')).join('\n')
        let from = 0
        for (const { fingerprint, type, message, frame, sample } of found) {
          expect(fingerprint).toMatch(/^[0-9a-f]{32}$/)
          for (const text of [type, message, frame]) expect(text.length).toBeLessThanOrEqual(300)
          expect(sample.length).toBeLessThanOrEqual(4_096)
          const at = all.indexOf(sample, from)
          expect(at).toBeGreaterThanOrEqual(0)
          from = at + 1
        }
        expect(reader.lines).toBe(given.length)
        expect(reader.errorLines).toBeGreaterThanOrEqual(found.length)
      }),
      { numRuns: 300 },
    )
  })

  test('the same lines give the same answers', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (given) => {
        expect(read(given.join('\n'))).toEqual(read(given.join('\n')))
      }),
    )
  })

  test('a flood of frames is held within bounds, and still one exception', () => {
    const reader = new LogReader()
    reader.push({ atMs: 0, text: 'Error: deep' })
    for (let i = 0; i < 50_000; i++)
      expect(reader.push({ atMs: 0, text: `    at f${i} (/app/a.js:${i}:1)` })).toEqual([])
    const [found] = reader.flush()
    expect(found?.sample.length).toBeLessThanOrEqual(4_096)
  })

  test('lines made to cost time do not', () => {
    const costly = [
      'a.'.repeat(8_000) + '!',
      'A' + 'Error'.repeat(4_000) + '!',
      ' '.repeat(16_000) + 'at',
      '    at ' + '('.repeat(8_000),
      '    at ' + 'a:1:1'.repeat(3_000) + 'x',
      `goroutine 1 [${'x'.repeat(16_000)}`,
      'main.f(' + '('.repeat(16_000),
      `"level" ${' '.repeat(16_000)}:`,
      `level=error msg="${'\\'.repeat(16_000)}`,
      `ERROR ${'"'.repeat(16_000)}`,
      `ERROR ${'0'.repeat(16_000)}g`,
      '\t'.repeat(16_000),
    ]
    const reader = new LogReader()
    // A pattern that is not linear takes minutes here.
    for (let i = 0; i < 20; i++) for (const text of costly) reader.push({ atMs: 0, text })
    expect(reader.lines).toBe(20 * costly.length)
  })
})
