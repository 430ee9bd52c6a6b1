// For tests and benchmarks: a node's releasing part as a process of its own, over the network in memory. Argument: a folder with
// `key.json` and `share.bin`; answers release calls over IPC, and over HTTP on a loopback port without TLS. The share is read from the file as a running node reads its own: into one buffer.
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { AppraisalCache } from '@wetee/attestation'
import { serveHttp } from '@wetee/daemon'
import { openNativeGroup } from '@wetee/threshold/native'
import { hexToBytes, type Hex } from 'viem'
import { nodeApi, type NodeApiParts } from '../api/node-api.ts'
import type { NetworkKeyFacts } from '../chain/chain-view.ts'
import { openSecretService } from '../release/secret-service.ts'
import { TestNetwork } from './test-network.ts'
import { silentLog } from './test-node.ts'

/** What the parent writes into `key.json`; the share itself is in `share.bin`, 32 bytes. */
export type ProcessKey = {
  readonly epoch: string
  readonly index: number
  readonly publicShares: readonly Hex[]
  readonly onChain: NetworkKeyFacts
}

/** What the parent asks for, by a number that the answer repeats. */
export type ProcessCall =
  | { readonly id: number; readonly what: 'release'; readonly text: string }
  | { readonly id: number; readonly what: 'forget' | 'settle' }
/** The answer to a call. */
export type ProcessAnswer = { readonly id: number; readonly text?: string; readonly error?: string }

const folder = process.argv[2]
if (folder !== undefined && process.send !== undefined) serve(folder)

function serve(where: string): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const group = openNativeGroup()
  const key = JSON.parse(readFileSync(join(where, 'key.json'), 'utf8')) as ProcessKey
  const file = readFileSync(join(where, 'share.bin'))
  const share = group.readSecret(file)
  file.fill(0)
  rmSync(join(where, 'share.bin'))
  const publicShares = key.publicShares.map((point) => group.decode(hexToBytes(point)))
  const network = new TestNetwork()
  network.world.networkKey = key.onChain
  Object.assign(network.context.trust, { cache: new AppraisalCache() })
  const verificationKey = group.decode(hexToBytes(key.onChain.S))
  const ofKey = { publicShares, verificationKey }
  const held = { epoch: BigInt(key.epoch), index: key.index, share, key: ofKey }
  const service = openSecretService({
    ...network.context,
    ...{ nodeId: BigInt(key.index), account: network.statementKeys[key.index - 1]!, group },
    shares: { current: () => held, previous: () => undefined, frozen: () => undefined },
    stateDir: where,
    submitReceipts: () => Promise.resolve(),
    ask: () => Promise.resolve(undefined),
    log: silentLog,
    rate: { perSecond: 1e9, burst: 1e9 },
    signal: new AbortController().signal,
  })
  const answer = (given: ProcessAnswer) => process.send?.(given)
  const app = nodeApi({
    calls: [service.calls],
    monotonicMs: () => performance.now(),
    log: silentLog,
  } as unknown as NodeApiParts)
  const settle = (id: number) => {
    collect()
    collect()
    answer({ id })
  }
  process.on('message', (call: ProcessCall) => {
    if (call.what === 'forget') share.fill(0)
    if (call.what !== 'release') return settle(call.id)
    const { id, text } = call
    const signal = AbortSignal.timeout(30_000)
    service.releaser.release(text, signal).then(
      (reply) => answer({ id, text: reply }),
      (error: unknown) => answer({ id, error: String(error) }),
    )
  })
  const { signal } = new AbortController()
  void serveHttp({ port: 0, app, signal }).then(({ url }) => answer({ id: 0, text: url }))
}
