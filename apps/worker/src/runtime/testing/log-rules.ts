// For tests, part of the conformance suite: what containers have said. Starts containers.
import { describe, expect, test } from 'vitest'
import { MAX_LINE_LENGTH } from '../spec.ts'
import type { Bench } from './bench.ts'

/** What one container may take of the disk for its log, bytes, as the suite checks it. */
const MAX_LOG_BYTES = 32 << 20

/** Lines: order, time, stream, tail, follow, and bounds. */
export function logRules(bench: Bench): void {
  describe('the log of a container', () => {
    const read = (podId: string, tail: number, follow = false) =>
      bench.lines(podId, 'main', { tail, follow })

    test('has both streams in order, each line with its time', async () => {
      const beforeMs = Date.now()
      const body = `const say=[["stdout","a"],["stderr","b"],["stdout","ä ☃ 🦊"],["stderr",""],["stdout","last"]];
        (function next(){const n=say.shift();if(n)process[n[0]].write(n[1]+(say.length?"\\n":""),()=>setTimeout(next,30))})()`
      const { lines } = await bench.run(body)
      expect(lines.map(({ stream, text }) => [stream, text])).toEqual([
        ['stdout', 'a'],
        ['stderr', 'b'],
        ['stdout', 'ä ☃ 🦊'],
        ['stderr', ''],
        ['stdout', 'last'],
      ])
      for (const { atMs } of lines) {
        expect(atMs).toBeGreaterThan(beforeMs - 2_000)
        expect(atMs).toBeLessThan(Date.now() + 2_000)
      }
      expect(lines.map(({ atMs }) => atMs)).toEqual(
        lines.map(({ atMs }) => atMs).toSorted((a, b) => a - b),
      )
    })

    test('can be read from the end, whether the container runs or not', async () => {
      const podId = await bench.pod()
      const body = 'for(let i=0;i<50;i++)console.log("line "+i)'
      await bench.runtime.startContainer(podId, bench.spec('main', body))
      await bench.exited(podId, 'main')
      const texts = async (tail: number) => (await read(podId, tail)).map((line) => line.text)
      expect(await texts(3)).toEqual(['line 47', 'line 48', 'line 49'])
      expect(await texts(0)).toEqual([])
      expect(await texts(1_000)).toHaveLength(50)
    })

    test('is followed until the container ends', async () => {
      const folder = bench.folder()
      const podId = await bench.pod()
      // Goes on only when the reader has seen what came before: the lines come while it runs.
      const body = `console.log("one");fs.watch("/go",()=>{if(fs.existsSync("/go/on")){console.log("two");process.exit(0)}})`
      const mounts = [{ source: folder, target: '/go', readOnly: false }]
      await bench.runtime.startContainer(podId, bench.spec('main', body, { mounts }))
      const texts: string[] = []
      for await (const { text } of bench.runtime.logs(podId, 'main', { tail: 10, follow: true })) {
        texts.push(text)
        if (text === 'one') {
          const poke = bench.spec('poke', 'setTimeout(()=>fs.writeFileSync("/go/on","x"),200)', {
            mounts,
          })
          await bench.runtime.startContainer(podId, poke)
        }
      }
      expect(texts).toEqual(['one', 'two'])
    })

    test('is followed until the signal, which ends it without an error', async () => {
      const podId = await bench.pod()
      const body = 'console.log("up");setInterval(()=>{},1e6)'
      await bench.runtime.startContainer(podId, bench.spec('main', body))
      const stop = new AbortController()
      const options = { tail: 10, follow: true, signal: stop.signal }
      const texts: string[] = []
      for await (const { text } of bench.runtime.logs(podId, 'main', options)) {
        texts.push(text)
        stop.abort()
      }
      expect(texts).toEqual(['up'])
      const aborted = { tail: 10, follow: true, signal: AbortSignal.abort() }
      expect(await bench.lines(podId, 'main', aborted)).toEqual([])
    })

    test('of a container that is not there is empty', async () => {
      expect(await read('test-no-such-pod', 10, true)).toEqual([])
      expect(await read(await bench.pod(), 10, true)).toEqual([])
    })

    test('gives a line without end in bounded pieces', async () => {
      const length = 300_000
      const { lines } = await bench.run(`process.stdout.write("x".repeat(${length}))`)
      for (const { text } of lines) expect(text.length).toBeLessThanOrEqual(MAX_LINE_LENGTH)
      expect(lines.map(({ text }) => text).join('')).toBe('x'.repeat(length))
    })

    test('has all of what was written in one burst right before the end, and the end is the true one', async () => {
      const podId = await bench.pod()
      // A little more than is read at once: the end comes while the reader pauses.
      const body = `process.stdout.write(("z".repeat(1023)+"\\n").repeat(1130)+"last\\n")`
      await bench.runtime.startContainer(podId, bench.spec('main', body))
      expect((await bench.exited(podId, 'main')).exitCode).toBe(0)
      const lines = await read(podId, 10_000)
      expect(lines).toHaveLength(1131)
      expect(lines.at(-1)?.text).toBe('last')
    })

    test('keeps the last lines of a container that never stops talking, and not all of them', async () => {
      const podId = await bench.pod()
      const body = `const line="y".repeat(1000);let i=0;
        (function more(){while(i<48000)if(!process.stdout.write((i++)+" "+line+"\\n"))return process.stdout.once("drain",more)})()`
      await bench.runtime.startContainer(podId, bench.spec('main', body))
      expect((await bench.exited(podId, 'main')).exitCode).toBe(0)
      const last = await read(podId, 2)
      expect(last.map(({ text }) => text.split(' ')[0])).toEqual(['47998', '47999'])
      let bytes = 0
      for (const { text } of await read(podId, 1_000_000)) bytes += text.length
      expect(bytes).toBeLessThan(MAX_LOG_BYTES)
    })
  })
}
