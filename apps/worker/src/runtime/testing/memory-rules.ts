// For tests, part of the conformance suite: memory that the containers of a pod share, and nobody else. Starts containers.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nodePath } from '@wetee/image'
import type { MemoryVolume, Mount } from '../runtime.ts'
import type { Bench } from './bench.ts'

const MIB = 1_048_576
/** The agent's, as it lies in its image. */
const launcherPath = join(import.meta.dirname, '../../../../agent/launcher/launch')
const mine: Mount = { memory: 'secrets-web', target: '/run/secrets-of/web', readOnly: false }
const theirs: Mount = { memory: 'secrets-web', target: '/run/secrets', readOnly: true }
const write = 'fs.writeFileSync("/run/secrets-of/web/key","s3cret",{mode:0o444})'
const read = 'console.log(fs.readFileSync("/run/secrets/key","utf8"))'
const list = 'console.log("["+fs.readdirSync("/run/secrets").join()+"]")'

/** Sharing, bounds, life and privacy of memory volumes. */
export function memoryRules(bench: Bench): void {
  describe('a memory volume of a pod', () => {
    const pod = async (memory: readonly MemoryVolume[], id = bench.podId()) => {
      await bench.runtime.createPod({
        ...{ id, labels: { 'wetee.worker': 'test' }, hostNames: [] },
        memory,
      })
      return id
    }
    const volume = { name: 'secrets-web', sizeBytes: 8 * MIB }
    let count = 0
    /** Runs a script to its end and returns what it printed. */
    const run = async (podId: string, body: string, ...mounts: readonly Mount[]) => {
      const name = `c${++count}`
      await bench.runtime.startContainer(podId, bench.spec(name, body, { mounts }))
      return (await bench.outcome(podId, name)).stdout
    }

    test('is shared by the containers that mount it, at places of their own', async () => {
      const podId = await pod([volume])
      const waits = `const look=()=>{try{console.log("got "+fs.readFileSync("/run/secrets/key","utf8"))}
        catch{setTimeout(look,20)}};look()`
      const web = bench.spec('web', waits, { mounts: [theirs] })
      await bench.runtime.startContainer(podId, web)
      await run(podId, write, mine)
      expect(await bench.said(podId, 'web', 'got')).toBe('got s3cret')
    })

    test('keeps what was written while no container runs, and over their restarts', async () => {
      const podId = await pod([volume])
      await run(podId, write, mine)
      expect(await run(podId, read, theirs)).toBe('s3cret')
      expect(await run(podId, read, theirs)).toBe('s3cret')
    })

    test('is read-only where that is asked for, whatever the other side may do', async () => {
      const podId = await pod([volume])
      await run(podId, write, mine)
      const tries = `for(const act of [()=>fs.writeFileSync("/run/secrets/x","x"),()=>fs.unlinkSync("/run/secrets/key"),
        ()=>fs.chmodSync("/run/secrets/key",0o777)])try{act();console.log("done")}catch(e){console.log(e.code)}`
      expect(await run(podId, tries, theirs)).toBe('EROFS\nEROFS\nEROFS')
    })

    test('ends at its size', async () => {
      const podId = await pod([{ ...volume, sizeBytes: 4 * MIB }])
      const fill = `const mib=Buffer.alloc(1<<20);const fd=fs.openSync("/run/secrets-of/web/x","w");let n=0;
        try{for(;n<64;n++)fs.writeSync(fd,mib)}catch(e){console.log(e.code,n)}`
      expect(await run(podId, fill, mine)).toBe('ENOSPC 4')
    })

    test('lies in memory, and programs may be run from it', async () => {
      const podId = await pod([volume])
      const program = JSON.stringify(`#!${nodePath}\nconsole.log("launched")`)
      const put = `fs.writeFileSync("/run/secrets-of/web/go",${program},{mode:0o555})`
      await run(podId, put, mine)
      const look = `console.log(fs.statfsSync("/run/secrets").type.toString(16));
        const line=fs.readFileSync("/proc/self/mountinfo","utf8").split("\\n").find(l=>l.split(" ")[4]==="/run/secrets");
        console.log(/\\bnoexec\\b/.test(line));
        console.log(cp.execFileSync("/run/secrets/go",{encoding:"utf8"}).trim())`
      expect((await run(podId, look, theirs)).split('\n')).toEqual(['1021994', 'false', 'launched'])
      const spec = bench.spec('program', '', {
        mounts: [theirs],
        entrypoint: ['/run/secrets/go'],
      })
      await bench.runtime.startContainer(podId, spec)
      expect((await bench.outcome(podId, 'program')).stdout).toBe('launched')
    })

    test('holds pipes, which a container that may only read it opens for writing too', async () => {
      const podId = await pod([volume])
      // As the agent does: its launcher makes the pipes, and is what a service is started through.
      const program = readFileSync(launcherPath).toString('base64')
      const make = `const d="/run/secrets-of/web/";fs.writeFileSync(d+"launch",Buffer.from("${program}","base64"),{mode:0o555});
        fs.writeFileSync(d+"environment","");cp.execFileSync(d+"launch",["--fifos",d+"out",d+"err"]);
        for(const n of ["out","err"]){const s=new net.Socket({fd:fs.openSync(d+n,fs.constants.O_RDWR|fs.constants.O_NONBLOCK),
        readable:true,writable:false});s.on("data",b=>console.log(n,b.toString().trim()))};console.log("ready")`
      await bench.runtime.startContainer(podId, bench.spec('agent', make, { mounts: [mine] }))
      await bench.said(podId, 'agent', 'ready')
      const body = 'console.log("hello");fs.writeFileSync("/dev/stderr","again")'
      const spec = bench.spec('web', body, { mounts: [theirs] })
      const [entry = nodePath, ...words] = spec.entrypoint ?? []
      await bench.runtime.startContainer(podId, {
        ...spec,
        entrypoint: ['/run/secrets/launch', entry, ...words],
      })
      expect(await bench.said(podId, 'agent', 'out')).toBe('out hello')
      expect(await bench.said(podId, 'agent', 'err')).toBe('err again')
      expect(await bench.outcome(podId, 'web')).toMatchObject({
        stdout: '',
        state: { exitCode: 0 },
      })
    })

    test('shows nothing of what an image has at its place', async () => {
      const podId = await pod([volume])
      const atImages: Mount = { memory: 'secrets-web', target: '/app', readOnly: true }
      const spec = { mounts: [atImages], workingDirectory: '/' }
      const body = 'console.log("["+fs.readdirSync("/app").join()+"]")'
      await bench.runtime.startContainer(podId, bench.spec('main', body, spec))
      expect((await bench.outcome(podId, 'main')).stdout).toBe('[]')
    })

    test('is another one for each name and each pod', async () => {
      const other: Mount = { memory: 'secrets-db', target: '/run/secrets', readOnly: true }
      const two = await pod([volume, { ...volume, name: 'secrets-db' }])
      const beside = await pod([volume])
      await run(two, write, mine)
      expect(await run(two, list, theirs)).toBe('[key]')
      expect(await run(two, list, other)).toBe('[]')
      expect(await run(beside, list, theirs)).toBe('[]')
    })

    test('is not seen by a container that does not mount it', async () => {
      const podId = await pod([volume])
      await run(podId, write, mine)
      const look = `console.log(fs.existsSync("/run/secrets"),fs.existsSync("/run/secrets-of"),
        /secrets/.test(fs.readFileSync("/proc/self/mounts","utf8")))`
      expect(await run(podId, look)).toBe('false false false')
    })

    test('cannot be mounted by a pod that does not have it', async () => {
      const podId = await pod([])
      await pod([volume])
      const spec = bench.spec('main', list, { mounts: [theirs] })
      await expect(bench.runtime.startContainer(podId, spec)).rejects.toMatchObject({
        code: 'container.invalid',
      })
    })

    test('is gone with its pod: one made anew under the same id is empty', async () => {
      const podId = await pod([volume])
      await run(podId, write, mine)
      await bench.runtime.removePod(podId, 0)
      expect(await bench.subject.leftovers(bench.stateDir, podId)).toEqual([])
      await pod([volume], podId)
      expect(await run(podId, list, theirs)).toBe('[]')
    })

    test('is found and taken away by the next runtime', async () => {
      const podId = await pod([volume])
      await run(podId, write, mine)
      const second = await bench.another()
      try {
        await second.createPod({
          ...{ id: podId, labels: { 'wetee.worker': 'test' }, hostNames: [] },
          memory: [volume],
        })
        await second.startContainer(podId, bench.spec('main', read, { mounts: [theirs] }))
        expect((await bench.outcome(podId, 'main')).stdout).toBe('s3cret')
        await second.removePod(podId, 0)
        expect(await bench.subject.leftovers(bench.stateDir, podId)).toEqual([])
      } finally {
        await second.close()
      }
    })
  })
}
