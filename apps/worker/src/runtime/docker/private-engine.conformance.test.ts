// A dockerd of our own: outlives its worker, is found again, started again when it dies, stopped when nothing runs in it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keepLog } from '../../testing/silent-log.ts'
import { Bench } from '../testing/bench.ts'
import { answersOn } from './engine-client.ts'
import { POD_LABEL, volumeOptions } from './container-options.ts'
import { canRunPrivateEngine, privateEngine } from './private-engine.ts'

const never = new AbortController().signal
const wait = 'console.log("up");setInterval(()=>console.log("more"),200)'

describe.runIf(canRunPrivateEngine())('an engine of our own', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = new Bench({ kind: 'docker', missing: undefined, leftovers: () => [] })
    // As if there had been one: it goes before the one that this machine may have.
    mkdirSync(join(bench.stateDir, 'runtime/engine/data'), { recursive: true })
    await bench.open()
  })
  afterEach(() => bench.close())

  const files = () => {
    const stateDir = join(bench.stateDir, 'runtime')
    const { socketPath } = privateEngine(stateDir, keepLog(), never)
    return { stateDir, socketPath, pid: Number(readFileSync(join(socketPath, '../dockerd.pid'))) }
  }

  test('killed, is started again by the next call, and its containers have gone on', async () => {
    const podId = await bench.pod()
    await bench.runtime.startContainer(podId, bench.spec('main', wait))
    const before = await bench.container(podId, 'main')
    const { pid } = files()
    process.kill(pid, 'SIGKILL')
    await bench.ended(pid)
    expect(await bench.container(podId, 'main')).toEqual(before)
    expect(files().pid).not.toBe(pid)
    await bench.said(podId, 'main', 'more')
    await bench.runtime.stopContainer(podId, 'main', 0)
    expect((await bench.container(podId, 'main'))?.state).toBe('exited')
  })

  test('stopped as for an upgrade, and started again: its containers have gone on, and it takes new ones', async () => {
    const podId = await bench.pod()
    await bench.runtime.startContainer(podId, bench.spec('main', wait))
    const before = await bench.container(podId, 'main')
    const { pid } = files()
    process.kill(pid, 'SIGTERM')
    await bench.ended(pid)
    await bench.runtime.startContainer(podId, bench.spec('next', wait))
    expect(files().pid).not.toBe(pid)
    expect(await bench.container(podId, 'main')).toEqual(before)
    for (const name of ['main', 'next']) await bench.said(podId, name, 'more')
  })

  test('closed, stays while a container runs, is found by the next runtime, and stops after the last', async () => {
    const podId = await bench.pod()
    await bench.runtime.startContainer(podId, bench.spec('main', wait))
    const { pid, socketPath } = files()
    const second = await bench.another()
    await second.close()
    expect(files().pid).toBe(pid)
    const third = await bench.another()
    expect((await third.list()).map(({ id }) => id)).toEqual([podId])
    await third.removePod(podId, 0)
    await third.close()
    expect(await answersOn(socketPath)).toBe(false)
    // A runtime that is still open starts it again when it needs it.
    expect(await bench.runtime.list()).toEqual([])
  })

  test('is not taken for another program that has its number by now', async () => {
    const podId = await bench.pod()
    await bench.runtime.startContainer(podId, bench.spec('main', wait))
    const { pid, socketPath } = files()
    process.kill(pid, 'SIGKILL')
    await bench.ended(pid)
    writeFileSync(join(socketPath, '../dockerd.pid'), String(process.pid))
    expect((await bench.container(podId, 'main'))?.state).toBe('running')
    expect(files().pid).not.toBe(process.pid)
  })

  test('that cannot start says where its log is', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'wetee-'))
    try {
      mkdirSync(join(stateDir, 'engine/data'), { recursive: true })
      // What dockerd wants to be a folder is a file.
      writeFileSync(join(stateDir, 'engine/data/containers'), '')
      const engine = privateEngine(stateDir, keepLog(), never)
      await expect(engine.own?.ensure()).rejects.toMatchObject({
        code: 'engine.unreachable',
        message: expect.stringContaining(join(stateDir, 'engine/dockerd.log')) as string,
      })
    } finally {
      rmSync(stateDir, { recursive: true, force: true })
    }
  })

  test('memory of a pod that was never finished is taken away with it', async () => {
    const docker = new Docker({ socketPath: files().socketPath })
    const podId = bench.podId()
    await docker.createVolume(volumeOptions(podId, { name: 'secrets-web', sizeBytes: 4_096 }))
    const filters = { label: [`${POD_LABEL}=${podId}`] }
    expect((await docker.listVolumes({ filters })).Volumes).toHaveLength(1)
    await bench.runtime.removePod(podId, 0)
    expect((await docker.listVolumes({ filters })).Volumes ?? []).toEqual([])
  })

  test('a volume on its disk under the name of memory is not mounted in its place', async () => {
    const docker = new Docker({ socketPath: files().socketPath })
    const podId = await bench.pod()
    const Labels = { [POD_LABEL]: podId }
    await docker.createVolume({ Name: `${podId}.secrets-web`, Driver: 'local', Labels })
    const mounts = [{ memory: 'secrets-web', target: '/run/secrets', readOnly: false }]
    const starting = bench.runtime.startContainer(podId, bench.spec('main', wait, { mounts }))
    await expect(starting).rejects.toMatchObject({ code: 'container.invalid' })
  })

  test('without a packet filter gives pods no network but their own', async () => {
    const path = process.env['PATH']
    process.env['PATH'] = '/nowhere'
    try {
      const blind = await bench.another()
      const { egress, warnings } = await blind.probe()
      expect(egress).toBe(false)
      expect(warnings.join()).toContain('no way out to the internet')
      const podId = bench.podId()
      await blind.createPod({ id: podId, labels: { 'wetee.worker': 'test' }, hostNames: ['web'] })
      const body = `console.log(Object.keys(os.networkInterfaces()).join());
        require("dns").lookup("web",(e,a)=>console.log(e?e.code:a))`
      await blind.startContainer(podId, bench.spec('main', body))
      expect((await bench.outcome(podId, 'main')).stdout).toBe('lo\n127.0.0.1')
      await blind.close()
    } finally {
      process.env['PATH'] = path
    }
  })
})
