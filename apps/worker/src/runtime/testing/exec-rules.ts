// For tests, part of the conformance suite: commands in a running container. Starts containers.
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { nodePath } from '@wetee/image'
import type { ExecRequest } from '../exec.ts'
import type { Bench } from './bench.ts'
import { script } from './fixture-image.ts'

const STAYS = 'console.log("up");setInterval(()=>{},1e6)'

/** What a command sees, returns, may take and may print. */
export function execRules(bench: Bench): void {
  const request = (body: string, changes: Partial<ExecRequest> = {}): ExecRequest => {
    const { entrypoint, command } = script(body)
    const words = [...entrypoint, ...command]
    return { command: words, timeoutMs: 20_000, maxBytes: 1 << 20, ...changes }
  }
  const running = async (changes: Parameters<Bench['spec']>[2] = {}, body = STAYS) => {
    const podId = await bench.pod()
    await bench.runtime.startContainer(podId, bench.spec('main', body, changes))
    await bench.said(podId, 'main', 'up')
    return podId
  }
  const exec = (podId: string, body: string, changes: Partial<ExecRequest> = {}) =>
    bench.runtime.exec(podId, 'main', request(body, changes))

  describe('a command in a container', () => {
    test('gives its exit code and both outputs, each by itself', async () => {
      const podId = await running()
      const result = await exec(podId, 'console.log("out");console.error("err");process.exit(3)')
      expect(String(result.stdout)).toBe('out\n')
      expect(String(result.stderr)).toBe('err\n')
      expect(result).toMatchObject({ exitCode: 3, truncated: false })
      expect((await bench.container(podId, 'main'))?.state).toBe('running')
    })

    test('has the files, variables, folder and user of the container', async () => {
      const own = 'fs.writeFileSync("/tmp/own","written");console.log("up");setInterval(()=>{},1e6)'
      const podId = await running(
        {
          user: '1234:1234',
          workingDirectory: '/app',
          environment: { BOTH: 'spec' },
          tmpfs: [{ target: '/tmp', sizeBytes: 1 << 20 }],
        },
        own,
      )
      const { stdout } = await exec(
        podId,
        `const {BOTH,FROM_IMAGE}=process.env;console.log(JSON.stringify([fs.readFileSync("/tmp/own","utf8"),
          BOTH,FROM_IMAGE,process.cwd(),process.getuid(),process.getgid()]))`,
      )
      expect(JSON.parse(String(stdout))).toEqual(['written', 'spec', 'image', '/app', 1234, 1234])
    })

    test('finds terminals of the container alone, and of its own user', async () => {
      const podId = await running({ user: '1234:1234' })
      const { stdout } = await exec(
        podId,
        `const fd=fs.openSync("/dev/ptmx",fs.constants.O_RDWR|fs.constants.O_NOCTTY);
        const all=fs.readdirSync("/dev/pts").filter(n=>n!=="ptmx");
        console.log(JSON.stringify([all,all.map(n=>fs.statSync("/dev/pts/"+n).uid)]))`,
      )
      expect(JSON.parse(String(stdout))).toEqual([['0'], [1234]])
    })

    test('has no right that the container has not', async () => {
      const rights = `const s=fs.readFileSync("/proc/self/status","utf8");
        for(const n of ["CapEff","CapPrm","CapBnd","NoNewPrivs","Seccomp"])console.log(n,s.match(new RegExp("^"+n+":\\\\s*(\\\\S+)","m"))[1])
        try{fs.writeFileSync("/new","");console.log("written")}catch(e){console.log(e.code)}`
      const podId = await running({}, `${rights};console.log("up");setInterval(()=>{},1e6)`)
      const { stdout } = await exec(podId, rights)
      const own = await bench.lines(podId, 'main', { tail: 100, follow: false })
      const lines = own.map(({ text }) => text).filter((text) => text !== 'up')
      expect(String(stdout).trim().split('\n')).toEqual(lines)
      expect(lines).toContain('EROFS')
    })

    test('sees the processes of its container, and is seen by it', async () => {
      const podId = await running()
      const { stdout } = await exec(
        podId,
        'console.log(process.pid, fs.readFileSync("/proc/1/cmdline","utf8").includes("setInterval"))',
      )
      expect(String(stdout)).toMatch(/^[1-9][0-9]* true\n$/)
    })

    test('counts as memory of the container', async ({ skip }) => {
      const { memoryLimit } = await bench.runtime.probe()
      skip(!memoryLimit, 'not enforced here')
      const limits = { cpuMilli: 1_000, memoryBytes: 128 << 20, pids: 128 }
      const podId = await running({ limits })
      const grow =
        'const k=[];for(let i=0;i<64;i++)k.push(Buffer.alloc(8<<20,1));console.log("all")'
      // Whom the kernel ends, command or container, is the kernel's choice.
      const said = await exec(podId, grow).then(
        ({ stdout }) => String(stdout),
        () => '',
      )
      expect(said).toBe('')
    })

    test('reads what it is given', async () => {
      const podId = await running()
      const body = 'process.stdin.pipe(process.stdout)'
      const input = Buffer.alloc(300_000, 'wetee ')
      const { stdout } = await exec(podId, body, { input })
      expect(stdout.equals(input)).toBe(true)
    })

    test('reads nothing where nothing is given', async () => {
      const podId = await running()
      const body = 'process.stdin.on("data",console.log).on("end",()=>console.log("end"))'
      expect(String((await exec(podId, body)).stdout)).toBe('end\n')
    })

    test('prints as much as it may and no more', async () => {
      const podId = await running()
      const body = 'process.stdout.write("x".repeat(1000));process.stderr.write("y".repeat(1000))'
      const whole = await exec(podId, body, { maxBytes: 2_000 })
      expect(whole).toMatchObject({ exitCode: 0, truncated: false })
      const cut = await exec(podId, body, { maxBytes: 1_999 })
      expect(cut.stdout.length + cut.stderr.length).toBe(1_999)
      expect(cut).toMatchObject({ exitCode: 0, truncated: true })
    })
  })
  endRules(bench, running, request)
}

function endRules(
  bench: Bench,
  running: () => Promise<string>,
  request: (body: string, changes?: Partial<ExecRequest>) => ExecRequest,
): void {
  describe('the end of a command', () => {
    /** A child of the command, which would go on without it. */
    const lingers = `const c=cp.spawn("${nodePath}",["-e","setInterval(()=>{},1e6)","lingers"]);
      console.log("child");setInterval(()=>{},1e6)`
    const lingering = async (podId: string) => {
      const look = `console.log(fs.readdirSync("/proc").filter(n=>/^[0-9]+$/.test(n)).filter(n=>{
        try{return fs.readFileSync("/proc/"+n+"/cmdline","utf8").endsWith("lingers\\0")}catch{return false}}).length)`
      const { stdout } = await bench.runtime.exec(podId, 'main', request(look))
      return Number(String(stdout))
    }

    test('comes with its time, also for what it has started', async () => {
      const podId = await running()
      const late = bench.runtime.exec(podId, 'main', request(lingers, { timeoutMs: 1_500 }))
      await expect(late).rejects.toMatchObject({ code: 'exec.timed-out', retryable: true })
      expect(await lingering(podId)).toBe(0)
      expect((await bench.container(podId, 'main'))?.state).toBe('running')
    })

    test('comes with the signal', async () => {
      const podId = await running()
      const stop = new AbortController()
      const { signal } = stop
      const call = bench.runtime.exec(podId, 'main', request(lingers, { signal }))
      while ((await lingering(podId)) === 0) await delay(50)
      stop.abort(new Error('enough'))
      await expect(call).rejects.toThrow('enough')
      expect(await lingering(podId)).toBe(0)
    })

    test('does not wait for what it leaves in the background', async () => {
      const podId = await running()
      const leave = `cp.spawn("${nodePath}",["-e","setInterval(()=>{},1e6)","lingers"],{stdio:"inherit",detached:true}).unref();
        console.log("left");process.exit(0)`
      const { exitCode, stdout } = await bench.runtime.exec(podId, 'main', request(leave))
      expect([exitCode, String(stdout)]).toEqual([0, 'left\n'])
    })

    test('by a signal is 128 and its number', async () => {
      const podId = await running()
      const body = 'process.kill(process.pid,"SIGKILL")'
      expect((await bench.runtime.exec(podId, 'main', request(body))).exitCode).toBe(137)
    })

    test('comes with the end of its container', async () => {
      const podId = await running()
      const call = bench.runtime.exec(podId, 'main', request(lingers)).then(
        ({ exitCode }) => exitCode,
        () => 'refused',
      )
      while ((await lingering(podId)) === 0) await delay(50)
      await bench.runtime.stopContainer(podId, 'main', 0)
      expect([137, 'refused']).toContain(await call)
    })

    test('is there at once where there is no container, or none that runs', async () => {
      const gone = { code: 'container.not-running', retryable: true }
      const podId = await running()
      const other = bench.runtime.exec(podId, 'other', request('1'))
      await expect(other).rejects.toMatchObject(gone)
      await bench.runtime.stopContainer(podId, 'main', 0)
      await expect(bench.runtime.exec(podId, 'main', request('1'))).rejects.toMatchObject(gone)
      const none = bench.runtime.exec('no-such-pod', 'main', request('1'))
      await expect(none).rejects.toMatchObject(gone)
    })

    test('is there at once where there is no such program, with its name', async () => {
      const podId = await running()
      const command = ['/bin/no-such-shell', '-c', 'true']
      const call = bench.runtime.exec(podId, 'main', { ...request(''), command })
      await expect(call).rejects.toMatchObject({
        code: 'exec.start-failed',
        retryable: false,
        message: expect.stringContaining('/bin/no-such-shell') as unknown,
      })
    })

    test.each([
      ['no program', { command: [] }],
      ['a NUL in a word', { command: ['a', 'b\0c'] }],
      ['no time', { timeoutMs: 0 }],
      ['too much output', { maxBytes: 2 ** 40 }],
    ])('%s is refused', async (_, changes) => {
      const call = bench.runtime.exec('any', 'main', { ...request('1'), ...changes })
      await expect(call).rejects.toMatchObject({ code: 'container.invalid' })
    })

    test('leaves nothing on the host', async () => {
      const podId = await running()
      await bench.runtime.exec(podId, 'main', request('console.log(1)'))
      await bench.runtime.removePod(podId, 0)
      expect(await bench.subject.leftovers(bench.stateDir, podId)).toEqual([])
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(podId)
    })
  })
}
