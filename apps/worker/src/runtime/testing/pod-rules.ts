// For tests, part of the conformance suite: pods, what is listed, what stays behind. Starts containers.
import { describe, expect, test } from 'vitest'
import type { Bench } from './bench.ts'

const wait = 'setInterval(()=>{},1e6);console.log("up")'

/** Pods and their life. */
export function podRules(bench: Bench): void {
  describe('pods', () => {
    test('the probe says what is enforced, as booleans, and a sentence for what is not', async () => {
      const { isolation, warnings, ...rest } = await bench.runtime.probe()
      expect(isolation).toBe(bench.subject.kind === 'sandbox' ? 'namespace' : 'engine')
      for (const value of Object.values(rest)) expect(typeof value).toBe('boolean')
      if (Object.values(rest).includes(false)) expect(warnings.length).toBeGreaterThan(0)
    })

    test('a pod is listed with its labels, once, however often it is created', async () => {
      const id = bench.podId()
      const labels = { 'wetee.worker': 'w7-0011aabb', 'wetee.app': '7', other: 'a = b, "c"' }
      const spec = bench.podSpec(id, labels, ['web'])
      for (let i = 0; i < 3; i++) await bench.runtime.createPod(spec)
      const found = (await bench.runtime.list()).filter((pod) => pod.id === id)
      expect(found).toHaveLength(1)
      expect(found[0]).toMatchObject({ id, labels })
      if (spec.containers === undefined) expect(found[0]?.containers).toEqual([])
    })

    test('pods are listed by their labels, with their containers', async () => {
      const ids = ['7', '77'].map((app) => ({ app, id: bench.podId() }))
      for (const { id, app } of ids) {
        const labels = { 'wetee.worker': 'w7-listed', 'wetee.app': app }
        await bench.runtime.createPod(bench.podSpec(id, labels, ['web']))
      }
      const listed = async (labels: Record<string, string>) =>
        (await bench.runtime.list(labels)).map(({ id }) => id).sort()
      expect(await listed({ 'wetee.worker': 'w7-listed', 'wetee.app': '7' })).toEqual([ids[0]?.id])
      const all = ids.map(({ id }) => id).sort()
      expect(await listed({ 'wetee.worker': 'w7-listed' })).toEqual(all)
      expect(await listed({ 'wetee.worker': 'w7-listed', 'wetee.app': '8' })).toEqual([])
      const whole = (await bench.runtime.list()).find(({ id }) => id === ids[0]?.id)
      expect(await bench.runtime.list({ 'wetee.worker': 'w7-listed', 'wetee.app': '7' })).toEqual([
        whole,
      ])
    })

    test('created many times at once it is one pod', async () => {
      const id = bench.podId()
      const spec = bench.podSpec(id, { 'wetee.worker': 'test' })
      await Promise.all(Array.from({ length: 4 }, () => bench.runtime.createPod(spec)))
      expect((await bench.runtime.list()).filter((pod) => pod.id === id)).toHaveLength(1)
    })

    test('a pod without the label wetee.worker is not listed', async () => {
      const id = bench.podId()
      await bench.runtime.createPod(bench.podSpec(id, { 'wetee.app': '1' }))
      expect((await bench.runtime.list()).filter((pod) => pod.id === id)).toEqual([])
    })

    test.each(['', '-a', 'A', 'a/b', '../x', 'a'.repeat(64), 'a b'])(
      'the pod id %j is refused',
      async (id) => {
        const spec = bench.podSpec(id, { 'wetee.worker': 'test' })
        await expect(bench.runtime.createPod(spec)).rejects.toMatchObject({ code: 'pod.invalid' })
      },
    )

    test('a container cannot be started in a pod that is not there', async () => {
      const starting = bench.runtime.startContainer('test-no-such-pod', bench.spec('main', wait))
      await expect(starting).rejects.toMatchObject({ code: 'pod.unknown', retryable: true })
    })

    test('stopping and removing what is not there does nothing', async () => {
      await bench.runtime.removePod('test-no-such-pod', 0)
      await bench.runtime.stopContainer('test-no-such-pod', 'main', 0)
      const podId = await bench.pod()
      await bench.runtime.stopContainer(podId, 'main', 0)
    })

    test('a pod that is removed is gone, may be removed again, and made anew', async () => {
      const podId = await bench.pod()
      for (let i = 0; i < 2; i++) await bench.runtime.removePod(podId, 0)
      expect((await bench.runtime.list()).filter(({ id }) => id === podId)).toEqual([])
      expect(await bench.subject.leftovers(bench.stateDir, podId)).toEqual([])
      await bench.runtime.createPod(bench.podSpec(podId, { 'wetee.worker': 'test' }))
      expect((await bench.runtime.list()).filter(({ id }) => id === podId)).toHaveLength(1)
    })
  })
}

/** Pods whose containers run. */
export function runningPodRules(bench: Bench): void {
  describe('pods with containers', () => {
    test('removing a pod leaves nothing of it on the machine, and may be repeated', async () => {
      const podId = await bench.pod(['web'])
      const folder = bench.folder()
      const mounts = [{ source: folder, target: '/data', readOnly: false }]
      const tmpfs = [{ target: '/tmp', sizeBytes: 1 << 20 }]
      await bench.runtime.startContainer(podId, bench.spec('web', wait, { mounts, tmpfs }))
      await bench.runtime.startContainer(podId, bench.spec('ended', 'process.exit(3)', { mounts }))
      await bench.exited(podId, 'ended')
      expect(await bench.subject.leftovers(bench.stateDir, podId)).not.toEqual([])
      for (let i = 0; i < 2; i++) await bench.runtime.removePod(podId, 1_000)
      expect(await bench.subject.leftovers(bench.stateDir, podId)).toEqual([])
      expect((await bench.runtime.list()).filter(({ id }) => id === podId)).toEqual([])
    })

    test('a removed pod can be made anew', async () => {
      const podId = await bench.pod()
      await bench.runtime.startContainer(podId, bench.spec('main', 'console.log("first")'))
      await bench.exited(podId, 'main')
      await bench.runtime.removePod(podId, 0)
      const spec = { id: podId, labels: { 'wetee.worker': 'test' }, hostNames: [] }
      await bench.runtime.createPod(spec)
      await bench.runtime.startContainer(podId, bench.spec('main', 'console.log("second")'))
      expect((await bench.outcome(podId, 'main')).stdout).toBe('second')
    })

    test('many pods at once all run and all go', async () => {
      const ids = await Promise.all(Array.from({ length: 8 }, () => bench.pod(['a', 'b'])))
      const started = ids.flatMap((podId) =>
        ['a', 'b'].map((name) => bench.runtime.startContainer(podId, bench.spec(name, wait))),
      )
      await Promise.all(started)
      const pods = (await bench.runtime.list()).filter(({ id }) => ids.includes(id))
      expect(pods).toHaveLength(ids.length)
      for (const { containers } of pods)
        expect(containers.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
          'a running',
          'b running',
        ])
      await Promise.all(ids.map((podId) => bench.runtime.removePod(podId, 0)))
      for (const podId of ids)
        expect(await bench.subject.leftovers(bench.stateDir, podId)).toEqual([])
    }, 120_000)
  })
}
