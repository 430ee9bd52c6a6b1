// Packet filter rules of this host: pods reach the internet, and neither the host, its private networks nor each other;
// nothing reaches them. Starts iptables and nsenter.
import { execFile } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { promisify } from 'node:util'
import { BRIDGE_PREFIX } from './container-options.ts'
import { PRIVATE_NETWORKS } from '../../public-address.ts'
import { pausePath } from './pause-image.ts'

const run = promisify(execFile)
const TIMEOUT_MS = 20_000
const DIAL_TIMEOUT_MS = 500
const FROM_PODS = `-i ${BRIDGE_PREFIX}+`
const TO_PODS = `-o ${BRIDGE_PREFIX}+`

/** Rules for `iptables-restore`; name servers of the host are the one thing that is reached in its private networks. */
export function guardRules(nameServers: readonly string[]): string {
  return [
    '*filter',
    // Naming a chain empties it; all of it comes to be at once.
    ':WETEE-INPUT - [0:0]',
    ':WETEE-OUTPUT - [0:0]',
    ':WETEE-FORWARD - [0:0]',
    `-A WETEE-INPUT ${FROM_PODS} -j DROP`,
    `-A WETEE-OUTPUT ${TO_PODS} -m conntrack --ctstate NEW -j DROP`,
    ...nameServers.flatMap((server) =>
      ['udp', 'tcp'].map(
        (protocol) =>
          `-A WETEE-FORWARD ${FROM_PODS} -d ${server} -p ${protocol} --dport 53 -j RETURN`,
      ),
    ),
    ...PRIVATE_NETWORKS.map((network) => `-A WETEE-FORWARD ${FROM_PODS} -d ${network} -j DROP`),
    `-A WETEE-FORWARD ${TO_PODS} -m conntrack --ctstate NEW -j DROP`,
    'COMMIT',
    '',
  ].join('\n')
}

/** Puts the rules in place, again if something has taken them away. Throws when that is not possible here. */
export async function installGuard(): Promise<void> {
  const servers = nameServersOf(readFileSync('/etc/resolv.conf', 'utf8'))
  const restoring = run('iptables-restore', ['--wait', '5', '--noflush'], { timeout: TIMEOUT_MS })
  restoring.child.stdin?.end(guardRules(servers))
  await restoring
  await jump('iptables', 'INPUT', 'WETEE-INPUT')
  await jump('iptables', 'OUTPUT', 'WETEE-OUTPUT')
  // Docker keeps this chain before its own rules, for others to use.
  const hasUserChain = await iptables('iptables', '-n', '-L', 'DOCKER-USER').then(
    () => true,
    () => false,
  )
  await jump('iptables', hasUserChain ? 'DOCKER-USER' : 'FORWARD', 'WETEE-FORWARD')
  // Pods have no IPv6 address; where the host has no such filter there is nothing to close.
  const closed = ['INPUT', ...FROM_PODS.split(' '), '-j', 'DROP']
  await iptables('ip6tables', '-C', ...closed)
    .catch(() => iptables('ip6tables', '-I', ...closed))
    .catch(() => undefined)
}

async function jump(program: string, from: string, to: string): Promise<void> {
  await iptables(program, '-C', from, '-j', to).catch(() =>
    iptables(program, '-I', from, '1', '-j', to),
  )
}

async function iptables(program: string, ...words: string[]): Promise<void> {
  await run(program, ['--wait', '5', ...words], { timeout: TIMEOUT_MS })
}

/** IPv4 name servers of a resolv.conf, at most three as the resolver takes; loopback ones the engine asks for us. */
export function nameServersOf(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^nameserver\s+(\d{1,3}(?:\.\d{1,3}){3})\s*$/gm)]
    .map(([, address = '']) => address)
    .filter((address) => !address.startsWith('127.'))
    .slice(0, 3)
}

/** Whether a process is the program that holds a pod, on this very machine and not in an engine's virtual one. */
export function isHolder(pid: number): boolean {
  try {
    return pid > 1 && readlinkSync(`/proc/${pid}/exe`) === pausePath
  } catch {
    return false
  }
}

/** Dials every address of this host from the network of a process; true when none of them answers. */
export async function isHostHidden(pid: number): Promise<boolean> {
  const server = createServer((socket) => socket.destroy())
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  try {
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const hosts = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map((entry) => entry.address)
    if (hosts.length === 0) return false
    const order = JSON.stringify({ hosts, port, timeoutMs: DIAL_TIMEOUT_MS })
    const words = [`--net=/proc/${pid}/ns/net`, process.execPath, '-e', DIAL, order]
    const { stdout } = await run('nsenter', words, { timeout: TIMEOUT_MS })
    return stdout.trim() === 'none'
  } finally {
    server.close()
  }
}

const DIAL = `
const { hosts, port, timeoutMs } = JSON.parse(process.argv[1])
const dial = (host) => new Promise((done) => {
  const socket = require('node:net').connect({ host, port, timeout: timeoutMs })
  const end = (answered) => { socket.destroy(); done(answered) }
  socket.on('connect', () => end(true)).on('timeout', () => end(false)).on('error', () => end(false))
})
Promise.all(hosts.map(dial)).then((all) => console.log(all.includes(true) ? 'reached' : 'none'))
`
