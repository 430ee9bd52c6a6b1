// The node's HTTPS side as agents and workers meet it: pinned key, bounds, codes.
import { connect } from 'node:tls'
import { parseEvidenceDocument, serializeEvidenceDocument } from '@wetee/attestation'
import {
  leaseBatchTypedData,
  type AttestationLease,
  leaseSchema,
  signatureSchema,
  toWire,
} from '@wetee/chain'
import { requestPinned } from '@wetee/tls'
import { recoverTypedDataAddress } from 'viem'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { genesisSeconds, testNetwork, blockOf } from '../testing/memory-view.ts'
import { TestNetwork } from '../testing/test-network.ts'
import { startTestNode, type TestNode } from '../testing/test-node.ts'
import { MAX_APPRAISE_BYTES, MAX_SIGN_BYTES } from './limits.ts'

const network = new TestNetwork()
let node: TestNode
beforeAll(async () => {
  node = await startTestNode(network, 2)
})
afterAll(() => node.close())
beforeEach(() => {
  node.requests.length = 0
})

async function call(method: string, path: string, body?: string) {
  const answer = await requestPinned({
    connect: { host: node.host, port: node.port },
    method,
    path,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
    tlsKeyHash: node.tlsKeyHash,
    maxBytes: 524_288,
  })
  const text = Buffer.from(answer.body).toString('utf8')
  const json = (text.startsWith('{') ? JSON.parse(text) : undefined) as Record<string, unknown>
  return { status: answer.status, text, json, code: (json?.['error'] as { code?: string })?.code }
}

async function appraiseBody(): Promise<string> {
  const { text, operatorSignature } = await network.instanceEvidence()
  return `{"evidence":${text},"operatorSignature":"${operatorSignature}"}`
}

test('an agent gets its lease, and the worker a signature over the batch', async () => {
  const appraised = await call('POST', '/v1/appraise', await appraiseBody())
  expect(appraised.status).toBe(200)
  const lease: AttestationLease = leaseSchema.parse(appraised.json['lease'])
  const { status, json } = await call(
    'POST',
    '/v1/sign-leases',
    JSON.stringify({ leases: [appraised.json['lease']] }),
  )
  expect(status).toBe(200)
  const { epoch, expiry, member, signature } = signatureSchema.parse(json)
  expect(member).toBe(1)
  const typedData = leaseBatchTypedData(testNetwork, { epoch, expiry, leases: [lease] })
  expect(await recoverTypedDataAddress({ ...typedData, signature })).toBe(
    network.statementKeys[1]!.address,
  )
  expect(node.requests).toEqual([
    ['appraise', 'ok'],
    ['sign-leases', 'ok'],
  ])
})

test('a machine gets its proof and a signature over it', async () => {
  const evidence = serializeEvidenceDocument(network.workerEvidence())
  const appraised = await call('POST', '/v1/appraise-node', `{"evidence":${evidence}}`)
  expect(appraised.status).toBe(200)
  const body = JSON.stringify({ proofs: [appraised.json['proof']] })
  const signed = await call('POST', '/v1/sign-proofs', body)
  expect(signed.json).toMatchObject({ epoch: '4', member: 1 })
})

test('a check that fails is answered with 422 and its code', async () => {
  const { document, operatorSignature } = await network.instanceEvidence()
  const evidence = serializeEvidenceDocument({ ...document, eventLog: [] })
  const body = `{"evidence":${evidence},"operatorSignature":"${operatorSignature}"}`
  const { status, code } = await call('POST', '/v1/appraise', body)
  expect({ status, code }).toEqual({ status: 422, code: 'event-log.differs' })
  expect(node.requests).toEqual([['appraise', 'refused']])
})

test('what the node cannot do now is answered with 503', async () => {
  const { lease } = (await call('POST', '/v1/appraise', await appraiseBody())).json
  const committees = network.world.committees
  const committee = { epoch: 4n, threshold: 1, members: [1n] }
  network.world.committees = { ...committees, active: committee }
  const body = JSON.stringify({ leases: [lease] })
  const refused = await call('POST', '/v1/sign-leases', body)
  expect({ status: refused.status, code: refused.code }).toEqual({
    status: 503,
    code: 'node.not-member',
  })
  network.world.committees = committees
  network.world.reachable = false
  const blind = await call('POST', '/v1/sign-leases', body)
  expect({ status: blind.status, code: blind.code }).toEqual({
    status: 503,
    code: 'chain.unreachable',
  })
  network.world.reachable = true
})

describe('bodies', () => {
  test.each([
    ['no JSON', '{"evidence":'],
    ['no object', '[]'],
    ['an unknown field', '{"evidence":{},"operatorSignature":"0x00","more":1}'],
    ['no evidence', `{"operatorSignature":"0x${'00'.repeat(65)}"}`],
    ['evidence that is text', `{"evidence":"x","operatorSignature":"0x${'00'.repeat(65)}"}`],
    ['a short signature', '{"evidence":{},"operatorSignature":"0x00"}'],
    ['nothing', ''],
  ])('%s is refused before anything is judged', async (_, body) => {
    const { status, code } = await call('POST', '/v1/appraise', body)
    expect({ status, code }).toEqual({ status: 400, code: 'request.invalid' })
  })

  test('evidence that is not a document is refused with the code of its parser', async () => {
    const body = `{"evidence":{"format":"other"},"operatorSignature":"0x${'00'.repeat(65)}"}`
    const { status, code } = await call('POST', '/v1/appraise', body)
    expect({ status, code }).toEqual({ status: 422, code: 'document.malformed' })
  })

  test('bodies have a limit, and one of exactly that size is read', async () => {
    for (const [path, limit] of [
      ['/v1/appraise', MAX_APPRAISE_BYTES],
      ['/v1/appraise-node', MAX_APPRAISE_BYTES],
      ['/v1/sign-leases', MAX_SIGN_BYTES],
      ['/v1/sign-proofs', MAX_SIGN_BYTES],
    ] as const) {
      expect((await call('POST', path, ' '.repeat(limit))).code).toBe('request.invalid')
      const { status, code } = await call('POST', path, ' '.repeat(limit + 1))
      expect({ status, code }).toEqual({ status: 413, code: 'request.too-large' })
    }
  })

  test('at most 64 statements are signed at once, and the largest batch fits the limit', async () => {
    const { lease } = (await call('POST', '/v1/appraise', await appraiseBody())).json
    const most = {
      ...(lease as object),
      appId: '18446744073709551615',
      evidenceBlock: '1'.repeat(19),
    }
    const of = (count: number) =>
      JSON.stringify({ leases: Array.from({ length: count }, () => most) })
    expect((await call('POST', '/v1/sign-leases', of(64))).code).toBe('statement.differs')
    expect((await call('POST', '/v1/sign-leases', of(65))).code).toBe('request.invalid')
    expect((await call('POST', '/v1/sign-leases', of(0))).code).toBe('request.invalid')
  })
})

describe('what it shows', () => {
  test('who it is and what it sees', async () => {
    const { status, json } = await call('GET', '/v1/node')
    expect(status).toBe(200)
    const { number, hash, timestamp } = blockOf(network.world, 100n)
    expect(json).toEqual({
      nodeId: '2',
      statementKey: network.registered(2).statementKey,
      tlsKeyHash: node.tlsKeyHash,
      epoch: '4',
      finalized: toWire({ number, hash, timestamp }),
      simulated: true,
    })
    expect(timestamp).toBe(genesisSeconds + 100n)
  })

  test('its own evidence', async () => {
    const { text } = await call('GET', '/v1/evidence')
    expect(parseEvidenceDocument(text).subject).toMatchObject({ kind: 'node', role: 2, nodeId: 2n })
  })

  test('the evidence behind its last proofs by digest, and nothing under another name', async () => {
    expect(await call('GET', `/v1/evidence/${'ab'.repeat(32)}`)).toMatchObject({
      status: 200,
      json: { kept: true },
    })
    for (const name of ['cd'.repeat(32), '..%2fkeys'])
      expect(await call('GET', `/v1/evidence/${name}`)).toMatchObject({
        status: 404,
        json: { error: { code: 'evidence.unknown' } },
      })
  })

  test('its health and metrics', async () => {
    expect(await call('GET', '/health')).toMatchObject({
      status: 200,
      json: { ok: true, conditions: [] },
    })
    const condition = {
      code: 'node.not-proven',
      severity: 'error',
      text: 't',
      remedy: 'r',
    } as const
    node.conditions = [condition]
    expect(await call('GET', '/health')).toMatchObject({
      status: 503,
      json: { ok: false, conditions: [condition] },
    })
    node.conditions = []
    expect((await call('GET', '/metrics')).text).toBe('# none\n')
  })

  test('a call that there is not has a code too', async () => {
    expect(await call('GET', '/v1/share')).toMatchObject({ status: 404, code: 'request.unknown' })
    expect(await call('GET', '/v1/appraise')).toMatchObject({ status: 404 })
  })
})

test('nothing older than TLS 1.3 is spoken', async () => {
  const failure = await new Promise<Error | undefined>((resolve) => {
    const socket = connect({
      host: node.host,
      port: node.port,
      maxVersion: 'TLSv1.2',
      rejectUnauthorized: false,
    })
    socket.once('error', resolve)
    socket.once('secureConnect', () => resolve(undefined))
  })
  expect(failure?.message).toMatch(/alert|version|protocol/i)
})
