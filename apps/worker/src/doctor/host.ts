// Disk, ports, names and clock of this machine. Reads /proc, listens for a moment, asks name servers.
import { lookup } from 'node:dns/promises'
import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import type { WorkerConfig } from '../config.ts'
import { codeOf } from '../worker-error.ts'
import { error, ok, warning, type Row } from './row.ts'

type PortRange = Pick<WorkerConfig['ingress'], 'portRange'>

const GIB = 1_073_741_824
const LEAST_DISK_BYTES = 2 * GIB
const LOW_SHARE = 0.1
const DNS_TIMEOUT_MS = 5_000
/** Clocks further apart than this break certificates, sign-ins and the age of evidence, seconds. */
export const MAX_CLOCK_SECONDS = 60
const MAX_TABLE_BYTES = 16_777_216

/** Free bytes and inodes where the worker keeps its state (or will). */
export function diskRows(stateDir: string): Row[] {
  let folder = stateDir
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
  const { bavail, blocks, bsize, ffree, files } = statfsSync(folder)
  const freeBytes = bavail * bsize
  const share = blocks === 0 ? 1 : bavail / blocks
  const remedy = `docker system prune; or a larger disk at ${folder}: images, volumes and logs of applications lie there`
  const amount = `${folder}: ${(freeBytes / GIB).toFixed(1)} GiB free (${Math.round(share * 100)} %)`
  const disk =
    freeBytes < LEAST_DISK_BYTES
      ? error('host.disk', `${amount}: no application can be started`, remedy)
      : share < LOW_SHARE
        ? warning('host.disk', amount, remedy)
        : ok('host.disk', amount)
  // Some file systems make inodes as they need them and count none.
  if (files === 0) return [disk]
  const inodes = Math.round((ffree / files) * 100)
  const text = `${folder}: ${ffree} inodes free (${inodes} %)`
  return [
    disk,
    inodes < 2
      ? error('host.inodes', text, remedy)
      : inodes < 10
        ? warning('host.inodes', text, remedy)
        : ok('host.inodes', text),
  ]
}

/** Ports of the API and of applications; `running`: a worker of this configuration holds them already. */
export async function portRows(
  { api, ingress }: Pick<WorkerConfig, 'api'> & { readonly ingress: PortRange },
  running: boolean,
): Promise<Row[]> {
  return [await apiPort(api, running), ...rangeRows(ingress.portRange, listenersIn(ingress))]
}

async function apiPort({ host, port }: WorkerConfig['api'], running: boolean): Promise<Row> {
  if (running) return ok('port.api', `${host}:${port}: this worker answers`)
  const refused = await new Promise<string | undefined>((resolve) => {
    const server = createServer()
    server.once('error', (cause) => resolve(codeOf(cause)))
    server.listen({ host, port }, () => server.close(() => resolve(undefined)))
  })
  if (refused === undefined) return ok('port.api', `${host}:${port} is free for the API`)
  return error(
    'port.api',
    `${host}:${port} cannot be had for the API (${refused})`,
    refused === 'EADDRINUSE'
      ? `ss -ltnp 'sport = :${port}' shows who has it; or choose another api.port`
      : 'choose another api.port',
  )
}

/** Pure: what is said about a range of ports of which some are taken. */
export function rangeRows([first, last]: readonly [number, number], taken: number): Row[] {
  const size = last - first + 1
  const text = `ports ${first}-${last}: ${size - taken} of ${size} are free for applications`
  const remedy = 'widen ingress.portRange'
  const free =
    taken >= size
      ? error('port.ingress', text, remedy)
      : (size - taken) / size < LOW_SHARE
        ? warning('port.ingress', text, remedy)
        : ok('port.ingress', text)
  const [low = 0, high = 0] = readEphemeral()
  if (first > high || last < low) return [free]
  return [
    free,
    warning(
      'port.ephemeral',
      `ports ${first}-${last} overlap those that outgoing connections take (${low}-${high})`,
      `choose ingress.portRange below ${low}, or sysctl -w net.ipv4.ip_local_reserved_ports=${first}-${last}`,
    ),
  ]
}

function readEphemeral(): number[] {
  return readTable('/proc/sys/net/ipv4/ip_local_port_range').trim().split(/\s+/).map(Number)
}

/** Ports of the range that some process listens on, whatever the address. */
function listenersIn({ portRange: [first, last] }: PortRange): number {
  const ports = new Set<number>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6'])
    for (const line of readTable(table).split('\n')) {
      const [, local = '', , state] = line.trim().split(/\s+/)
      const port = Number.parseInt(local.split(':')[1] ?? '', 16)
      if (state === '0A' && port >= first && port <= last) ports.add(port)
    }
  return ports.size
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, MAX_TABLE_BYTES)
  } catch {
    return ''
  }
}

/** Whether names are found; addresses need none. */
export async function nameRows(hosts: Iterable<string>): Promise<Row[]> {
  const names = [...new Set(hosts)].filter((host) => !/^[0-9.]+$|:/.test(host)).slice(0, 32)
  if (names.length === 0) return [ok('dns.resolves', 'no names have to be looked up')]
  const failed: string[] = []
  await Promise.all(
    names.map(async (name) => {
      const late = new Promise<never>((_, reject) =>
        setTimeout(() => reject(new Error('no answer')), DNS_TIMEOUT_MS).unref(),
      )
      await Promise.race([lookup(name), late]).catch(() => failed.push(name))
    }),
  )
  if (failed.length === 0) return [ok('dns.resolves', `${names.join(', ')}: found`)]
  return [
    error(
      'dns.resolves',
      `${failed.sort().join(', ')}: not found`,
      'cat /etc/resolv.conf: does it name a server that answers? getent hosts NAME asks it',
    ),
  ]
}

/** Pure: a clock against a time that is trusted more; `source` names that. */
export function clockRow(aheadSeconds: number, source: string): Row {
  const amount = `${Math.abs(aheadSeconds).toFixed(1)} s ${aheadSeconds < 0 ? 'behind' : 'ahead of'} ${source}`
  if (Math.abs(aheadSeconds) <= MAX_CLOCK_SECONDS)
    return ok('clock.right', `the clock is ${amount}`)
  return error(
    'clock.wrong',
    `the clock is ${amount}`,
    'timedatectl set-ntp true (Debian: apt-get install systemd-timesyncd)',
  )
}
