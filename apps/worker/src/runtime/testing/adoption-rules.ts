// For tests, part of the conformance suite: pods outlive whoever started them. Starts processes and containers.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Bench } from './bench.ts'
import type { HoldOrder } from './hold-runtime.ts'

/** A worker that goes, a worker that comes. */
export function adoptionRules(bench: Bench): void {
  describe('adoption', () => {
    // It says that it is up once it hears signals: before, the first process of a container ignores them.
    const loud =
      'process.on("SIGTERM",()=>process.exit(9));console.log("up");setInterval(()=>console.log("more"),200)'

    test('a second runtime sees and stops what the first has started', async () => {
      const podId = await bench.pod(['web'])
      await bench.runtime.startContainer(podId, bench.spec('main', loud))
      await bench.said(podId, 'main', 'up')
      const second = await bench.another()
      try {
        expect(await second.list()).toEqual(await bench.runtime.list())
        await second.startContainer(podId, bench.spec('main', loud))
        await second.stopContainer(podId, 'main', 10_000)
        expect(await bench.container(podId, 'main')).toMatchObject({ exitCode: 9 })
        await second.removePod(podId, 0)
        expect(await bench.subject.leftovers(bench.stateDir, podId)).toEqual([])
      } finally {
        await second.close()
      }
    })

    test('containers outlive a killed process and are adopted by the next', async () => {
      const { kind, socketPath } = bench.subject
      const podId = bench.podId()
      const pod = { id: podId, labels: { 'wetee.worker': 'test' }, hostNames: ['web'] }
      const order: HoldOrder = {
        kind,
        stateDir: join(bench.stateDir, 'runtime'),
        ...(socketPath === undefined ? {} : { socketPath }),
        pod,
        container: bench.spec('main', loud),
      }
      const program = join(import.meta.dirname, 'hold-runtime.ts')
      const child = spawn(process.execPath, [program, JSON.stringify(order)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      child.kill('SIGKILL')
      await once(child, 'exit')

      const before = await bench.container(podId, 'main')
      expect(before?.state).toBe('running')
      // It goes on talking and is heard: nobody's pipe has broken.
      await bench.said(podId, 'main', 'more')
      await bench.runtime.createPod(pod)
      await bench.runtime.startContainer(podId, order.container)
      expect(await bench.container(podId, 'main')).toEqual(before)
      await bench.runtime.startContainer(podId, bench.spec('other', 'process.exit(4)'))
      expect((await bench.exited(podId, 'other')).exitCode).toBe(4)
      await bench.runtime.stopContainer(podId, 'main', 10_000)
      expect(await bench.container(podId, 'main')).toMatchObject({ exitCode: 9 })
      await bench.runtime.removePod(podId, 0)
      expect(await bench.subject.leftovers(bench.stateDir, podId)).toEqual([])
    })

    test('closing a runtime leaves pods running, and what ended meanwhile is reported', async () => {
      const podId = await bench.pod()
      const first = await bench.another()
      const folder = bench.folder()
      const mounts = [{ source: folder, target: '/go', readOnly: false }]
      await first.startContainer(podId, bench.spec('main', loud))
      const ends = 'fs.watch("/go",()=>process.exit(6));console.log("up")'
      await first.startContainer(podId, bench.spec('ends', ends, { mounts }))
      await bench.said(podId, 'ends', 'up')
      await first.close()
      const poke = bench.spec('poke', 'fs.writeFileSync("/go/x","x")', { mounts })
      await bench.runtime.startContainer(podId, poke)
      expect((await bench.exited(podId, 'ends')).exitCode).toBe(6)
      expect((await bench.container(podId, 'main'))?.state).toBe('running')
    })
  })
}
