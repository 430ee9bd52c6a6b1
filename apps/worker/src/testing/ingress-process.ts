// A process of its own with one route, for tests of the hand-over: `node ingress-process.ts SOCKET PORT [HOW]`. Serves TCP connections.
// HOW it goes wrong: `broken` the successor does not start, `dying` it ends when it may work, `killed` its predecessor does.
import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { ConditionBoard } from '../condition/condition.ts'
import { Predecessor } from '../handover/predecessor.ts'
import { awaitTurn, SUCCESSOR_VARIABLE } from '../handover/successor.ts'
import { Ingress } from '../ingress/ingress.ts'
import { openPortStore } from '../ingress/port-store.ts'
import { ingressTestParts } from './ingress-parts.ts'
import { keepLog } from './silent-log.ts'

const [, , socketPath = '', port = '', how = ''] = process.argv
const say = (what: string, number: number) => process.stdout.write(`${what} ${number}\n`)
const follows = process.env[SUCCESSOR_VARIABLE] !== undefined
if (follows && how === 'broken') process.exit(3)
const inheritance = await awaitTurn(new AbortController().signal)
if (follows && how === 'dying') process.exit(4)
const log = { ...keepLog(), error: () => say('failed', process.pid) }
const predecessor = new Predecessor(log)
process.on('SIGHUP', () => void predecessor.start())
const ingress = new Ingress({
  host: '127.0.0.1',
  portRange: [Number(port), Number(port)],
  store: openPortStore(':memory:'),
  board: new ConditionBoard(),
  log: keepLog(),
  ...ingressTestParts(),
  ...(inheritance === undefined ? {} : { inheritance }),
})
const dial = () => connect({ path: socketPath, allowHalfOpen: true })
const backends = [{ podId: 'pod', version: 1, ready: true, dial }]
await ingress.setRoutes(7n, [{ appId: 7n, service: 'web', target: 80, backends }])
const child = spawnSync('ls', ['-l', '/proc/self/fd'], { stdio: ['ignore', 'pipe', 'ignore'] })
say('inherits', String(child.stdout).split('socket:').length - 1)
say('serving', process.pid)
predecessor.signal.addEventListener('abort', () => {
  if (how === 'killed') process.kill(process.pid, 'SIGKILL')
  void predecessor.complete(ingress).then(async () => {
    say('released', process.pid)
    await ingress.drain(60_000)
    say('ended', process.pid)
    process.exit(0)
  })
})
