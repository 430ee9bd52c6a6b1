// What releases leave in the memory of a node that goes on running: one share, where it is kept, and no nonce of any proof. Linux alone:
// reads /proc/<pid>/mem of a child.
import { fork, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { releaseRequestTypedData } from '@wetee/chain'
import { makeReaderKeys, openWith, type ReaderKeys } from '@wetee/sealing'
import { fromBase64, parseAnswer, releaseItemsDigest, replyInfo } from '@wetee/secrets'
import { ORDER } from '@wetee/threshold'
import { openNativeGroup } from '@wetee/threshold/native'
import { bytesToHex, type Hex } from 'viem'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { testNetwork } from '../testing/memory-view.ts'
import type { ProcessAnswer, ProcessCall, ProcessKey } from '../testing/releasing-process.ts'
import { dealTestKey } from '../testing/test-key.ts'
import { TestNetwork } from '../testing/test-network.ts'

const program = join(import.meta.dirname, '../testing/releasing-process.ts')
const group = openNativeGroup()
const RELEASES = 12
const CHUNK = 4 * 2 ** 20
const NEEDLE_BYTES = 16
/** Challenge and response at the end of a release. */
const PROOF_BYTES = 64

let folder: string
let child: ChildProcess
let calls = 0
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dsecret-memory-'))
  calls = 0
})
afterEach(async () => {
  if (child.exitCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true })
})

type Asked =
  | { readonly what: 'release'; readonly text: string }
  | { readonly what: 'forget' | 'settle' }

async function call(asked: Asked): Promise<string> {
  const id = ++calls
  const answered = new Promise<ProcessAnswer>((resolve) => {
    const hear = (answer: ProcessAnswer) => {
      if (answer.id !== id) return
      child.off('message', hear)
      resolve(answer)
    }
    child.on('message', hear)
  })
  child.send({ ...asked, id } satisfies ProcessCall)
  const { text = '', error } = await answered
  if (error !== undefined) throw new Error(error)
  return text
}

/** How often each of some bytes, 16 long, is in what another process may write to. */
function copiesIn(pid: number, needles: readonly Uint8Array[]): number[] {
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  const chunk = Buffer.alloc(CHUNK)
  const found = needles.map(() => 0)
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? []
      if (from === undefined || to === undefined || line.endsWith('[vvar]')) continue
      const end = Number(BigInt(`0x${to}`))
      // Chunks overlap, so that nothing is missed between two.
      for (let at = Number(BigInt(`0x${from}`)); at < end; at += CHUNK - NEEDLE_BYTES + 1) {
        let size = 0
        try {
          size = readSync(memory, chunk, 0, Math.min(CHUNK, end - at), at)
        } catch {
          break
        }
        const read = chunk.subarray(0, size)
        for (const [place, needle] of needles.entries())
          for (let hit = read.indexOf(needle); hit >= 0; hit = read.indexOf(needle, hit + 1))
            found[place]!++
        if (end - at <= CHUNK) break
      }
    }
  } finally {
    closeSync(memory)
  }
  return found
}

/** One release to a reader of this test, and the nonce of its proof: z - c*s, which only who knows the share can tell. */
async function release(network: TestNetwork, reader: Reader, share: bigint): Promise<Uint8Array> {
  const hpkeKey = bytesToHex(reader.bytes)
  const offered = await network.instanceEvidence({ subject: { hpkeKey } })
  const requestId = bytesToHex(randomBytes(32))
  const items = { secrets: [], keys: ['disk'] }
  const signature = await network.instance.signTypedData(
    releaseRequestTypedData(testNetwork, {
      ...{ nodeId: 1n, appId: 7n, version: 1, replica: 0, requestId },
      itemsDigest: releaseItemsDigest(items),
    }),
  )
  const { operatorSignature } = offered
  const rest = JSON.stringify({ operatorSignature, requestId, ...items, signature })
  const text = `{"evidence":${offered.text},${rest.slice(1)}`
  const reply = JSON.parse(await call({ what: 'release', text })) as { enc: string; sealed: string }
  const { chainId, contracts } = testNetwork
  const place = { chainId: BigInt(chainId), cloud: contracts.cloud, nodeId: 1n, requestId }
  const [enc, sealed] = [fromBase64(reply.enc)!, fromBase64(reply.sealed)!]
  const plain = await openWith(reader, enc, replyInfo(place), new Uint8Array(0), sealed)
  const proof = parseAnswer(plain).keys!.slice(-PROOF_BYTES)
  const [challenge, response] = [proof.subarray(0, 32), proof.subarray(32)].map((bytes) =>
    BigInt(bytesToHex(bytes)),
  ) as [bigint, bigint]
  return numberBytes((((response - challenge * share) % ORDER) + ORDER) % ORDER)
}

/** Memory that is given back loses some of its bytes to the allocator, not all. */
function halves(bytes: Uint8Array): Uint8Array[] {
  return [bytes.slice(0, NEEDLE_BYTES), bytes.slice(NEEDLE_BYTES)]
}

type Reader = ReaderKeys & { readonly bytes: Uint8Array }

function numberBytes(value: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'))
}

test.runIf(process.platform === 'linux')(
  'a node that has released has its share once, no nonce of a proof, and nothing of the share once that is over',
  { timeout: 120_000 },
  async () => {
    const key = dealTestKey(group, { threshold: 2, size: 3, epoch: 4n, name: 'process memory' })
    const own = key.shares[0]!.share
    const told: ProcessKey = {
      ...{ epoch: '4', index: 1, onChain: key.onChain },
      publicShares: key.publicShares.map((point): Hex => bytesToHex(group.encode(point))),
    }
    writeFileSync(join(folder, 'key.json'), JSON.stringify(told))
    writeFileSync(join(folder, 'share.bin'), own)
    child = fork(program, [folder], { execArgv: [] })
    await once(child, 'message')
    const pid = child.pid!
    const network = new TestNetwork()
    network.world.networkKey = key.onChain
    const reader = await makeReaderKeys()
    const share = BigInt(bytesToHex(own))
    await call({ what: 'settle' })
    // The control: what is kept is found.
    expect(copiesIn(pid, halves(own))).toEqual([1, 1])
    const nonces: Uint8Array[] = []
    for (let n = 0; n < RELEASES; n++) nonces.push(await release(network, reader, share))
    expect(new Set(nonces.map((nonce) => bytesToHex(nonce))).size).toBe(RELEASES)
    // Before any garbage is collected: what was used is zeros, not merely free.
    // As a number stands in memory, too: the lowest byte first.
    const needles = [own, ...nonces].flatMap((bytes) => [
      ...halves(bytes),
      ...halves(new Uint8Array(bytes).reverse()),
    ])
    expect(copiesIn(pid, needles)).toEqual([1, 1, ...needles.slice(2).map(() => 0)])
    await call({ what: 'forget' })
    expect(copiesIn(pid, halves(own))).toEqual([0, 0])
  },
)
