// For tests, part of the conformance suite: what a container sees and reaches, and what not. Starts containers.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import type { Bench } from './bench.ts'
import { writeFixtureImage } from './fixture-image.ts'
import {
  canServeMetadata,
  METADATA_ADDRESSES,
  METADATA_PORT,
  PUBLIC_ADDRESS,
  serveMetadata,
} from './metadata-server.ts'
import { REFUSED_CALLS, systemCalls } from './system-calls.ts'

/** Network, sockets, files, users, rights. */
export function isolationRules(bench: Bench): void {
  networkRules(bench)
  socketRules(bench)
  fileRules(bench)
  userRules(bench)
}

/** Tries `[address, port]` pairs from inside a container and prints those that answered. */
const dialAll = `
const targets=JSON.parse(process.env.TARGETS);
const route=fs.readFileSync("/proc/net/route","utf8").split("\\n").slice(1).map(l=>l.split("\\t"));
for(const r of route)if(r[2]&&r[2]!=="00000000"){const g=r[2].match(/../g).reverse().map(h=>parseInt(h,16)).join(".");
  for(const p of new Set(targets.map(t=>t[1])))targets.push([g,p])}
Promise.all(targets.map(([host,port])=>new Promise(done=>{
  const s=net.connect({host,port});s.setTimeout(2000,()=>{s.destroy();done()});
  s.on("error",()=>done());s.on("connect",()=>{s.destroy();done(host+" "+port)})})))
  .then(all=>{console.log(JSON.stringify(all.filter(Boolean)));process.exit(0)})
`

const serveAll = `
const server=net.createServer(s=>s.end("hello"));
server.listen({port:8080,host:"0.0.0.0"},()=>{
  const found=Object.values(os.networkInterfaces()).flat().map(i=>i.address);
  console.log("up "+JSON.stringify(found))})
`

/** Addresses of this machine as others would dial them; link-local ones by interface. */
function hostAddresses(): string[] {
  return Object.entries(networkInterfaces()).flatMap(([name, list]) =>
    (list ?? []).map(({ address }) =>
      address.startsWith('fe80') ? `${address}%${name}` : address,
    ),
  )
}

async function listenOn(host: string): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => socket.end('host'))
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

function networkRules(bench: Bench): void {
  describe('the network of a pod', () => {
    test('is shared by its containers, which find each other by name', async () => {
      const podId = await bench.pod(['web', 'db.internal'])
      const serve =
        'net.createServer(s=>s.end("hello")).listen(8080,"127.0.0.1",()=>console.log("up"))'
      await bench.runtime.startContainer(podId, bench.spec('web', serve))
      await bench.said(podId, 'web', 'up')
      const dial = `for(const host of ["127.0.0.1","localhost","web","db.internal"])
        net.connect({host,port:8080,family:4}).on("data",d=>console.log(host,String(d))).on("error",e=>console.log(host,e.code))`
      await bench.runtime.startContainer(podId, bench.spec('client', dial))
      const { stdout } = await bench.outcome(podId, 'client')
      expect(stdout.split('\n').sort()).toEqual([
        '127.0.0.1 hello',
        'db.internal hello',
        'localhost hello',
        'web hello',
      ])
    })

    test('keeps names and loopback when a container starts again', async () => {
      const podId = await bench.pod(['web'])
      const body = `require("dns").lookup("web",(e,a)=>console.log(e?e.code:a))`
      for (let i = 0; i < 2; i++) {
        await bench.runtime.startContainer(podId, bench.spec('main', body))
        expect((await bench.outcome(podId, 'main')).lines.at(-1)?.text).toBe('127.0.0.1')
      }
    })

    test('is not reached from another pod', async () => {
      const served = await bench.pod()
      await bench.runtime.startContainer(served, bench.spec('web', serveAll))
      const found = await bench.said(served, 'web', 'up')
      const targets = (JSON.parse(found.slice(3)) as string[]).map((address) => [address, 8080])
      const environment = { TARGETS: JSON.stringify(targets) }
      const other = await bench.run(dialAll, { environment })
      expect(other.stdout).toBe('[]')
      // The same dialling from within reaches it: it was there to be reached.
      await bench.runtime.startContainer(served, bench.spec('self', dialAll, { environment }))
      expect((await bench.outcome(served, 'self')).stdout).toContain('127.0.0.1 8080')
    })

    test('is not reached from the host', async () => {
      const podId = await bench.pod()
      await bench.runtime.startContainer(podId, bench.spec('web', serveAll))
      const found = await bench.said(podId, 'web', 'up')
      for (const host of JSON.parse(found.slice(3)) as string[]) {
        const socket = connect({ host, port: 8080 })
        socket.setTimeout(1_000, () => socket.destroy(new Error('no answer')))
        await expect(once(socket, 'connect')).rejects.toThrow()
        socket.destroy()
      }
    })

    test("does not lead to the host's services, on whatever address they listen", async () => {
      const servers = [await listenOn('127.0.0.1'), await listenOn('0.0.0.0')]
      const six = await listenOn('::').catch(() => undefined)
      if (six !== undefined) servers.push(six)
      try {
        const podId = await bench.pod()
        const targets = hostAddresses().flatMap((a) => servers.map(({ port }) => [a, port]))
        const environment = { TARGETS: JSON.stringify(targets) }
        await bench.runtime.startContainer(podId, bench.spec('main', dialAll, { environment }))
        expect((await bench.outcome(podId, 'main')).stdout).toBe('[]')
      } finally {
        for (const { server } of servers) server.close()
      }
    })

    test('leads to the internet where there is a way out, and to the metadata of no cloud', async ({
      skip,
    }) => {
      skip(!canServeMetadata(), 'needs root')
      const { egress } = await bench.runtime.probe()
      const six = ['fd00:ec2::254', '64:ff9b::a9fe:a9fe', '::ffff:169.254.169.254']
      const targets = [PUBLIC_ADDRESS, ...METADATA_ADDRESSES, ...six]
      const machine = await serveMetadata()
      try {
        const environment = {
          TARGETS: JSON.stringify(targets.map((host) => [host, METADATA_PORT])),
        }
        const { stdout } = await bench.run(dialAll, { environment })
        expect(JSON.parse(stdout)).toEqual(egress ? [`${PUBLIC_ADDRESS} ${METADATA_PORT}`] : [])
      } finally {
        await machine.close()
      }
    })

    test("has none of the host's interfaces and cannot be changed from inside", async () => {
      const { stdout } = await bench.run(
        `console.log(JSON.stringify(Object.keys(os.networkInterfaces())));
         const s=net.createServer().on("error",e=>console.log(e.code));
         try{fs.writeFileSync("/proc/sys/net/ipv4/ip_forward","1");console.log("written")}catch(e){console.log("kept")}`,
        { user: '1000' },
      )
      const [names = '[]', kept] = stdout.split('\n')
      expect((JSON.parse(names) as string[]).filter((name) => !/^(lo|eth0)$/.test(name))).toEqual(
        [],
      )
      expect(kept).toBe('kept')
    })
  })
}

function socketRules(bench: Bench): void {
  describe('a Unix socket in a mounted folder', () => {
    test('that a container listens on is reached from the host', async () => {
      const folder = bench.folder()
      const podId = await bench.pod()
      const serve =
        'net.createServer(s=>s.end("inside")).listen("/run/x/c.sock",()=>console.log("up"))'
      const mounts = [{ source: folder, target: '/run/x', readOnly: false }]
      await bench.runtime.startContainer(podId, bench.spec('main', serve, { mounts }))
      await bench.said(podId, 'main', 'up')
      expect(await text(connect(join(folder, 'c.sock')))).toBe('inside')
    })

    test('that the host listens on is reached from a container, by folder and by file', async () => {
      const folder = bench.folder()
      const path = join(folder, 'h.sock')
      const server = createServer((socket) => socket.end('host')).listen(path)
      await once(server, 'listening')
      chmodSync(path, 0o666)
      try {
        const { stdout } = await bench.run(
          `for(const p of ["/run/x/h.sock","/run/tee/tee.sock"])net.connect(p)
            .on("data",d=>console.log(p,String(d))).on("error",e=>console.log(p,e.code))`,
          {
            mounts: [
              { source: folder, target: '/run/x', readOnly: false },
              { source: path, target: '/run/tee/tee.sock', readOnly: false },
            ],
          },
        )
        expect(stdout.split('\n').sort()).toEqual(['/run/tee/tee.sock host', '/run/x/h.sock host'])
      } finally {
        server.close()
      }
    })
  })
}

const tryWrites = `
for(const path of JSON.parse(process.env.PATHS))
  try{fs.writeFileSync(path,"x");console.log("wrote "+path)}catch(e){console.log(e.code+" "+path)}
`

function fileRules(bench: Bench): void {
  describe('the files of a container', () => {
    const writes = async (paths: string[], changes: object) => {
      const environment = { PATHS: JSON.stringify(paths) }
      return (await bench.run(tryWrites, { environment, ...changes })).stdout.split('\n')
    }

    test('cannot be written when the root is read-only, and can when it is not', async () => {
      expect(await writes(['/tmp/x', '/x'], { readOnlyRoot: true })).toEqual([
        'EROFS /tmp/x',
        'EROFS /x',
      ])
      // /tmp is open to every user in the image; / is root's.
      expect(await writes(['/tmp/x', '/x'], { readOnlyRoot: false })).toEqual([
        'wrote /tmp/x',
        'EACCES /x',
      ])
    })

    test('are its own: what one writes, another of the same image does not see', async () => {
      await bench.run('fs.writeFileSync("/tmp/mine","x")', { readOnlyRoot: false })
      const { stdout } = await bench.run('console.log(fs.existsSync("/tmp/mine"))', {
        readOnlyRoot: false,
      })
      expect(stdout).toBe('false')
    })

    test('may be very many: none of them is left with the container', async () => {
      const podId = await bench.pod()
      const body = `for(let i=0;i<10000;i++)fs.writeFileSync("/tmp/"+i,"");console.log(fs.readdirSync("/tmp").length)`
      await bench.runtime.startContainer(podId, bench.spec('main', body, { readOnlyRoot: false }))
      expect((await bench.outcome(podId, 'main')).stdout).toBe('10000')
      await bench.runtime.removePod(podId, 0)
      expect(await bench.subject.leftovers(bench.stateDir, podId)).toEqual([])
    })

    test('in a memory file system end at its size', async () => {
      const { stdout } = await bench.run(
        `const mib=Buffer.alloc(1<<20);const fd=fs.openSync("/scratch/x","w");let n=0;
         try{for(;n<64;n++)fs.writeSync(fd,mib)}catch(e){console.log(e.code,n)}
         console.log((fs.statSync("/scratch").mode&0o7777).toString(8))`,
        { tmpfs: [{ target: '/scratch', sizeBytes: 4 << 20 }] },
      )
      expect(stdout.split('\n')).toEqual(['ENOSPC 4', '1777'])
    })

    test('of a mounted folder are those of the host, also at a place that the image lacks', async () => {
      const [open, closed] = [bench.folder(), bench.folder()]
      writeFileSync(join(closed, 'seen'), 'from the host')
      const mounts = [
        { source: open, target: '/data/deep', readOnly: false },
        { source: closed, target: '/images/closed', readOnly: true },
      ]
      const paths = ['/data/deep/x', '/images/closed/x', '/images/closed/seen']
      expect(await writes(paths, { mounts })).toEqual([
        'wrote /data/deep/x',
        'EROFS /images/closed/x',
        'EROFS /images/closed/seen',
      ])
      expect(readFileSync(join(open, 'x'), 'utf8')).toBe('x')
      const read = 'console.log(fs.readFileSync("/images/closed/seen","utf8"))'
      expect((await bench.run(read, { mounts })).stdout).toBe('from the host')
    })

    test('of a mount whose source is not there are an error', async () => {
      const podId = await bench.pod()
      const mounts = [{ source: join(bench.folder(), 'none'), target: '/x', readOnly: true }]
      const starting = bench.runtime.startContainer(podId, bench.spec('main', 'x', { mounts }))
      await expect(starting).rejects.toMatchObject({ code: 'container.start-failed' })
    })
  })
}

function userRules(bench: Bench): void {
  describe('the user of a container', () => {
    const who = 'console.log([process.getuid(),process.getgid(),...process.getgroups()].join(" "))'

    test.each([
      ['nobody when nothing is said', undefined, '65534 65534'],
      ['the one asked for', '1000:1001', '1000 1001'],
      ['of the group of the same number', '1000', '1000 1000'],
      ['never root', '0:0', '65534 65534'],
      ['never root by name', 'root', '65534 65534'],
    ])('is %s', async (_, user, expected) => {
      const { stdout } = await bench.run(who, user === undefined ? {} : { user })
      const [uid, gid, ...groups] = stdout.split(' ')
      expect(`${uid} ${gid}`).toBe(expected)
      expect(groups.filter((group) => group !== gid)).toEqual([])
    })

    test.each([
      ['1234:99', '1234 99'],
      ['nobody', '65534 65534'],
      ['root', '65534 65534'],
    ])('is the %s of the image', async (user, expected) => {
      const config = { user }
      const image = await writeFixtureImage(join(bench.stateDir, 'layout'), { config })
      expect((await bench.run(who, { image })).stdout).toMatch(new RegExp(`^${expected}( |$)`))
    })

    test('has no capabilities and gets no new privileges', async () => {
      const { dropCapabilities, seccomp } = await bench.runtime.probe()
      const { stdout } = await bench.run('console.log(fs.readFileSync("/proc/self/status","utf8"))')
      const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(stdout)?.[1]
      expect(field('NoNewPrivs')).toBe('1')
      expect(dropCapabilities).toBe(true)
      for (const name of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb'])
        expect(field(name)).toBe('0000000000000000')
      if (seccomp) expect(field('Seccomp')).toBe('2')
    })

    test('has no io_uring', async () => {
      const { stdout } = await bench.run(
        `fs.readFile("/proc/self/status",()=>{const links=fs.readdirSync("/proc/self/fd").flatMap(n=>{
           try{return [fs.readlinkSync("/proc/self/fd/"+n)]}catch{return []}});
         console.log(links.some(l=>l.includes("io_uring")))})`,
        // Node's own way to ask for it.
        { environment: { UV_USE_IO_URING: '1' } },
      )
      expect(stdout).toBe('false')
    })

    test('is refused what servers never need of the kernel', async ({ skip }) => {
      const { seccomp } = await bench.runtime.probe()
      skip(!seccomp, 'not enforced here')
      const folder = bench.folder()
      writeFileSync(join(folder, 'calls'), systemCalls(REFUSED_CALLS), { mode: 0o755 })
      const mounts = [{ source: folder, target: '/calls', readOnly: true }]
      const { stdout } = await bench.run(
        `const b=cp.execFileSync("/calls/calls"),all=[];for(let i=0;i<b.length;i+=8)all.push(b.readInt32LE(i));
         console.log(JSON.stringify(all))`,
        { mounts },
      )
      const [EPERM, ENOSYS] = [-1, -38]
      expect(JSON.parse(stdout)).toEqual(
        REFUSED_CALLS.map(([name]) => (name === 'clone3' ? ENOSYS : EPERM)),
      )
    })

    test("sees none of the host's processes, devices or kernel switches", async () => {
      const { stdout } = await bench.run(
        `console.log(fs.readdirSync("/proc").filter(n=>/^[0-9]+$/.test(n)).length<5);
         console.log(fs.readdirSync("/dev").filter(n=>/^(sd|vd|nvme|loop|kvm|mem$|kmsg)/.test(n)).length);
         for(const p of ["/proc/sysrq-trigger","/proc/sys/kernel/core_pattern","/sys/kernel/uevent_helper"])
           try{fs.writeFileSync(p,"x");console.log("wrote",p)}catch{console.log("kept")}
         for(const p of ["/dev/null","/dev/zero","/dev/urandom"])fs.closeSync(fs.openSync(p,"r+"));
         console.log(os.hostname()!==process.env.HOST)`,
        { environment: { HOST: readFileSync('/proc/sys/kernel/hostname', 'utf8').trim() } },
      )
      expect(stdout.split('\n')).toEqual(['true', '0', 'kept', 'kept', 'kept', 'true'])
    })
  })
}
