// The client of an agent's socket against servers that answer as the agent does, or do not.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { serializeEvidenceDocument, type Hex } from '@wetee/attestation'
import { encodeFunctionData, parseAbi } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { applicationDigest, challengeDigest } from '../instance-statements.ts'
import { recoverApplicationSigner, recoverChallengeSigner } from '../instance-statements.ts'
import { attestedApp } from '../testing/attested-app.ts'
import { openInstance } from './instance-client.ts'

let folder: string
let socketPath: string
const cleanups: (() => unknown)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-ic-'))
  socketPath = join(folder, 'wetee.sock')
})
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
  rmSync(folder, { recursive: true, force: true })
})

type Answer = { status?: number; body: unknown }

/** Serves `answer`; returns what was asked. */
async function serve(answer: (path: string, body: unknown) => Answer | Promise<Answer>) {
  const asked: string[] = []
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request)
    asked.push(`${request.method} ${request.url} ${body}`)
    const parsed: unknown = body === '' ? undefined : JSON.parse(body)
    const { status = 200, body: value } = await answer(request.url ?? '', parsed)
    response.writeHead(status).end(typeof value === 'string' ? value : JSON.stringify(value))
  }
  const server = createServer((request, response) => void respond(request, response))
  server.listen(socketPath)
  await once(server, 'listening')
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return asked
}

const info = {
  format: 'wetee/instance/v1',
  chainId: '31337',
  subnet: `0x${'0a'.repeat(20)}`,
  cloud: `0x${'0b'.repeat(20)}`,
  networkKey: { Y: `0x${'02'.repeat(33)}`, S: `0x${'03'.repeat(33)}` },
  appId: '7',
  version: 1,
  replica: 0,
  workerId: '2',
  platform: 'tdx',
  simulated: true,
  state: 'attested',
  leaseNotAfter: '1060',
  instanceKey: `0x${'aB'.repeat(20)}`,
  signingKey: `0x${'04'.repeat(33)}`,
  hpkeKey: `0x${'05'.repeat(32)}`,
  tlsKeyHash: `0x${'06'.repeat(32)}`,
}

test('it says who it is', async () => {
  const asked = await serve(() => ({ body: info }))
  expect(await openInstance(socketPath).info()).toEqual({
    ...info,
    ...{ chainId: 31_337n, appId: 7n, workerId: 2n, leaseNotAfter: 1060n },
  })
  expect(asked).toEqual(['GET /v1/info '])
})

test('a challenge is answered with evidence, and whoever made it finds the key of that evidence', async () => {
  const { document } = await attestedApp()
  const account = privateKeyToAccount(generatePrivateKey())
  const challenge = new Uint8Array(32).fill(9)
  const body = JSON.parse(serializeEvidenceDocument(document)) as unknown
  const asked = await serve(async (path) =>
    path === '/v1/evidence'
      ? {
          body: {
            evidence: body,
            signature: await account.sign({ hash: challengeDigest(challenge, document) }),
          },
        }
      : { body },
  )
  const instance = openInstance(socketPath)
  const answer = await instance.answer(challenge)
  expect(asked).toEqual([`POST /v1/evidence {"challenge":"0x${'09'.repeat(32)}"}`])
  expect(answer.text).toBe(serializeEvidenceDocument(document))
  const { evidence, signature } = answer
  expect(await recoverChallengeSigner(challenge, evidence, signature)).toBe(account.address)
  // Another challenge, or other evidence, is answered by nobody that is known.
  const other = new Uint8Array(32).fill(8)
  expect(await recoverChallengeSigner(other, evidence, signature)).not.toBe(account.address)
  const quote = evidence.quote.map((byte) => byte ^ 1)
  const changed = { ...evidence, quote } as typeof evidence
  expect(await recoverChallengeSigner(challenge, changed, signature)).not.toBe(account.address)
})

test('evidence is read strictly', async () => {
  const { document } = await attestedApp()
  const body = JSON.parse(serializeEvidenceDocument(document)) as object
  await serve(() => ({ body }))
  expect(await openInstance(socketPath).evidence()).toEqual(document)
  const wrong = join(folder, 'wrong.sock')
  socketPath = wrong
  await serve(() => ({ body: { ...body, more: 1 } }))
  await expect(openInstance(wrong).evidence()).rejects.toMatchObject({
    code: 'instance.answer-invalid',
  })
})

test('a key is 32 bytes', async () => {
  const asked = await serve(() => ({ body: { key: `0x${'0f'.repeat(32)}` } }))
  const key = await openInstance(socketPath).key('disk/"quoted"')
  expect(key).toEqual(new Uint8Array(32).fill(15))
  expect(asked).toEqual(['POST /v1/key {"path":"disk/\\"quoted\\""}'])
})

test('a signature is found to be of the instance, or of a path', async () => {
  const account = privateKeyToAccount(generatePrivateKey())
  const digest = new Uint8Array(32).fill(1)
  const asked = await serve(async () => ({
    body: {
      signature: await account.sign({ hash: applicationDigest(digest) }),
      ...{ address: account.address, signingKey: `0x${'02'.repeat(33)}` },
    },
  }))
  const instance = openInstance(socketPath)
  const { signature, address } = await instance.sign(digest)
  expect(await recoverApplicationSigner(digest, signature)).toBe(address)
  await instance.sign(digest, { path: 'wallet' })
  const hex = `"digest":"0x${'01'.repeat(32)}"`
  expect(asked).toEqual([`POST /v1/sign {${hex}}`, `POST /v1/sign {${hex},"path":"wallet"}`])
})

test('the frames are those of the reference page, to the last byte', async () => {
  const digest = new Uint8Array(32).map((_, at) => at)
  expect(applicationDigest(digest)).toBe(
    '0xcabd6cc0efb3a08d071580d86f8d5d93f938ef0ecd3f32bbfcebe14c3eb450a7',
  )
  const { document } = await attestedApp()
  for (const size of [15, 65])
    expect(() => challengeDigest(new Uint8Array(size), document)).toThrow(/16 to 64 bytes/)
  for (const size of [31, 33]) expect(() => applicationDigest(new Uint8Array(size))).toThrow(/32/)
  const nobody: Hex = `0x${'00'.repeat(65)}`
  await expect(recoverApplicationSigner(digest, nobody)).rejects.toMatchObject({
    code: 'signature.invalid',
  })
})

test('refusals keep their code and say whether it helps to ask again', async () => {
  const refuse = (status: number, code: string) => ({
    status,
    body: { error: { code, message: 'why' } },
  })
  const refusals = [refuse(429, 'key.busy'), refuse(503, 'secrets.too-few')]
  refusals.push(refuse(409, 'key.no-network-key'), refuse(400, 'request.invalid'))
  await serve(() => refusals.shift()!)
  const key = () => openInstance(socketPath).key('p')
  await expect(key()).rejects.toMatchObject({ code: 'key.busy', retryable: true })
  await expect(key()).rejects.toMatchObject({ code: 'secrets.too-few', retryable: true })
  await expect(key()).rejects.toMatchObject({ code: 'key.no-network-key', retryable: false })
  await expect(key()).rejects.toMatchObject({ code: 'request.invalid', message: 'why' })
})

test('nobody, nonsense, too much, too late: each has its code', async () => {
  await expect(openInstance(socketPath).info()).rejects.toMatchObject({
    ...{ code: 'instance.unreachable', retryable: true },
  })
  const answers: (() => Answer | Promise<Answer>)[] = [
    () => ({ body: 'nonsense' }),
    () => ({ body: { ...info, appId: '-1' } }),
    () => ({ body: [] }),
    () => ({ status: 500, body: {} }),
    () => ({ body: `"${'x'.repeat(3_000_000)}"` }),
  ]
  const expected = answers.map(() => 'instance.answer-invalid')
  const silent = new Promise<Answer>(() => undefined)
  await serve(() => answers.shift()?.() ?? silent)
  for (const code of expected)
    await expect(openInstance(socketPath).info()).rejects.toMatchObject({ code })
  await expect(openInstance(socketPath).info({ timeoutMs: 30 })).rejects.toMatchObject({
    ...{ code: 'instance.timeout', retryable: true },
  })
  const reason = new Error('enough')
  await expect(openInstance(socketPath).info({ signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  )
})

const ledger = parseAbi([
  'function count(address who) view returns (uint64)',
  'function record(uint256 amount, string note)',
])
const block = { number: '812', hash: `0x${'0a'.repeat(32)}`, timestamp: '1764165600' }

test('contracts are read and called with the types of their ABI', async () => {
  const transaction = { id: `0x${'0b'.repeat(32)}`, state: 'queued', proof: 'none' }
  const asked = await serve((path) => ({
    body: path.endsWith('read')
      ? { data: `0x${'00'.repeat(31)}07`, block, proof: 'none' }
      : transaction,
  }))
  const { chain } = openInstance(socketPath)
  const address = info.cloud as `0x${string}`
  const read = await chain.read({ address, abi: ledger, functionName: 'count', args: [address] })
  expect(read).toEqual({
    value: 7n,
    block: { number: 812n, hash: block.hash, timestamp: 1_764_165_600n },
  })
  const { state } = await chain.transact({
    ...{ address, abi: ledger, functionName: 'record', args: [1n, 'one'] },
    ...{ key: 'order-1', gas: 150_000 },
  })
  expect(state).toBe('queued')
  const data = encodeFunctionData({ abi: ledger, functionName: 'record', args: [1n, 'one'] })
  expect(asked[1]).toBe(
    `POST /v1/chain/transact {"to":"${address}","data":"${data}","key":"order-1","gas":150000}`,
  )
})

test('an answer of a contract that is not of its types is refused', async () => {
  const answers = [{ data: '0x01', block }, { block }]
  await serve(() => ({ body: answers.shift() }))
  const { chain } = openInstance(socketPath)
  const address = info.cloud as `0x${string}`
  const read = () => chain.read({ address, abi: ledger, functionName: 'count', args: [address] })
  await expect(read()).rejects.toMatchObject({ code: 'contract.answer-invalid' })
  await expect(read()).rejects.toMatchObject({ code: 'instance.answer-invalid' })
})

test('a transaction is waited for over an agent that is away, until it is final or has failed', async () => {
  const id = `0x${'0b'.repeat(32)}`
  const states: Answer[] = [
    { status: 503, body: { error: { code: 'tee.unreachable', message: 'away' } } },
    { body: { id, state: 'finalized', blockNumber: '9' } },
    { body: { id, state: 'failed', reason: 'reverted' } },
    { status: 404, body: { error: { code: 'transaction.unknown', message: 'none' } } },
  ]
  await serve(() => states.shift()!)
  const { chain } = openInstance(socketPath)
  expect(await chain.waitForTransaction(id, { pollMs: 1 })).toMatchObject({
    state: 'finalized',
    blockNumber: 9n,
  })
  await expect(chain.waitForTransaction(id, { pollMs: 1 })).rejects.toMatchObject({
    ...{ code: 'transaction.failed', details: { reason: 'reverted' } },
  })
  await expect(chain.waitForTransaction(id, { pollMs: 1 })).rejects.toMatchObject({
    code: 'transaction.unknown',
  })
})
