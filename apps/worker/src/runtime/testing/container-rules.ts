// For tests, part of the conformance suite: how containers start, end, stop and start again. Starts containers.
import { readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nodePath } from '@wetee/image'
import type { Bench, Outcome } from './bench.ts'
import { writeFixtureImage } from './fixture-image.ts'

type Started = { args: string[]; env: Record<string, string>; cwd: string }

/** Start, end, stop, start again. */
export function containerRules(bench: Bench): void {
  startRules(bench)
  imageRules(bench)
  endRules(bench)
}

function startRules(bench: Bench): void {
  describe('a started container', () => {
    const started = (outcome: Outcome) => JSON.parse(outcome.stdout) as Started

    test("runs the image's program with the image's environment", async () => {
      const { args, env, cwd } = started(await bench.run(''))
      expect(args).toEqual(['default'])
      expect(cwd).toBe('/app')
      expect(env).toMatchObject({ FROM_IMAGE: 'image', BOTH: 'image' })
      expect(env['PATH']).toContain('/bin')
    })

    test('has the given variables, over those of the image, and none of the worker', async () => {
      const environment = { BOTH: 'given', TEXT: 'a b "c" $PATH \n d', EMPTY: '' }
      const { env } = started(await bench.run('', { environment }))
      expect(env).toMatchObject({ FROM_IMAGE: 'image', ...environment })
      expect(Object.keys(env).filter((name) => /^(VITEST|NODE_ENV|npm_)/.test(name))).toEqual([])
    })

    test("takes a command in place of the image's", async () => {
      expect(started(await bench.run('', { command: ['x y', ''] })).args).toEqual(['x y', ''])
    })

    test("takes an entry point in place of the image's, which drops the image's command", async () => {
      const entrypoint = [nodePath, '/app/main.mjs', 'own']
      expect(started(await bench.run('', { entrypoint })).args).toEqual(['own'])
    })

    test('takes a working directory', async () => {
      expect(started(await bench.run('', { workingDirectory: '/images' })).cwd).toBe('/images')
    })

    test('runs once when it is started twice, or many times at once', async () => {
      const podId = await bench.pod()
      const spec = bench.spec(
        'main',
        'console.log("up",process.hrtime()[1]);setInterval(()=>{},1e6)',
      )
      await Promise.all([1, 2, 3].map(() => bench.runtime.startContainer(podId, spec)))
      const first = await bench.said(podId, 'main', 'up')
      const before = await bench.container(podId, 'main')
      await bench.runtime.startContainer(podId, spec)
      expect(await bench.container(podId, 'main')).toEqual(before)
      expect(before?.state).toBe('running')
      const lines = await bench.lines(podId, 'main', { tail: 10, follow: false })
      expect(lines.map(({ text }) => text)).toEqual([first])
    })

    test('has started about now', async () => {
      const beforeMs = Date.now()
      const podId = await bench.pod()
      await bench.runtime.startContainer(podId, bench.spec('main', 'setInterval(()=>{},1e6)'))
      const found = await bench.container(podId, 'main')
      const startedAtMs = found?.state === 'running' ? found.startedAtMs : 0
      expect(startedAtMs).toBeGreaterThan(beforeMs - 2_000)
      expect(startedAtMs).toBeLessThan(Date.now() + 2_000)
    })

    test('of a program that the image does not have is an error or ends at once', async () => {
      const podId = await bench.pod()
      const spec = bench.spec('main', '', { entrypoint: ['/no/such/program'] })
      const error = await bench.runtime.startContainer(podId, spec).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      if (error === undefined) expect((await bench.exited(podId, 'main')).exitCode).not.toBe(0)
      else expect(error).toMatchObject({ code: 'container.start-failed' })
      // Another try with a program that is there is not held up by the first.
      await bench.runtime.startContainer(podId, bench.spec('main', 'console.log("here")'))
      expect((await bench.outcome(podId, 'main')).lines.at(-1)?.text).toBe('here')
    })

    test.each([
      ['a mount at the root', { mounts: [{ source: '/tmp', target: '/', readOnly: true }] }],
      ['a mount outside', { mounts: [{ source: '/tmp', target: '/a/../../b', readOnly: true }] }],
      ['no memory', { limits: { cpuMilli: 1, memoryBytes: 0, pids: 1 } }],
      ['a variable with an equals sign', { environment: { 'A=B': 'c' } }],
      ['a name of a path', { name: '../main' }],
    ])('with %s is refused before anything is looked up', async (_, changes) => {
      const spec = bench.spec('main', 'x', changes)
      const starting = bench.runtime.startContainer('test-no-such-pod', spec)
      await expect(starting).rejects.toMatchObject({ code: 'container.invalid', retryable: false })
    })
  })
}

function imageRules(bench: Bench): void {
  describe('the image', () => {
    // A layer that no other image has: engines do not read again what they hold already.
    const freshImage = async (text: string) => {
      const image = await writeFixtureImage(bench.folder(), { extra: text.repeat(100_000) })
      const folder = join(image.layout, 'blobs/sha256')
      const blob = readdirSync(folder)
        .map((name) => join(folder, name))
        .find((path) => readFileSync(path).includes(text.repeat(1_000)))
      if (blob === undefined) throw new Error('no such layer')
      return { image, blob }
    }

    test('whose layer has one other byte is not run', async () => {
      const { image, blob } = await freshImage('changed')
      const bytes = readFileSync(blob)
      const place = bytes.length >> 1
      bytes[place] = (bytes[place] ?? 0) ^ 1
      writeFileSync(blob, bytes)
      const podId = await bench.pod()
      const starting = bench.runtime.startContainer(podId, bench.spec('main', '', { image }))
      await expect(starting).rejects.toMatchObject({ code: 'image.digest-mismatch' })
    })

    test('whose layer is cut short is not run', async () => {
      const { image, blob } = await freshImage('cut')
      truncateSync(blob, 100_000)
      const podId = await bench.pod()
      const starting = bench.runtime.startContainer(podId, bench.spec('main', '', { image }))
      await expect(starting).rejects.toMatchObject({ code: 'image.digest-mismatch' })
    })

    test('that is in no layout is an error', async () => {
      const image = { layout: bench.folder(), digest: `sha256:${'0'.repeat(64)}` }
      const podId = await bench.pod()
      const starting = bench.runtime.startContainer(podId, bench.spec('main', '', { image }))
      await expect(starting).rejects.toMatchObject({ code: /^image\./ as unknown as string })
    })
  })
}

function endRules(bench: Bench): void {
  describe('the end of a container', () => {
    test.each([0, 7, 255])('with exit code %i is reported', async (exitCode) => {
      const beforeMs = Date.now()
      const { state } = await bench.run(`process.exit(${exitCode})`)
      expect(state).toMatchObject({ exitCode, oomKilled: false })
      expect(state.finishedAtMs).toBeGreaterThan(beforeMs - 2_000)
      expect(state.finishedAtMs).toBeLessThan(Date.now() + 2_000)
    })

    test('by SIGTERM is its own to choose', async () => {
      const podId = await bench.pod()
      const body =
        'process.on("SIGTERM",()=>{console.log("bye");process.exit(5)});console.log("up")'
      const spec = bench.spec('main', `${body};setInterval(()=>{},1e6)`)
      await bench.runtime.startContainer(podId, spec)
      await bench.said(podId, 'main', 'up')
      for (let i = 0; i < 2; i++) await bench.runtime.stopContainer(podId, 'main', 20_000)
      const { lines, state } = await bench.outcome(podId, 'main')
      expect(state).toMatchObject({ exitCode: 5, oomKilled: false })
      expect(lines.at(-1)?.text).toBe('bye')
    })

    test('is forced by SIGKILL when the grace is over, not before', async () => {
      const podId = await bench.pod()
      const body = 'process.on("SIGTERM",()=>console.log("no"));console.log("up")'
      const spec = bench.spec('main', `${body};setInterval(()=>{},1e6)`)
      await bench.runtime.startContainer(podId, spec)
      await bench.said(podId, 'main', 'up')
      const beforeMs = performance.now()
      await bench.runtime.stopContainer(podId, 'main', 1_500)
      const tookMs = performance.now() - beforeMs
      expect(await bench.container(podId, 'main')).toMatchObject({
        exitCode: 137,
        oomKilled: false,
      })
      expect(tookMs).toBeGreaterThan(1_400)
    })

    test('takes its other processes along', async () => {
      const podId = await bench.pod()
      const child = `cp.spawn("${nodePath}",["-e","setInterval(()=>{},1e6)"],{detached:true})`
      const spec = bench.spec('main', `${child}.on("spawn",()=>console.log("up"))`)
      await bench.runtime.startContainer(podId, spec)
      await bench.said(podId, 'main', 'up')
      await bench.runtime.stopContainer(podId, 'main', 0)
      expect((await bench.container(podId, 'main'))?.state).toBe('exited')
      await bench.runtime.removePod(podId, 0)
      expect(await bench.subject.leftovers(bench.stateDir, podId)).toEqual([])
    })

    test('leaves the rest of its pod running', async () => {
      const podId = await bench.pod()
      const spec = bench.spec('stays', 'console.log("up");setInterval(()=>{},1e6)')
      await bench.runtime.startContainer(podId, spec)
      await bench.runtime.startContainer(podId, bench.spec('goes', 'process.exit(1)'))
      await bench.exited(podId, 'goes')
      expect((await bench.container(podId, 'stays'))?.state).toBe('running')
    })

    test('may be followed by another start, also with another spec', async () => {
      const podId = await bench.pod()
      await bench.runtime.startContainer(
        podId,
        bench.spec('main', 'console.log(1);process.exit(1)'),
      )
      const first = await bench.exited(podId, 'main')
      await bench.runtime.startContainer(
        podId,
        bench.spec('main', 'console.log(1);process.exit(1)'),
      )
      const second = await bench.outcome(podId, 'main')
      expect(second.state.exitCode).toBe(1)
      expect(second.state.finishedAtMs).toBeGreaterThan(first.finishedAtMs)
      // What the run before has said is still to be read: it may tell why it ended.
      expect(second.lines.map(({ text }) => text)).toEqual(['1', '1'])
      await bench.runtime.startContainer(
        podId,
        bench.spec('main', 'console.log(2);process.exit(2)'),
      )
      const third = await bench.outcome(podId, 'main')
      expect(third.state.exitCode).toBe(2)
      expect(third.lines.at(-1)?.text).toBe('2')
    })
  })
}
