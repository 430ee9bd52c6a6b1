// The worker's ingress beside nginx `stream` with `ssl_preread`: throughput, latency, memory of idle connections. Starts processes.
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { root } from '../run.ts'
import { compare, median, type Measured } from './measure.ts'

/** Half of nginx's throughput: its time for the same bytes by ours. */
const THROUGHPUT_TARGET = 2
const P99_TARGET = 2
const IDLE_CONNECTIONS = 10_000
const IDLE_MB = 150
const ROUNDS = 5
/** A worker runs for weeks: what the first thousands of connections wait for its code to be compiled is not what is asked. */
const WARM_UP = 4
const STREAMS = 4
const STREAM_BYTES = 64 * 1_048_576
const ECHOERS = 20
const ECHOES = 500
const NEW_CONNECTIONS = 1_000
const ECHO_BYTES = 512
const AT_ONCE = 200
const DOMAIN = 'wetee.local'
const NAME = `80-7.${DOMAIN}`
const NGINX = ['/usr/sbin/nginx', '/usr/lib/nginx/modules/ngx_stream_module.so']

type Proxy = 'ingress' | 'nginx'
type Worker = { readonly child: ChildProcess; readonly port: number }
type Ports = ReadonlyMap<Proxy, number>

/** Rows of the ingress; where nginx is not installed its rows say so and are not ok. */
export async function benchIngress(): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-bench-'))
  const children: ChildProcess[] = []
  try {
    const hello = clientHello(NAME)
    const socketPath = join(folder, 'backend.sock')
    const args = [socketPath, String(hello.length), String(STREAM_BYTES)]
    const backend = fork(join(import.meta.dirname, 'ingress-backend.ts'), args)
    children.push(backend)
    await once(backend, 'message')
    const start = async (): Promise<Worker> => {
      const file = join(root, 'apps/worker/src/testing/names-process.ts')
      const child = fork(file, [socketPath, DOMAIN])
      children.push(child)
      const [{ port }] = (await once(child, 'message')) as [{ port: number }]
      return { child, port }
    }
    const memory = await idleMemory(await start(), hello)
    const ports = new Map<Proxy, number>([['ingress', (await start()).port]])
    if (NGINX.every((file) => existsSync(file)))
      ports.set('nginx', await startNginx(folder, socketPath, children))
    return [...(await ratios(ports, hello)), memory]
  } finally {
    for (const child of children) child.kill()
    await Promise.all(children.map(async (child) => ended(child)))
    rmSync(folder, { recursive: true, force: true })
  }
}

const ended = (child: ChildProcess) =>
  child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined

async function ratios(ports: Ports, hello: Buffer): Promise<Measured[]> {
  const work = {
    'ingress.transfer': { unit: 'ms/GB', target: THROUGHPUT_TARGET, act: transfer },
    'ingress.request-p99': { unit: 'ms', target: P99_TARGET, act: requestP99 },
    'ingress.connect-p99': { unit: 'ms', target: P99_TARGET, act: connectP99 },
  }
  const rows: Measured[] = []
  for (const [name, { unit, target, act }] of Object.entries(work)) {
    const found = new Map<Proxy, number[]>([...ports.keys()].map((proxy) => [proxy, []]))
    for (let round = -WARM_UP; round < ROUNDS; round++)
      for (const [proxy, port] of ports) {
        const value = await act(port, hello)
        if (round >= 0) found.get(proxy)?.push(value)
      }
    const nginx = found.get('nginx')
    const reference =
      nginx === undefined
        ? { name: 'nginx: not installed (nginx-core, libnginx-mod-stream)', value: NaN }
        : { name: 'nginx stream with ssl_preread, one process', value: median(nginx) }
    rows.push(compare(name, median(found.get('ingress') ?? []), unit, reference, target))
  }
  return rows
}

/** Milliseconds for a GB over a few connections at once. */
async function transfer(port: number, hello: Buffer): Promise<number> {
  const startedAt = performance.now()
  let received = 0
  const stream = async (): Promise<void> => {
    const socket = connect(port, '127.0.0.1')
    socket.write(Buffer.concat([hello, Buffer.from('D')]))
    socket.on('data', (chunk: Buffer) => (received += chunk.length))
    await once(socket, 'end')
    socket.destroy()
  }
  await Promise.all(Array.from({ length: STREAMS }, stream))
  if (received !== STREAMS * STREAM_BYTES) throw new Error(`${received} bytes came`)
  return ((performance.now() - startedAt) / received) * 1e9
}

/** 99th percentile of small requests, one after the other on each of a few connections that are open before the first. */
async function requestP99(port: number, hello: Buffer): Promise<number> {
  const times: number[] = []
  const sockets: Socket[] = []
  while (sockets.length < ECHOERS) sockets.push(await openEcho(port, hello))
  const client = async (socket: Socket): Promise<void> => {
    for (let count = 0; count < ECHOES; count++) {
      const sentAt = performance.now()
      await echo(socket)
      times.push(performance.now() - sentAt)
    }
    socket.destroy()
  }
  await Promise.all(sockets.map(client))
  return percentile99(times)
}

/** 99th percentile from connecting to the first answer, a few at once. */
async function connectP99(port: number, hello: Buffer): Promise<number> {
  const times: number[] = []
  const client = async (): Promise<void> => {
    for (let count = 0; count < NEW_CONNECTIONS / 4; count++) {
      const startedAt = performance.now()
      const socket = await openEcho(port, hello)
      times.push(performance.now() - startedAt)
      socket.destroy()
    }
  }
  await Promise.all(Array.from({ length: 4 }, client))
  return percentile99(times)
}

/** What idle connections that all lead to the instance add to the memory of a new process. */
async function idleMemory({ child, port }: Worker, hello: Buffer): Promise<Measured> {
  const most = Math.floor((openFilesLimit() - 200) / 2)
  const wanted = Math.min(IDLE_CONNECTIONS, most)
  const before = await memoryOf(child)
  const sockets: Socket[] = []
  while (sockets.length < wanted) {
    const count = Math.min(AT_ONCE, wanted - sockets.length)
    sockets.push(...(await Promise.all(Array.from({ length: count }, () => openEcho(port, hello)))))
  }
  await delay(1_000)
  const after = await memoryOf(child)
  for (const socket of sockets) socket.destroy()
  child.kill()
  if (after.open !== wanted) throw new Error(`${after.open} of ${wanted} connections are open`)
  console.error(`idle: ${wanted} connections, from ${before.rss} to ${after.rss} bytes resident`)
  // Where files are short, what as many as are asked for would come to.
  const megabytes = ((after.rss - before.rss) / 1_000_000) * (IDLE_CONNECTIONS / wanted)
  const budget = { name: `budget of ${IDLE_CONNECTIONS} idle connections`, value: IDLE_MB }
  return compare('ingress.idle-memory', megabytes, 'MB', budget, 1)
}

async function memoryOf(child: ChildProcess): Promise<{ rss: number; open: number }> {
  child.send('memory')
  const [answer] = (await once(child, 'message')) as [{ rss: number; open: number }]
  return answer
}

async function openEcho(port: number, hello: Buffer): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.write(Buffer.concat([hello, Buffer.alloc(ECHO_BYTES, 69)]))
  await received(socket)
  return socket
}

async function echo(socket: Socket): Promise<void> {
  socket.write(Buffer.alloc(ECHO_BYTES, 69))
  await received(socket)
}

/** Until a whole echo has come. */
function received(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    let size = 0
    const settle = (done: () => void) => {
      socket.off('data', onData).off('error', onError).off('close', onClose)
      done()
    }
    const onError = (error: Error) => settle(() => reject(error))
    const onClose = () => settle(() => reject(new Error('closed before the answer')))
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size >= ECHO_BYTES) settle(resolve)
    }
    socket.on('data', onData).on('error', onError).on('close', onClose)
  })
}

async function startNginx(
  folder: string,
  socketPath: string,
  children: ChildProcess[],
): Promise<number> {
  const port = await freePort()
  const file = join(folder, 'nginx.conf')
  writeFileSync(
    file,
    `load_module ${NGINX[1]};
daemon off; master_process off; worker_processes 1; pid ${join(folder, 'nginx.pid')}; error_log ${join(folder, 'error.log')};
events { worker_connections 8000; }
stream {
  map $ssl_preread_server_name $backend { ${NAME} unix:${socketPath}; }
  server { listen 127.0.0.1:${port}; ssl_preread on; proxy_pass $backend; }
}
`,
  )
  const child = spawn(NGINX[0] ?? '', ['-c', file, '-p', folder], { stdio: 'inherit' })
  children.push(child)
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, '127.0.0.1')
    const up = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (up) return port
    await delay(50)
  }
  throw new Error('nginx did not listen')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function openFilesLimit(): number {
  const text = readFileSync('/proc/self/limits', 'utf8')
  return Number(/^Max open files +[0-9]+ +([0-9]+)/m.exec(text)?.[1] ?? 1_024)
}

function percentile99(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? NaN
}

/** A hello of TLS 1.2 with a name, as small as it can be. */
function clientHello(name: string): Buffer {
  const number = (value: number) => Buffer.from([value >> 8, value & 255])
  const vector = (data: Buffer) => Buffer.concat([number(data.length), data])
  const host = vector(Buffer.concat([Buffer.of(0), vector(Buffer.from(name))]))
  const extensions = vector(Buffer.concat([number(0), vector(host)]))
  const fixed = [number(0x0303), Buffer.alloc(32, 7), Buffer.of(0), Buffer.from([0, 2, 0x13, 1])]
  const body = Buffer.concat([...fixed, Buffer.from([1, 0]), extensions])
  const message = Buffer.concat([Buffer.from([1, 0]), vector(body)])
  return Buffer.concat([Buffer.from([22, 3, 1]), vector(message)])
}
