// For tests, part of the conformance suite: memory, CPU and processes end where the spec says. Starts containers.
import { describe, expect, test } from 'vitest'
import { nodePath } from '@wetee/image'
import type { Bench } from './bench.ts'

const MIB = 1_048_576

/** Limits that the probe says are enforced. */
export function limitRules(bench: Bench): void {
  describe('limits', () => {
    const limits = { cpuMilli: 1_000, memoryBytes: 256 * MIB, pids: 128 }

    test('of memory end the container that passes them, and it is said why', async ({ skip }) => {
      const { memoryLimit } = await bench.runtime.probe()
      skip(!memoryLimit, 'not enforced here')
      const grow = `const kept=[];for(let i=0;i<64;i++){kept.push(Buffer.alloc(8<<20,1));console.log(i*8)}
        console.log("all")`
      const { lines, state } = await bench.run(grow, {
        limits: { ...limits, memoryBytes: 128 * MIB },
      })
      expect(lines.map(({ text }) => text)).not.toContain('all')
      expect(state).toMatchObject({ oomKilled: true, exitCode: 137 })
    })

    test('of memory do not end the container that keeps within', async () => {
      const keep =
        'const kept=[];for(let i=0;i<8;i++)kept.push(Buffer.alloc(8<<20,1));console.log("all")'
      const { stdout, state } = await bench.run(keep, { limits })
      expect(stdout).toBe('all')
      expect(state).toMatchObject({ oomKilled: false, exitCode: 0 })
    })

    test('of one container do not touch another of the pod', async ({ skip }) => {
      const { memoryLimit } = await bench.runtime.probe()
      skip(!memoryLimit, 'not enforced here')
      const podId = await bench.pod()
      const stays = 'console.log("up");setInterval(()=>{},1e6)'
      await bench.runtime.startContainer(podId, bench.spec('stays', stays))
      const grow = 'const k=[];for(let i=0;i<64;i++)k.push(Buffer.alloc(8<<20,1))'
      const small = { ...limits, memoryBytes: 96 * MIB }
      await bench.runtime.startContainer(podId, bench.spec('grows', grow, { limits: small }))
      expect(await bench.exited(podId, 'grows')).toMatchObject({ oomKilled: true })
      expect((await bench.container(podId, 'stays'))?.state).toBe('running')
    })

    test('of processes stop a container from making more', async ({ skip }) => {
      const { pidsLimit } = await bench.runtime.probe()
      skip(!pidsLimit, 'not enforced here')
      // Each Node has about ten threads, so that 64 are reached after a few.
      // A Node that gets no thread ends or hangs.
      const spawn = `let up=0;const tell=held=>{console.log(held?"held back":"all up");process.exit(0)};
        setTimeout(tell,10000,true);
        for(let i=0;i<12;i++)try{
          const c=cp.spawn("${nodePath}",["-e","console.log(1);setInterval(()=>{},1e6)"],{stdio:["ignore","pipe","ignore"]});
          c.on("error",()=>tell(true));c.on("exit",()=>tell(true));c.stdout.once("data",()=>{if(++up===12)tell(false)})}catch{tell(true)}`
      const { stdout } = await bench.run(spawn, {
        limits: { ...limits, pids: 64, memoryBytes: 1024 * MIB },
      })
      expect(stdout).toBe('held back')
      const many = { ...limits, pids: 512, memoryBytes: 1024 * MIB }
      expect((await bench.run(spawn, { limits: many })).stdout).toBe('all up')
    })

    test('of CPU hold a busy container back', async ({ skip }) => {
      const { cpuLimit } = await bench.runtime.probe()
      skip(!cpuLimit, 'not enforced here')
      const busy = `const start=process.cpuUsage(),from=process.hrtime.bigint();
        while(process.hrtime.bigint()-from<2000000000n);const {user,system}=process.cpuUsage(start);
        console.log(((user+system)/Number((process.hrtime.bigint()-from)/1000n)).toFixed(2))`
      const { stdout } = await bench.run(busy, { limits: { ...limits, cpuMilli: 200 } })
      expect(Number(stdout)).toBeGreaterThan(0.02)
      expect(Number(stdout)).toBeLessThan(0.35)
    })

    test('of open files are high enough for a server and not above the host', async () => {
      const { stdout } = await bench.run('console.log(fs.readFileSync("/proc/self/limits","utf8"))')
      const soft = /^Max open files\s+(\S+)/m.exec(stdout)?.[1]
      expect(Number(soft)).toBeGreaterThanOrEqual(1_024)
    })
  })
}
