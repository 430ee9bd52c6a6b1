// Agents that this process serves: their relay, what they last said, whether their ports answer. Does socket I/O.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { requestPinned } from '@wetee/tls'
import { challengeTarget, ownerTarget } from '../ingress/port-choice.ts'
import type { Log } from '../log.ts'
import { startRelay, type RelayActions } from '../relay/relay-server.ts'
import { codeOf } from '../worker-error.ts'
import { openAgentClient, type AgentClient, type AgentReport } from './agent-client.ts'
import { SocketFolder, type GuestSockets } from './socket-folder.ts'

/** One agent. */
export type Guest = {
  readonly podId: string
  readonly agent: AgentClient
  /** What it last said; `undefined` while it does not answer. */
  readonly report: AgentReport | undefined
  /** Every published port has answered since its service was last started. */
  readonly answering: boolean
  /** Wall clock, milliseconds. */
  readonly drainingSinceMs: number | undefined
  /** Connects to the agent for a published port, `ownerTarget` or `challengeTarget`; throws while it does not listen. */
  readonly dial: (target: number) => Socket
}

type Entry = {
  -readonly [K in keyof Guest]: Guest[K]
} & {
  readonly targets: readonly number[]
  readonly folder: GuestSockets
  relay: { close(): Promise<void> }
}

/** How guests are reached; tests play them without sockets. */
export type GuestDoors = {
  /** The way to a guest's sockets. */
  readonly sockets: (podId: string, runFolder: string) => GuestSockets | Promise<GuestSockets>
  readonly serve: typeof startRelay
  readonly agent: (folder: GuestSockets, signal: AbortSignal) => AgentClient
  /** Whether the application itself, not its agent, answers on a published port. */
  readonly answers: (folder: GuestSockets, target: number, signal: AbortSignal) => Promise<boolean>
  /** The evidence document that the agent shows, `undefined` while it has none. */
  readonly evidence: (folder: GuestSockets, signal: AbortSignal) => Promise<string | undefined>
}

/** Codes of the agent's own answers in place of the application's. */
const NOT_ANSWERING = /^(lease\.|application\.|evidence\.)/
/** Agents that are attested and whose application answers are asked once in so many rounds. */
const SETTLED_EVERY = 60
/** Agents asked at a time. */
const MAX_POLLS = 64
/** Agents asked in between: when all have lost their leases at once, the looks at all of them are enough. */
const MAX_UNSETTLED = 16
const PROBE_TIMEOUT_MS = 3_000
const PROBE_MAX_BYTES = 65_536
const EVIDENCE_TIMEOUT_MS = 10_000
const EVIDENCE_MAX_BYTES = 262_144

/** Guests whose sockets lie in folders of this machine. */
export const folderDoors: GuestDoors = {
  sockets: (_podId, runFolder) => new SocketFolder(runFolder),
  serve: startRelay,
  agent: openAgentClient,
  answers,
  evidence,
}

/** Guests by pod id. */
export class Guests {
  readonly #entries = new Map<string, Entry>()
  /** The last one of `pollAll` that was settled. */
  #lastSettled: string | undefined
  readonly #evidence = new Map<string, Promise<string | undefined>>()
  readonly #log: Log
  readonly #signal: AbortSignal
  readonly #doors: GuestDoors
  readonly #now: () => number

  constructor(
    log: Log,
    signal: AbortSignal,
    doors: GuestDoors = folderDoors,
    now: () => number = Date.now,
  ) {
    this.#log = log
    this.#signal = signal
    this.#doors = doors
    this.#now = now
  }

  get(podId: string): Guest | undefined {
    return this.#entries.get(podId)
  }

  /** Serves the relay socket in `runFolder`; does nothing when it is served already. */
  async attach(
    podId: string,
    runFolder: string,
    actions: RelayActions,
    targets: readonly number[],
  ): Promise<void> {
    if (this.#entries.has(podId)) return
    const folder = await this.#doors.sockets(podId, runFolder)
    try {
      const relay = await this.#doors.serve({
        socketPath: folder.path('worker.sock'),
        actions,
        log: this.#log,
      })
      this.#entries.set(podId, {
        podId,
        targets,
        folder,
        relay,
        agent: this.#doors.agent(folder, this.#signal),
        report: undefined,
        answering: targets.length === 0,
        drainingSinceMs: undefined,
        dial: (target) => dialTarget(folder, target),
      })
    } catch (error) {
      await folder.close()
      throw error
    }
  }

  /** Ends the relay and its tunnels. */
  async detach(podId: string): Promise<void> {
    const entry = this.#entries.get(podId)
    if (entry === undefined) return
    this.#entries.delete(podId)
    await entry.relay.close()
    await entry.folder.close()
  }

  /** Its service starts anew: its ports have to answer again. */
  restarted(podId: string): void {
    const entry = this.#entries.get(podId)
    if (entry !== undefined) entry.answering = entry.targets.length === 0
  }

  /** Asks the agent to take no new connections; remembered from now on. */
  async drain(podId: string, nowMs: number): Promise<void> {
    const entry = this.#entries.get(podId)
    if (entry === undefined) return
    entry.drainingSinceMs ??= nowMs
    await entry.agent.drain()
  }

  /** Asks one agent anew; true when what is known of it has changed. */
  async poll(podId: string): Promise<boolean> {
    const entry = this.#entries.get(podId)
    if (entry === undefined) return false
    const before = summaryOf(entry)
    entry.report = await entry.agent.state().catch(() => undefined)
    // Begun by a process before this one.
    if (entry.report?.draining === true) entry.drainingSinceMs ??= this.#now()
    if (entry.report === undefined) entry.answering = entry.targets.length === 0
    else if (entry.report.state === 'attested' && !entry.answering)
      entry.answering = await this.#probe(entry)
    return before !== summaryOf(entry)
  }

  /**
   * Asks the agents, those of whom nothing new is expected in turn: each once in `SETTLED_EVERY` calls. Returns the pods of
   * which something is new.
   */
  async pollAll(): Promise<string[]> {
    const asked: string[] = []
    const settled: string[] = []
    for (const guest of this.#entries.values())
      (isSettled(guest) ? settled : asked).push(guest.podId)
    const after = settled.findIndex((podId) => podId === this.#lastSettled) + 1
    const end = after + Math.ceil(settled.length / SETTLED_EVERY)
    const begun = settled.slice(0, Math.max(0, end - settled.length))
    const turn = [...settled.slice(after, end), ...begun]
    this.#lastSettled = turn.at(-1)
    return this.#pollEach([...asked, ...turn])
  }

  /** Asks a few of those that something is expected of, for looks in between. Returns as `pollAll` does. */
  pollUnsettled(): Promise<string[]> {
    const asked: string[] = []
    for (const guest of this.#entries.values())
      if (!isSettled(guest) && asked.push(guest.podId) === MAX_UNSETTLED) break
    return this.#pollEach(asked)
  }

  async #pollEach(asked: readonly string[]): Promise<string[]> {
    const changed: string[] = []
    for (let from = 0; from < asked.length; from += MAX_POLLS)
      await Promise.all(
        asked.slice(from, from + MAX_POLLS).map(async (podId) => {
          if (await this.poll(podId)) changed.push(podId)
        }),
      )
    return changed
  }

  /** Ends every relay, so that another process can serve them; what was attached can still be dialled. */
  async endRelays(): Promise<void> {
    for (const entry of this.#entries.values()) {
      const { relay } = entry
      entry.relay = { close: () => Promise.resolve() }
      await relay.close()
    }
  }

  /** How long the slowest published port takes to answer a request, milliseconds; `undefined` where one does not. */
  async responseMs(podId: string): Promise<number | undefined> {
    const entry = this.#entries.get(podId)
    if (entry === undefined || entry.targets.length === 0) return undefined
    let slowest = 0
    for (const target of entry.targets) {
      const startedAtMs = performance.now()
      if (!(await this.#doors.answers(entry.folder, target, this.#signal))) return undefined
      slowest = Math.max(slowest, performance.now() - startedAtMs)
    }
    return slowest
  }

  /** What an agent shows as its evidence, for those that cannot reach it; whoever asks at the same time gets the same. */
  evidence(podId: string): Promise<string | undefined> {
    const entry = this.#entries.get(podId)
    if (entry === undefined) return Promise.resolve(undefined)
    const asked = this.#evidence.get(podId)
    if (asked !== undefined) return asked
    const asking = this.#doors
      .evidence(entry.folder, this.#signal)
      .finally(() => this.#evidence.delete(podId))
    this.#evidence.set(podId, asking)
    return asking
  }

  async close(): Promise<void> {
    for (const podId of [...this.#entries.keys()]) await this.detach(podId)
  }

  async #probe(entry: Entry): Promise<boolean> {
    for (const target of entry.targets)
      if (!(await this.#doors.answers(entry.folder, target, this.#signal))) return false
    return true
  }
}

/** Nothing that anybody waits for: what happens to it next is seen soon enough in its turn. */
function isSettled({ report, answering, drainingSinceMs }: Guest): boolean {
  return report?.state === 'attested' && answering && drainingSinceMs === undefined
}

/** What somebody may wait for. */
function summaryOf({ report, answering, drainingSinceMs }: Guest): string {
  const empty = drainingSinceMs !== undefined && report?.connections === 0
  return `${report?.state} ${report?.code} ${answering} ${empty}`
}

const socketNames: ReadonlyMap<number, string> = new Map([
  [ownerTarget, 'owner'],
  [challengeTarget, 'acme'],
])

const dialTarget = (folder: GuestSockets, target: number): Socket =>
  folder.dial(`ingress/${socketNames.get(target) ?? target}.sock`)

/** Whether `GET /` on a published port is answered by the application; any status counts. */
async function answers(
  folder: GuestSockets,
  target: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { status, body } = await requestPinned({
      connect: async () => {
        const socket = dialTarget(folder, target)
        await once(socket, 'connect')
        return socket
      },
      method: 'GET',
      path: '/',
      headers: { 'user-agent': 'wetee-worker-readiness' },
      tlsKeyHash: 'report',
      maxBytes: PROBE_MAX_BYTES,
      timeoutMs: PROBE_TIMEOUT_MS,
      signal,
    })
    if (status < 500) return true
    const code = agentCode(body)
    return code === undefined || !NOT_ANSWERING.test(code)
  } catch (error) {
    // A page larger than we read is an answer.
    return codeOf(error) === 'tls.answer-too-large'
  }
}

/** The document proves itself: nothing is believed of this connection. */
async function evidence(folder: GuestSockets, signal: AbortSignal): Promise<string | undefined> {
  const { status, body } = await requestPinned({
    connect: async () => {
      const socket = dialTarget(folder, ownerTarget)
      await once(socket, 'connect')
      return socket
    },
    method: 'GET',
    path: '/.well-known/wetee/evidence',
    tlsKeyHash: 'report',
    maxBytes: EVIDENCE_MAX_BYTES,
    timeoutMs: EVIDENCE_TIMEOUT_MS,
    signal,
  }).catch(() => ({ status: 0, body: new Uint8Array() }))
  return status === 200 ? Buffer.from(body).toString('utf8') : undefined
}

function agentCode(body: Uint8Array): string | undefined {
  try {
    const value = JSON.parse(Buffer.from(body).toString('utf8')) as { error?: { code?: unknown } }
    return typeof value.error?.code === 'string' ? value.error.code : undefined
  } catch {
    return undefined
  }
}
