// What `npm start -- --once` checks of secrets: delivered, refused to others, released after a change of members. Network I/O.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { hexToBytes, toHex, type Hex } from 'viem'
import { z } from 'zod'
import { waitFor } from '@wetee/daemon'
import { deploy, terminate } from '@wetee/sdk'
import { resolveImageFromRegistry } from '@wetee/sdk/node'
import {
  checkPublicShares,
  lagrangeAtZero,
  nobleGroup as group,
  type Point,
} from '@wetee/threshold'
import { secretName, type Application } from './application.ts'
import { awaitKey, nameCommittee, startSpareNode } from './nodes.ts'
import type { Proof, Step } from './steps.ts'
import { startWorker, workerUrl } from './workers.ts'

const run = promisify(execFile)
const cli = new URL('../../cli/bin/wetee.mjs', import.meta.url).pathname
const maxAuditBytes = 16_777_216
const maxAnswerBytes = 65_536
const waitMs = 120_000

/** The steps, in their order; each throws when something is not as it should be. */
export function secretSteps(application: Application): Step[] {
  const of = (name: string, title: string, run: Step['run']): Step => ({ name, title, run })
  return [
    of('secret-delivered', 'Secret: in the application, as file and as variable', () =>
      checkDelivery(application),
    ),
    of('secret-refused', 'Secret: refused to another application that asks for it', (show) =>
      checkRefusal(application, show),
    ),
    of(
      'receipts',
      'Receipts: every node that released has said so, under a root on chain',
      (show) => checkReceipts(application, show),
    ),
    of(
      'reshare',
      'Members change: the same key, the secret is released, old shares are of no use',
      (show) => checkResharing(application, show),
    ),
  ]
}

const answerSchema = z.object({ file: z.string().nullable(), variable: z.string().nullable() })

async function checkDelivery({ sdk, url, secretDigest }: Application): Promise<Proof> {
  const { status, body } = await sdk.transport.get(`${url}/secret`, { maxBytes: maxAnswerBytes })
  if (status !== 200) throw new Error(`${url}/secret answered ${status}, expected 200`)
  const { file, variable } = answerSchema.parse(JSON.parse(new TextDecoder().decode(body)))
  if (secretDigest === undefined) throw new Error('the secret was not set in this run')
  if (file !== secretDigest || variable !== secretDigest)
    throw new Error(
      `expected the secret with SHA-256 ${secretDigest}, got file ${file} and variable ${variable}`,
    )
  return { sha256: secretDigest, file: true, variable: true }
}

const statusSchema = z.object({ conditions: z.array(z.object({ code: z.string() })) })

/** Deploys an application whose manifest names the secret of the first one, which has not granted it. */
async function checkRefusal(
  application: Application,
  show: (line: string) => void,
): Promise<Proof> {
  const { sdk, appId, network } = application
  const { signal } = network
  const foreign = application
    .composeText()
    .replace('external: true', `external: true\n    name: "${appId}/${secretName}"`)
  const other = await deploy(sdk, {
    composeText: foreign,
    name: 'curious',
    resolveImage: resolveImageFromRegistry,
    signal,
    onStep: (step) => show(step.title),
  })
  let code = ''
  await waitFor(
    async () => {
      const answer = await fetch(`${workerUrl(network)}/v1/apps/${other.appId}`)
      // Nothing but an error before the worker has seen the application.
      const status = statusSchema.safeParse(await answer.json())
      const conditions = status.success ? status.data.conditions : []
      code = conditions.find((one) => one.code.startsWith('secret'))?.code ?? ''
      show(code === '' ? 'waiting for its agent' : code)
      return code === 'secret.not-granted'
    },
    { signal, timeoutMs: waitMs, everyMs: 500, what: 'the refusal of the secret' },
  )
  const { refundWei } = await terminate(sdk, other.appId, { signal })
  const { depositWei } = other.plan
  if (refundWei !== depositWei)
    throw new Error(`nothing ran, so ${depositWei} wei come back, not ${refundWei}`)
  return { appId: String(other.appId), code, refundWei: String(refundWei) }
}

const auditSchema = z.object({
  ok: z.boolean(),
  receipts: z.array(
    z.object({
      nodeId: z.string(),
      state: z.string(),
      receipt: z.object({
        appId: z.string(),
        items: z.array(z.object({ name: z.string().optional() })),
      }),
    }),
  ),
})

/** Runs `wetee secret receipts` as anybody can: at least the threshold of nodes released this secret, and their roots on chain say so. */
async function checkReceipts(
  { network, sdk, appId }: Application,
  show: (line: string) => void,
): Promise<Proof> {
  const { threshold } = await sdk.reader.committee((await sdk.reader.finalized()).number)
  let nodes: string[] = []
  await waitFor(
    async () => {
      const args = ['secret', 'receipts', String(appId), '--name', secretName, '--json']
      const file = network.state.path('network.json')
      // Exit 1, and so an error here, where a node contradicts itself.
      const { stdout } = await run(process.execPath, [cli, ...args, '--network', file], {
        maxBuffer: maxAuditBytes,
        signal: network.signal,
      })
      const { ok, receipts } = auditSchema.parse(JSON.parse(stdout))
      if (!ok) throw new Error('a node contradicts what it said')
      const posted = receipts.filter(
        ({ state, receipt }) => state === 'posted' && receipt.appId === String(appId),
      )
      nodes = [...new Set(posted.map(({ nodeId }) => nodeId))]
      show(`${nodes.length} of ${threshold} nodes have a root on chain over it`)
      return nodes.length >= threshold
    },
    { signal: network.signal, timeoutMs: waitMs, everyMs: 2_000, what: 'roots of the receipts' },
  )
  return { secret: secretName, nodes: nodes.join(' '), threshold }
}

/** Puts a new member in the place of one, then starts the instance anew: its secret comes from the new committee. */
async function checkResharing(
  application: Application,
  show: (line: string) => void,
): Promise<Proof> {
  const { network, sdk } = application
  const { number } = await sdk.reader.finalized()
  const before = await sdk.reader.committee(number)
  const key = (await sdk.reader.liveKeys(number)).at(-1)
  const leaving = before.members.at(-1)
  if (key === undefined || leaving === undefined) throw new Error('there is no key to hand over')
  const joining = await startSpareNode(network)
  await nameCommittee(network, [...before.members.slice(0, -1), joining])
  const { epoch } = await awaitKey(network, show)
  const after = (await sdk.reader.finalized()).number
  const keyAfter = (await sdk.reader.liveKeys(after)).at(-1)
  if (keyAfter?.Y !== key.Y || keyAfter.S !== key.S) throw new Error('the key has changed')
  const [old, renewed] = await Promise.all([
    readShares(application, before.epoch),
    readShares(application, BigInt(epoch ?? 0)),
  ])
  requireIncompatible(old, renewed, key.S)
  show('starting the application anew')
  await network.children.stop('worker')
  startWorker(network)
  await application.untilReady(show)
  const { sha256 } = await checkDelivery(application)
  return {
    epochs: `${before.epoch} -> ${epoch}`,
    members: `${leaving} -> ${joining}`,
    networkKey: key.Y,
    oldSharesCombine: false,
    ...(sha256 === undefined ? {} : { sha256 }),
  }
}

/** How long a node may be behind with an epoch, milliseconds. */
const EPOCH_TIMEOUT_MS = 30_000

const sharesSchema = z.object({
  threshold: z.int(),
  publicShares: z.array(z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{66}$/)]).nullable()),
})
type Shares = { readonly threshold: number; readonly points: readonly Point[] }

/** V_1 to V_n of an epoch, from the first member that has them. */
async function readShares({ sdk, network }: Application, epoch: bigint): Promise<Shares> {
  const [port] = network.ports.dsecret
  const url = `https://127.0.0.1:${port}/v1/epochs/${epoch}`
  // An epoch begins right after its confirmation: a node may see both a moment later than who asks.
  const text = await waitFor(
    async () => {
      const { status, body } = await sdk.transport.get(url, { maxBytes: maxAnswerBytes })
      return status === 200 && new TextDecoder().decode(body)
    },
    { signal: network.signal, timeoutMs: EPOCH_TIMEOUT_MS, everyMs: 500, what: url },
  )
  const parsed = sharesSchema.parse(JSON.parse(text))
  const points = parsed.publicShares.map((share) => {
    if (share === null) throw new Error(`a member of epoch ${epoch} has no share`)
    return group.decode(hexToBytes(share))
  })
  return { threshold: parsed.threshold, points }
}

/** Shares of either epoch give the key, those of both together another one: what is seen of them in public says so. */
function requireIncompatible(old: Shares, renewed: Shares, S: Hex): void {
  const key = group.decode(hexToBytes(S))
  checkPublicShares(group, old.points, old.threshold, key)
  checkPublicShares(group, renewed.points, renewed.threshold, key)
  const indexes = Array.from({ length: renewed.threshold }, (_, index) => index + 1)
  const mixed = indexes.map((index) => (index === 1 ? old : renewed).points[index - 1])
  const weights = lagrangeAtZero(indexes)
  const sum = group.multiplyMany(
    mixed.filter((point) => point !== undefined),
    weights,
  )
  if (renewed.threshold > 1 && sum !== undefined && toHex(group.encode(sum)) === S)
    throw new Error('an old share and new ones give the key together')
}
