// What images and containers may try against the sandbox, and what happens when its own processes are killed. Starts containers.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { nodePath, nodeRuntimeLayer, writeImage } from '@wetee/image'
import { Bench } from '../testing/bench.ts'
import type { FixtureImage } from '../testing/fixture-image.ts'
import { isAlive } from './process-id.ts'
import { readContainer, readPod } from './state.ts'
import { leftovers } from './testing/leftovers.ts'

const bench = new Bench({ kind: 'sandbox', missing: undefined, leftovers })
beforeAll(() => bench.open())
afterEach(() => bench.clear())
afterAll(() => bench.close())

const stays = 'console.log("up");setInterval(()=>{},1e6)'

const portStart = readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')

const stateOf = (podId: string, name: string) =>
  join(bench.stateDir, 'runtime/pods', podId, 'containers', name, 'state.json')

async function started(podId: string, name: string, body = stays, changes = {}) {
  await bench.runtime.startContainer(podId, bench.spec(name, body, changes))
  await bench.said(podId, name, 'up')
  const record = readContainer(stateOf(podId, name))
  if (record?.phase !== 'running') throw new Error(`${name} does not run`)
  return record
}

/** An image whose top has links in place of folders. */
async function imageOfLinks(links: Readonly<Record<string, string>>): Promise<FixtureImage> {
  const layout = bench.folder()
  const entries = Object.entries(links).map(([path, target]) => {
    return { kind: 'symlink', path, mode: 0o777, target } as const
  })
  const { digest } = await writeImage({
    layout,
    layers: [await nodeRuntimeLayer(), { entries: () => Promise.resolve(entries) }],
    config: { entrypoint: [nodePath], command: [] },
  })
  return { layout, digest }
}

test('links in an image lead nowhere on the host: not for mounts, devices or the files that are written', async () => {
  const host = bench.folder()
  writeFileSync(join(host, 'hosts'), 'untouched')
  const [volume, scratch] = [bench.folder(), { target: '/scratch/x', sizeBytes: 1 << 20 }]
  const image = await imageOfLinks({
    '/etc': host,
    '/dev': host,
    '/proc': host,
    '/data': host,
    '/scratch': host,
    '/job': host,
  })
  const podId = await bench.pod(['web'])
  const body = `fs.writeFileSync("/data/in/x","x");fs.writeFileSync("/scratch/x/y","y");
    console.log(fs.readFileSync("/etc/hosts","utf8").includes("web"),fs.existsSync("/dev/null"),process.cwd())`
  const changes = {
    image,
    mounts: [{ source: volume, target: '/data/in', readOnly: false }],
    tmpfs: [scratch],
    workingDirectory: '/job/deep',
  }
  await bench.runtime.startContainer(podId, bench.spec('main', body, changes))
  const { stdout } = await bench.outcome(podId, 'main')
  expect(stdout).toBe(`true true ${host}/deep`)
  expect(readdirSync(host)).toEqual(['hosts'])
  expect(readFileSync(join(host, 'hosts'), 'utf8')).toBe('untouched')
  expect(readdirSync(volume)).toEqual(['x'])
})

test('a link to /etc/hosts of another image does not change that image', async () => {
  const first = await bench.run('console.log(fs.readFileSync("/etc/hosts","utf8"))')
  const second = await bench.run('console.log(fs.readFileSync("/etc/hosts","utf8"))')
  expect(second.stdout).not.toBe(first.stdout)
})

test('a mount inside of a mounted folder is refused: a container may have put a link there', async () => {
  const volume = bench.folder()
  mkdirSync(join(volume, 'cache'))
  symlinkSync('/usr/bin', join(volume, 'link'))
  const podId = await bench.pod()
  for (const target of ['/data/cache', '/data/link']) {
    const changes = {
      mounts: [
        { source: volume, target: '/data', readOnly: false },
        { source: bench.folder(), target, readOnly: false },
      ],
    }
    const starting = bench.runtime.startContainer(podId, bench.spec('main', stays, changes))
    await expect(starting).rejects.toMatchObject({ code: 'container.invalid' })
  }
})

test.each(['/proc', '/proc/sys', '/dev', '/dev/null', '/dev/../etc'])(
  'nothing is mounted at %s',
  async (target) => {
    const podId = await bench.pod()
    const mounts = [{ source: bench.folder(), target, readOnly: false }]
    const starting = bench.runtime.startContainer(podId, bench.spec('main', stays, { mounts }))
    await expect(starting).rejects.toMatchObject({ code: 'container.invalid' })
  },
)

test('a mount inside of a memory file system works', async () => {
  const changes = {
    tmpfs: [{ target: '/run', sizeBytes: 1 << 20 }],
    mounts: [{ source: bench.folder(), target: '/run/deep/in', readOnly: false }],
  }
  const body = 'fs.writeFileSync("/run/deep/in/x","");console.log(fs.readdirSync("/run"))'
  expect((await bench.run(body, changes)).stdout).toBe("[ 'deep' ]")
})

test("a container's variables are not those of the host's programs that set it up", async () => {
  const folder = bench.folder()
  // Every program that the loader starts with these would leave a file.
  const environment = { LD_DEBUG: 'files', LD_DEBUG_OUTPUT: join(folder, 'seen') }
  const { stdout } = await bench.run('console.log(process.env.LD_DEBUG)', { environment })
  expect(stdout.split('\n')).toContain('files')
  expect(readdirSync(folder)).toEqual([])
})

test('a container cannot signal what is outside of it, its supervisor least of all', async () => {
  const podId = await bench.pod()
  await started(podId, 'other')
  const body = `for(const pid of [0,-1])for(const name of ["SIGTERM","SIGHUP","SIGKILL"])
      try{process.on("SIGTERM",()=>{});process.on("SIGHUP",()=>{});process.kill(pid,name)}catch(e){}
    setTimeout(()=>{console.log("alive");process.exit(3)},300)`
  await bench.runtime.startContainer(podId, bench.spec('main', body))
  const { stdout, state } = await bench.outcome(podId, 'main')
  expect([stdout, state.exitCode]).toEqual(['alive', 3])
  expect((await bench.container(podId, 'other'))?.state).toBe('running')
})

test('a container does not see the host through /proc', async () => {
  const file = join(import.meta.dirname, 'sandbox-runtime.ts')
  const { stdout } = await bench.run(
    `console.log(["/proc/1/root","/proc/self/root","/proc/self/cwd/../.."].some(p=>fs.existsSync(p+process.env.FILE)));
     console.log(/wetee/.test(fs.readFileSync("/proc/self/cgroup","utf8")));
     const links=fs.readdirSync("/proc/self/fd").map(n=>{try{return fs.readlinkSync("/proc/self/fd/"+n)}catch{return ""}});
     console.log(links.filter(p=>p.startsWith("/")&&!/^.proc|^.dev.null$|std(out|err).pipe .deleted.$/.test(p)).join())`,
    { environment: { FILE: file } },
  )
  expect(stdout.split('\n')).toEqual(['false', 'false', ''])
})

test('a container listens on port 80 without being root', async () => {
  const body =
    'net.createServer().on("error",e=>console.log(e.code)).listen(80,()=>{console.log("up");process.exit(0)})'
  expect((await bench.run(body)).stdout).toBe('up')
  expect(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')).toBe(portStart)
})

test('a container opens its /dev/stdout and /dev/stderr anew', async () => {
  const body = 'fs.writeFileSync("/dev/stdout","out\\n");fs.appendFileSync("/dev/stderr","err\\n")'
  const { lines } = await bench.run(body)
  expect(lines.map(({ stream, text }) => `${stream} ${text}`).sort()).toEqual([
    'stderr err',
    'stdout out',
  ])
})

test('a container that makes processes for ever is held at its limit and stops like any other', async ({
  skip,
}) => {
  const { pidsLimit } = await bench.runtime.probe()
  skip(!pidsLimit, 'not enforced here')
  const podId = await bench.pod()
  const more = `setInterval(()=>{for(let i=0;i<8;i++)try{cp.spawn("${nodePath}",["-e","setInterval(()=>{},1e6)"],{stdio:"ignore"})
    .on("error",()=>{if(!globalThis.said)console.log("up");globalThis.said=true}).on("exit",()=>{if(!globalThis.said)console.log("up");globalThis.said=true})}catch{}},50)`
  const limits = { cpuMilli: 500, memoryBytes: 512 << 20, pids: 48 }
  await started(podId, 'main', more, { limits })
  await bench.runtime.stopContainer(podId, 'main', 100)
  expect(await bench.container(podId, 'main')).toMatchObject({ state: 'exited', exitCode: 137 })
  await bench.runtime.removePod(podId, 0)
  expect(leftovers(bench.stateDir, podId)).toEqual([])
})

test('folders that nobody may enter, or that are very deep, are removed with their container', async () => {
  const podId = await bench.pod()
  const body = `process.chdir("/tmp");fs.mkdirSync("closed/in",{recursive:true});fs.chmodSync("closed/in",0);fs.chmodSync("closed",0);
    for(let i=0;i<60;i++){fs.mkdirSync("d".repeat(100));process.chdir("d".repeat(100))}console.log("up")`
  await bench.runtime.startContainer(podId, bench.spec('main', body, { readOnlyRoot: false }))
  expect((await bench.outcome(podId, 'main')).stdout).toBe('up')
  await bench.runtime.removePod(podId, 0)
  expect(leftovers(bench.stateDir, podId)).toEqual([])
})

test('a container whose supervisor was killed has ended, and starts again', async () => {
  const podId = await bench.pod()
  const { supervisor, init } = await started(podId, 'main')
  process.kill(supervisor.pid, 'SIGKILL')
  expect(await bench.exited(podId, 'main')).toMatchObject({ exitCode: 137 })
  const again = await started(podId, 'main')
  expect(again.init.pid).not.toBe(init.pid)
  await bench.runtime.removePod(podId, 0)
  expect(leftovers(bench.stateDir, podId)).toEqual([])
})

test('a pod whose holder was killed is put up again, with what ran in it ended', async () => {
  const podId = await bench.pod(['web'])
  await started(podId, 'main')
  const file = join(bench.stateDir, 'runtime/pods', podId, 'pod.json')
  const holder = readPod(file)?.holder
  if (holder === undefined) throw new Error('no holder')
  process.kill(holder.pid, 'SIGKILL')
  while (isAlive(holder)) await delay(5)
  await bench.runtime.createPod({ id: podId, labels: {}, hostNames: [] })
  expect((await bench.container(podId, 'main'))?.state).toBe('exited')
  expect(readPod(file)).toMatchObject({ labels: { 'wetee.worker': 'test' }, hostNames: ['web'] })
  await started(podId, 'main')
})

test('a process that has got the number of another is not taken for it', async () => {
  const podId = await bench.pod()
  const { format, cgroups, init } = await started(podId, 'main')
  await bench.runtime.stopContainer(podId, 'main', 0)
  const stranger = spawn(process.execPath, ['-e', 'setInterval(()=>{},1e6)'], { stdio: 'ignore' })
  await once(stranger, 'spawn')
  try {
    const taken = { ...init, pid: stranger.pid ?? 0 }
    const stale = { format, cgroups, phase: 'running', supervisor: taken, init: taken }
    writeFileSync(stateOf(podId, 'main'), JSON.stringify({ ...stale, startedAtMs: 1 }))
    expect((await bench.container(podId, 'main'))?.state).toBe('exited')
    writeFileSync(stateOf(podId, 'main'), JSON.stringify({ ...stale, startedAtMs: 1 }))
    await bench.runtime.stopContainer(podId, 'main', 0)
    await bench.runtime.removePod(podId, 0)
    expect(stranger.exitCode ?? stranger.signalCode).toBe(null)
  } finally {
    stranger.kill('SIGKILL')
    await once(stranger, 'exit')
  }
})

test('a state file that is damaged keeps nothing from being listed, started or removed', async () => {
  const podId = await bench.pod()
  await started(podId, 'main')
  writeFileSync(stateOf(podId, 'main'), '{"phase":')
  const pods = await bench.runtime.list()
  expect(pods.find(({ id }) => id === podId)?.containers).toEqual([])
  await bench.runtime.removePod(podId, 0)
  expect(leftovers(bench.stateDir, podId)).toEqual([])
})
