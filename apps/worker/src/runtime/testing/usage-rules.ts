// For tests, part of the conformance suite: what containers have used is counted. Starts containers.
import { describe, expect, test } from 'vitest'
import type { ContainerUsage } from '../runtime.ts'
import type { Bench } from './bench.ts'

const MIB = 1_048_576

/** Usage of running containers. */
export function usageRules(bench: Bench): void {
  describe('usage', () => {
    const of = async (podId: string, disk = false): Promise<Map<string, ContainerUsage>> => {
      const all = await bench.runtime.usage({ disk })
      return new Map(
        all.filter((one) => one.podId === podId).map((one) => [one.name, one] as const),
      )
    }

    test('of processor and memory is what a container has taken, beside its limit', async ({
      skip,
    }) => {
      const { cpuLimit, memoryLimit } = await bench.runtime.probe()
      skip(!cpuLimit || !memoryLimit, 'not counted here')
      const podId = await bench.pod()
      const limits = { cpuMilli: 1_000, memoryBytes: 192 * MIB, pids: 128 }
      const busy = `const kept=Buffer.alloc(${64 * MIB},1);const until=Date.now()+300;
        while(Date.now()<until);console.log("worked");setInterval(()=>kept.length,1e6)`
      await bench.runtime.startContainer(podId, bench.spec('busy', busy, { limits }))
      await bench.runtime.startContainer(
        podId,
        bench.spec('idle', 'console.log("up");setInterval(()=>{},1e6)', { limits }),
      )
      await bench.said(podId, 'busy', 'worked')
      await bench.said(podId, 'idle', 'up')
      const used = await of(podId)
      expect([...used.keys()].sort()).toEqual(['busy', 'idle'])
      const [busyUsage, idle] = [used.get('busy'), used.get('idle')]
      expect(busyUsage?.memoryBytes).toBeGreaterThan(64 * MIB)
      expect(busyUsage?.memoryBytes).toBeLessThanOrEqual(limits.memoryBytes)
      expect(busyUsage?.memoryLimitBytes).toBe(limits.memoryBytes)
      expect(idle?.memoryBytes).toBeLessThan(busyUsage?.memoryBytes ?? 0)
      // A busy machine gives less than it is asked for, but never more.
      expect(busyUsage?.cpuMicros).toBeGreaterThan(20_000)
      expect(idle?.cpuMicros).toBeGreaterThan(0)
      const again = (await of(podId)).get('busy')
      expect(again?.cpuMicros).toBeGreaterThanOrEqual(busyUsage?.cpuMicros ?? 0)
      expect(again?.atMs).toBeGreaterThanOrEqual(busyUsage?.atMs ?? 0)
    })

    test('never counts below zero, and network bytes are whole numbers', async () => {
      const podId = await bench.pod()
      await bench.runtime.startContainer(
        podId,
        bench.spec('main', 'console.log("up");setInterval(()=>{},1e6)'),
      )
      await bench.said(podId, 'main', 'up')
      const used = (await of(podId, true)).get('main')
      expect(used).toBeDefined()
      for (const [name, value] of Object.entries(used ?? {}))
        if (typeof value === 'number') {
          expect(Number.isFinite(value), name).toBe(true)
          expect(value, name).toBeGreaterThanOrEqual(0)
        }
    })

    test('of written bytes is counted only when asked for', async () => {
      const podId = await bench.pod()
      const spec = bench.spec('main', 'console.log("up");setInterval(()=>{},1e6)')
      await bench.runtime.startContainer(podId, spec)
      await bench.said(podId, 'main', 'up')
      expect((await of(podId)).get('main')?.diskBytes).toBe(undefined)
      const { diskBytes } = (await of(podId, true)).get('main') ?? {}
      // A root that may not be written to holds nothing but what the engine itself puts there.
      if (diskBytes !== undefined) expect(diskBytes).toBeLessThan(MIB)
    })

    test('lists neither what has ended nor pods of others', async () => {
      const podId = await bench.pod()
      await bench.runtime.startContainer(podId, bench.spec('main', 'console.log("bye")'))
      await bench.exited(podId, 'main')
      expect((await of(podId)).size).toBe(0)
      const other = bench.podId()
      await bench.runtime.createPod({ id: other, labels: {}, hostNames: [] })
      await bench.runtime.startContainer(other, bench.spec('main', 'setInterval(()=>{},1e6)'))
      expect((await of(other)).size).toBe(0)
      await bench.runtime.removePod(podId, 0)
      expect((await of(podId)).size).toBe(0)
    })
  })
}
