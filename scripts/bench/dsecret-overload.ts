// The release API of a node process that is asked ten times as often as it can answer, over as many connections as it takes: how long
// those wait that it answers. Starts a
// process, uses loopback TCP from many addresses, writes to a temporary folder.
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { releaseRequestTypedData } from '@wetee/chain'
import { releaseItemsDigest } from '@wetee/secrets'
import { openNativeGroup } from '@wetee/threshold/native'
import { bytesToHex, type Hex, type TypedDataDefinition } from 'viem'
import { root } from '../run.ts'
import { compare, median, type Measured } from './measure.ts'

/** Requests for each that the node can answer in the same time. */
const OVERLOAD = 10
const ASKED = 1_500
const ALONE = 60
/** Hosts that ask, in turn: no single one meets its own bound first. */
const HOSTS = 16
/** Connections of each host, below what a node takes of all together. */
const SOCKETS = 15
/** Of those that are taken, 99 of 100 are answered within so many milliseconds. */
const P99_MS = 1_000
const items = { secrets: [], keys: ['disk'] }

type Point = { readonly __point: never }
type TestKey = {
  readonly onChain: object
  readonly publicShares: readonly Point[]
  readonly shares: readonly { readonly share: Uint8Array }[]
}
type KeyModule = {
  readonly dealTestKey: (group: object, given: object) => TestKey
}
type Network = {
  readonly world: { networkKey: object }
  readonly instance: { signTypedData(data: TypedDataDefinition): Promise<Hex> }
  instanceEvidence(): Promise<{ readonly text: string; readonly operatorSignature: Hex }>
}
type NetworkModule = { readonly TestNetwork: new () => Network }
type ViewModule = {
  readonly testNetwork: { readonly chainId: number; readonly contracts: { readonly cloud: Hex } }
}

const folderOfTests = join(root, 'apps/dsecret/src/testing')
const load = <T>(name: string) => import(join(folderOfTests, name)) as Promise<T>

/** Throws where a request is neither answered nor refused with a time to come again. */
export async function benchOverload(): Promise<Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-overload-'))
  const group = openNativeGroup()
  const { dealTestKey } = await load<KeyModule>('test-key.ts')
  const key = dealTestKey(group, { threshold: 2, size: 3, epoch: 4n, name: 'overload' })
  const publicShares = key.publicShares.map((point) => bytesToHex(group.encode(point as never)))
  const told = { epoch: '4', index: 1, onChain: key.onChain, publicShares }
  writeFileSync(join(folder, 'key.json'), JSON.stringify(told))
  writeFileSync(join(folder, 'share.bin'), key.shares[0]!.share)
  const child = fork(join(folderOfTests, 'releasing-process.ts'), [folder], { execArgv: [] })
  const agents = Array.from({ length: HOSTS }, (_, host) => {
    return new Agent({ keepAlive: true, maxSockets: SOCKETS, localAddress: `127.0.0.${host + 2}` })
  })
  try {
    const [{ text: url }] = (await once(child, 'message')) as [{ readonly text: string }]
    const warm = HOSTS * SOCKETS
    const texts = await requests(key, warm + ALONE + ASKED)
    // Connections first: what the kernel takes to make them is not the node's.
    const opening = texts.splice(0, warm)
    await Promise.all(opening.map((text, place) => ask(url, agents[place % HOSTS]!, text)))
    const alone: number[] = []
    for (const text of texts.slice(0, ALONE)) {
      alone.push((await ask(url, agents[0]!, text)) ?? NaN)
    }
    const all = await overload(url, agents, texts.slice(ALONE), median(alone) / OVERLOAD)
    const taken = all.filter((tookMs) => tookMs !== undefined).sort((a, b) => a - b)
    const p99 = taken[Math.ceil(taken.length * 0.99) - 1] ?? NaN
    const asked = { name: `of ${ASKED} asked`, value: ASKED }
    return [
      compare('dsecret.release.overload.p99', p99, 'ms', { name: 'budget', value: P99_MS }, 1),
      compare('dsecret.release.overload.refused', ASKED - taken.length, 'requests', asked, 1),
    ]
  } finally {
    for (const agent of agents) agent.destroy()
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Milliseconds of each from when a connection was there for it; undefined for one that was refused. */
async function overload(
  url: string,
  agents: readonly Agent[],
  texts: readonly string[],
  everyMs: number,
): Promise<(number | undefined)[]> {
  const startedMs = performance.now()
  const answers: Promise<number | undefined>[] = []
  for (const [place, text] of texts.entries()) {
    const dueMs = startedMs + place * everyMs
    // At least one turn: else answers would wait for this driver.
    do await nextTurn()
    while (performance.now() < dueMs)
    answers.push(ask(url, agents[place % agents.length]!, text))
  }
  return Promise.all(answers)
}

/** Milliseconds until it was answered; undefined where it was refused with a time to come again. */
function ask(url: string, agent: Agent, text: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    let sentMs = NaN
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    }
    const asked = request(`${url}/v1/release`, { method: 'POST', agent, headers }, (answer) => {
      answer.resume()
      answer.once('end', () => {
        const { statusCode, headers: said } = answer
        if (statusCode === 200) resolve(performance.now() - sentMs)
        else if (statusCode === 503 && said['retry-after'] !== undefined) resolve(undefined)
        else reject(new Error(`a release was answered ${statusCode}`))
      })
    })
    asked.once('error', reject)
    // What waits here for a connection is not the node's: it takes 256 and no more.
    asked.once('socket', () => (sentMs = performance.now()))
    asked.end(text)
  })
}

/** Release calls of one instance, each under an id of its own. */
async function requests(key: TestKey, count: number): Promise<string[]> {
  const { TestNetwork } = await load<NetworkModule>('test-network.ts')
  const { testNetwork } = await load<ViewModule>('memory-view.ts')
  const network = new TestNetwork()
  network.world.networkKey = key.onChain
  const { text: evidence, operatorSignature } = await network.instanceEvidence()
  const texts: string[] = []
  for (let n = 0; n < count; n++) {
    const requestId = bytesToHex(new Uint8Array(randomBytes(32)))
    const message = {
      ...{ nodeId: 1n, appId: 7n, version: 1, replica: 0, requestId },
      itemsDigest: releaseItemsDigest(items),
    }
    const signature = await network.instance.signTypedData(
      releaseRequestTypedData(testNetwork, message),
    )
    const rest = JSON.stringify({ operatorSignature, requestId, ...items, signature })
    texts.push(`{"evidence":${evidence},${rest.slice(1)}`)
  }
  return texts
}
