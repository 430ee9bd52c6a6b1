// Receipts of all nodes: which are in a posted root, and what a node that lies about them looks like.
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createTlsIdentity } from '@wetee/certificates'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { nodeTransport } from '../node/transport.ts'
import {
  emptyWorld,
  jsonAnswer,
  memoryNetwork,
  type Answers,
  type World,
} from '../testing/memory-network.ts'
import { ReceiptNode, seatNodes, secretItem } from '../testing/receipt-node.ts'
import { auditReceipts, type ReceiptAudit, type ReceiptOptions } from './index.ts'

let world: World
let one: ReceiptNode
let two: ReceiptNode
beforeEach(() => {
  world = emptyWorld()
  one = new ReceiptNode(1n)
  two = new ReceiptNode(2n)
})

const audit = (options: ReceiptOptions = {}, away: bigint[] = []) =>
  auditReceipts(memoryNetwork(world, seatNodes(world, [one, two], away)), options)
const states = ({ receipts }: ReceiptAudit, nodeId = 1n) =>
  Object.fromEntries(
    receipts
      .filter((receipt) => receipt.nodeId === nodeId)
      .map(({ receipt, state }) => [receipt.number, state]),
  )
const faults = ({ nodes }: ReceiptAudit, at = 0) => nodes[at]?.faults ?? []
const codes = (result: ReceiptAudit, at = 0) => faults(result, at).map(({ code }) => code)
const problem = (result: ReceiptAudit, at = 0) => result.nodes[at]?.problem?.code
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

describe('what honest nodes show', () => {
  test('each receipt is signed, and in a posted root or not posted yet', async () => {
    for (const node of [one, two]) {
      for (let n = 0; n < 3; n += 1) node.release()
      node.post(world)
      node.release()
      node.post(world)
      node.release()
    }
    const result = await audit()
    for (const nodeId of [1n, 2n])
      expect(states(result, nodeId)).toEqual({
        ...{ 1: 'posted', 2: 'posted', 3: 'posted', 4: 'posted', 5: 'pending' },
      })
    expect(result).toMatchObject({
      ok: true,
      block: { number: 100n },
      nodes: [
        { nodeId: 1n, answered: true, pinned: true, first: 1n, last: 5n, newest: 5n, posted: 4n },
        { nodeId: 2n, faults: [] },
      ],
    })
    const numbers = result.receipts.map(({ nodeId, receipt }) => `${nodeId}/${receipt.number}`)
    expect(numbers.slice(0, 4)).toEqual(['1/5', '2/5', '1/4', '2/4'])
    expect(result.receipts[2]?.root).toMatchObject({ first: 4n, last: 4n, blockNumber: 95n })
    expect(result.receipts[0]).not.toHaveProperty('root')
  })

  test('an application sees who read it and what it read; a name is of its secret alone', async () => {
    one.release({ appId: '7', items: [secretItem('7', 'db')] })
    one.release({ appId: '9', items: [secretItem('7', 'db'), secretItem('9', 'db')] })
    one.release({ appId: '9', items: [secretItem('9', 'db')] })
    one.release({ appId: '7', items: [secretItem('9', 'db')] })
    one.release({ appId: '7', items: [{ kind: 'key', path: 'db' }] })
    one.post(world)
    const numbers = async (options: ReceiptOptions) => Object.keys(states(await audit(options)))
    expect(await numbers({})).toEqual(['1', '2', '3', '4', '5'])
    expect(await numbers({ appId: 7n })).toEqual(['1', '2', '4', '5'])
    expect(await numbers({ appId: 7n, name: 'db' })).toEqual(['1', '2'])
    expect(await numbers({ name: 'db' })).toEqual(['1', '2', '3', '4'])
    expect(await numbers({ appId: 8n })).toEqual([])
  })

  test('many pages are read to the end, or the newest of them, and parts of a root are proven', async () => {
    for (let n = 0; n < 200; n += 1) one.release({ appId: n % 50 === 0 ? '7' : '9', items: key })
    one.post(world)
    const all = await audit({ appId: 7n })
    expect(states(all)).toEqual({ 1: 'posted', 51: 'posted', 101: 'posted', 151: 'posted' })
    const newest = await audit({ appId: 7n, limit: 70 })
    expect(newest.nodes[0]).toMatchObject({ first: 131n, last: 200n, newest: 200n, faults: [] })
    expect(states(newest)).toEqual({ 151: 'posted' })
    const middle = await audit({ appId: 7n, first: 50n, limit: 60 })
    expect(middle.nodes[0]).toMatchObject({ first: 50n, last: 109n, faults: [] })
    expect(states(middle)).toEqual({ 51: 'posted', 101: 'posted' })
    expect((await audit({ first: 500n })).nodes[0]).toMatchObject({ newest: 200n, faults: [] })
  })

  test('nodes that do not answer are listed and the others are shown; none at all is an error', async () => {
    one.release()
    const result = await audit({}, [2n])
    expect(states(result)).toEqual({ 1: 'pending' })
    expect(result).toMatchObject({
      ok: true,
      nodes: [{ answered: true }, { answered: false, problem: { code: 'transport.failed' } }],
    })
    await expect(audit({}, [1n, 2n])).rejects.toMatchObject({
      ...{ code: 'receipt.no-node', retryable: true },
    })
    const young = emptyWorld()
    young.views.set('quorum.latestEpoch()', 0n)
    await expect(auditReceipts(memoryNetwork(young))).rejects.toThrow(code('receipt.no-node'))
  })

  test('members of earlier committees are asked, and any node that has posted roots, and no others', async () => {
    const [three, four] = [new ReceiptNode(3n), new ReceiptNode(4n)]
    const all = [one, two, three, four]
    for (const node of all) node.release()
    three.post(world)
    const answers = seatNodes(world, all)
    const seats = { 1: true, 2: false, 3: false, 4: false }
    for (const [id, seated] of Object.entries(seats))
      world.views.set(`quorum.isSeated(${id})`, seated)
    world.views.set('quorum.latestEpoch()', 18n)
    for (let epoch = 1; epoch <= 18; epoch += 1)
      world.views.set(`quorum.committee(${epoch})`, [[1n, ...(epoch === 3 ? [2n] : [])], 1])
    // The oldest committees are out of reach.
    world.views.set('quorum.committee(2)', [[4n], 1])
    const result = await auditReceipts(memoryNetwork(world, answers))
    expect(result.nodes.map(({ nodeId, seated, answered }) => [nodeId, seated, answered])).toEqual([
      [1n, true, true],
      [2n, false, true],
      [3n, false, true],
    ])
  })

  test('where old events cannot be had, a receipt is unchecked and not called unposted', async () => {
    one.release()
    one.post(world)
    one.release()
    world.events.clear()
    const result = await audit()
    expect(states(result)).toEqual({ 1: 'unchecked', 2: 'pending' })
    expect(result.ok).toBe(true)
  })

  test('what a node may have thrown away by its age is not missed, and what it may not is', async () => {
    for (let n = 0; n < 20; n += 1) one.release({ items: key })
    one.post(world)
    one.newest = 2_000_010
    one.kept[2] = undefined
    const old = await audit({ first: 1n, limit: 20 })
    expect(old.nodes[0]).toMatchObject({ first: 1n, last: 20n, faults: [] })
    expect(new Set(Object.values(states(old)))).toEqual(new Set(['unchecked']))
    one.kept[11] = undefined
    expect(faults(await audit({ first: 1n, limit: 20, name: 'none' }))).toMatchObject([
      { code: 'receipt.missing', numbers: [{ first: 12n, last: 12n }] },
    ])
  })

  test('what is no question is refused before any node is asked', async () => {
    for (const options of [{ limit: 0 }, { limit: 262_145 }, { limit: 1.5 }, { first: 0n }])
      await expect(audit(options)).rejects.toThrow(code('argument.invalid'))
    await expect(audit({ name: '../db' })).rejects.toThrow(code('secret.name-invalid'))
    for (const known of ['', '{}', '{"receipts":[{}]}', '{"receipts":[{"nodeId":"1"}]}'])
      await expect(audit({ known })).rejects.toThrow(code('receipt.known-invalid'))
  })
})

const key = [{ kind: 'key', path: 'disk' } as const]

describe('ATTACK', () => {
  beforeEach(() => {
    for (let n = 0; n < 3; n += 1) one.release()
    two.release()
  })

  test('a forged signature is no signature of the node', async () => {
    one.bend = (entry) => ({ ...entry, signature: `0x${'11'.repeat(64)}1b` })
    const result = await audit()
    expect(states(result)).toEqual({ 1: 'unsigned', 2: 'unsigned', 3: 'unsigned' })
    expect(faults(result)).toMatchObject([
      { code: 'receipt.unsigned', count: 3n, numbers: [{ first: 1n, last: 3n }] },
    ])
    expect(result.ok).toBe(false)
    expect(states(result, 2n)).toEqual({ 1: 'pending' })
  })

  test('a receipt that somebody changed on the way is unsigned, whether it was asked for or not', async () => {
    one.bend = ({ receipt, signature }) => ({
      receipt: { ...(receipt as object), at: 5 },
      signature,
    })
    expect(codes(await audit())).toEqual(['receipt.unsigned'])
    expect(codes(await audit({ appId: 55n }))).toEqual(['receipt.unsigned'])
  })

  test('the signature of another node, or of this key for another node, is not this node’s', async () => {
    const receipt = one.kept[0]!
    for (const signature of [await two.sign(receipt, 1n), await one.sign(receipt, 2n)]) {
      one.bend = (entry) => (entry.receipt === receipt ? { ...entry, signature } : entry)
      expect(states(await audit())).toEqual({ 1: 'unsigned', 2: 'pending', 3: 'pending' })
    }
  })

  test('a receipt that is hidden is missing, and those beside it are in no root that can be seen', async () => {
    one.post(world)
    one.kept[1] = undefined
    const result = await audit()
    expect(states(result)).toEqual({ 1: 'contradicted', 3: 'contradicted' })
    expect(faults(result)).toMatchObject([
      { code: 'receipt.contradicted', count: 2n },
      { code: 'receipt.missing', count: 1n, numbers: [{ first: 2n, last: 2n }] },
    ])
  })

  test('a number that is left out is missing before any root is posted, too', async () => {
    one.kept[1] = undefined
    const result = await audit({ appId: 55n })
    expect(faults(result)).toMatchObject([
      { code: 'receipt.missing', text: 'it leaves out receipt 2' },
    ])
  })

  test('a node that names a newest number and shows less leaves out the rest', async () => {
    one.newest = 5
    const result = await audit()
    expect(faults(result)).toMatchObject([
      { code: 'receipt.missing', numbers: [{ first: 4n, last: 5n }], count: 2n },
    ])
  })

  test('the newest ones are hidden by a lower newest number: the roots on chain say otherwise', async () => {
    one.post(world)
    one.kept = one.kept.slice(0, 1)
    const result = await audit()
    expect(faults(result)).toContainEqual(
      expect.objectContaining({ code: 'receipt.missing', numbers: [{ first: 2n, last: 3n }] }),
    )
    one.kept = []
    expect(faults(await audit())).toMatchObject([{ code: 'receipt.missing', count: 3n }])
  })

  test('a receipt that is changed and signed anew contradicts the root over it', async () => {
    one.post(world)
    one.release()
    one.post(world)
    one.kept[1] = { ...one.kept[1]!, appId: '99', items: key }
    for (const options of [{}, { appId: 7n }, { appId: 55n }]) {
      const result = await audit(options)
      expect(faults(result)).toMatchObject([
        { code: 'receipt.contradicted', count: 3n, numbers: [{ first: 1n, last: 3n }] },
      ])
    }
    expect(states(await audit())).toEqual({
      ...{ 1: 'contradicted', 2: 'contradicted', 3: 'contradicted', 4: 'posted' },
    })
  })

  test('a changed receipt in a root that is read in part cannot be proven', async () => {
    one.post(world)
    one.kept[2] = { ...one.kept[2]!, version: 9 }
    const result = await audit({ limit: 1 })
    expect(states(result)).toEqual({ 3: 'contradicted' })
    expect(codes(result)).toEqual(['receipt.contradicted'])
  })

  test('receipts that trade places contradict the root', async () => {
    one.post(world)
    const [first, second] = [one.kept[0]!, one.kept[1]!]
    one.kept[0] = { ...second, number: '1' }
    one.kept[1] = { ...first, number: '2' }
    expect(codes(await audit())).toEqual(['receipt.contradicted'])
  })

  test('two receipts of one number, both signed, are shown as they are', async () => {
    const other = { ...one.kept[1]!, appId: '99', items: key }
    const signature = await one.sign(other)
    one.bend = (entry) =>
      entry.receipt === one.kept[1] ? [entry, { receipt: other, signature }] : entry
    const result = await audit()
    expect(faults(result)).toMatchObject([
      {
        code: 'receipt.two-of-one-number',
        numbers: [{ first: 2n, last: 2n }],
        evidence: [{ receipt: { appId: '7' } }, { receipt: { appId: '99' }, signature }],
      },
    ])
    one.post(world)
    const posted = (await audit()).receipts.filter(({ receipt: { number } }) => number === '2')
    expect(posted.map(({ receipt, state }) => [receipt.appId, state])).toEqual([
      ['7', 'posted'],
      ['99', 'contradicted'],
    ])
    // Somebody else's would accuse nobody.
    one.bend = (entry) =>
      entry.receipt === one.kept[1] ? [entry, { ...entry, receipt: other }] : entry
    expect(codes(await audit())).toEqual(['receipt.unsigned'])
  })

  test('what a node signed before is not forgotten: another receipt under its number, or none', async () => {
    const before = await audit()
    const known = JSON.stringify(before, (_, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    )
    one.release()
    expect((await audit({ known })).ok).toBe(true)
    one.kept[0] = { ...one.kept[0]!, appId: '99' }
    const changed = await audit({ known })
    expect(codes(changed)).toEqual(['receipt.two-of-one-number'])
    expect(faults(changed)[0]?.evidence).toHaveLength(2)
    one.kept = one.kept.slice(0, 2)
    expect(faults(await audit({ known }))).toMatchObject([
      { code: 'receipt.missing', numbers: [{ first: 3n, last: 3n }], evidence: [{}] },
      { code: 'receipt.two-of-one-number' },
    ])
    // A file that anybody may have written accuses nobody.
    const forged = known.replaceAll('"appId":"7"', '"appId":"8"')
    one.kept = [one.kept[0]!, one.kept[1]!, { ...before.receipts[0]!.receipt, number: '3' }]
    expect((await audit({ known: forged })).ok).toBe(true)
  })

  test('a page without end is read up to a bound', async () => {
    let asked = 0
    const answers = seatNodes(world, [one, two])
    const endless = (url: string) => async () => {
      asked += 1
      const first = Number(new URL(url).searchParams.get('first'))
      const receipt = { ...one.kept[0]!, number: String(first) }
      const entry = { receipt, signature: await one.sign(receipt) }
      return jsonAnswer({ last: '999999999999999', receipts: [entry] }, one.record().tlsKeyHash)
    }
    const network = memoryNetwork(world, withNode(answers, 1, endless))
    const result = await auditReceipts(network, { limit: 640 })
    expect(problem(result)).toBe('node.answer-invalid')
    expect(asked).toBeLessThan(40)
    expect(states(result, 2n)).toEqual({ 1: 'pending' })
  })

  test('large pages are read up to a bound for all of them', async () => {
    const padding = ' '.repeat(4_200_000)
    let asked = 0
    const large = (url: string) => async () => {
      asked += 1
      const number = new URL(url).searchParams.get('first')!
      const receipt = { ...one.kept[0]!, number }
      const page = { last: '5000', receipts: [{ receipt, signature: await one.sign(receipt) }] }
      const body = new TextEncoder().encode(JSON.stringify(page) + padding)
      return { status: 200, body, tlsKeyHash: one.record().tlsKeyHash }
    }
    const network = memoryNetwork(world, withNode(seatNodes(world, [one, two]), 1, large))
    const result = await auditReceipts(network)
    expect(problem(result)).toBe('node.too-much')
    expect(asked).toBe(16)
    expect(result.nodes[0]).toMatchObject({ first: 1n, newest: 5000n })
    expect(states(result, 2n)).toEqual({ 1: 'pending' })
  })

  test.each<[string, () => unknown]>([
    ['the same page again and again', () => ({ last: '900', receipts: [entryOf(1)] })],
    ['numbers that go back', () => ({ last: '3', receipts: [entryOf(2), entryOf(1), entryOf(3)] })],
    [
      'more than a page holds',
      () => ({ last: '65', receipts: Array.from({ length: 65 }, (_, at) => entryOf(at + 1)) }),
    ],
    [
      'a receipt with another field',
      () => ({ last: '1', receipts: [{ ...entryOf(1), receipt: { ...one.kept[0], more: 1 } }] }),
    ],
    [
      'a signature of another length',
      () => ({ last: '1', receipts: [{ ...entryOf(1), signature: '0x' }] }),
    ],
    ['a number that is none', () => ({ last: -1, receipts: [] })],
    ['a number beyond all numbers', () => ({ last: '9'.repeat(400), receipts: [] })],
    ['no page', () => []],
    ['nesting without end', () => nested(20_000)],
  ])('%s is no answer, and the other node is shown', async (_, page) => {
    const answers = seatNodes(world, [one, two])
    const bad = () => () => {
      const value = page()
      const body = new TextEncoder().encode(
        typeof value === 'string' ? value : JSON.stringify(value),
      )
      return { status: 200, body, tlsKeyHash: one.record().tlsKeyHash }
    }
    const result = await auditReceipts(memoryNetwork(world, withNode(answers, 1, bad)))
    expect(problem(result)).toBe('node.answer-invalid')
    expect(states(result, 2n)).toEqual({ 1: 'pending' })
  })

  test('whoever answers with another TLS key is not the node', async () => {
    const answers = seatNodes(world, [one, two])
    const stranger = (url: string) => async () => {
      const answer = await (answers[url] as () => Promise<object>)()
      return { ...answer, tlsKeyHash: two.record().tlsKeyHash } as never
    }
    const result = await auditReceipts(memoryNetwork(world, withNode(answers, 1, stranger)))
    expect(result.nodes[0]).toMatchObject({
      ...{ answered: false, problem: { code: 'node.key-differs' }, faults: [] },
    })
  })

  test('whatever JSON a node answers, the others are shown', async () => {
    const answers = seatNodes(world, [one, two])
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (value, receipt) => {
        for (const page of [value, { last: '1', receipts: [{ ...entryOf(1), receipt }] }]) {
          const any = () => () => Promise.resolve(jsonAnswer(page, one.record().tlsKeyHash))
          const result = await auditReceipts(memoryNetwork(world, withNode(answers, 1, any)))
          expect(problem(result)).toBe('node.answer-invalid')
          expect(states(result, 2n)).toEqual({ 1: 'pending' })
        }
      }),
      { numRuns: 30, seed: 5 },
    )
  })
})

const entryOf = (number: number) => ({
  receipt: { ...one.kept[0], number: String(number) },
  signature: `0x${'22'.repeat(65)}`,
})

/** A page, as text: a receipt in which an object is in an object, and so on. */
function nested(depth: number): string {
  const receipt = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
  return JSON.stringify({ last: '1', receipts: [{ ...entryOf(1), receipt: 0 }] }).replace(
    '"receipt":0',
    `"receipt":${receipt}`,
  )
}

/** The answers with those of one node replaced. */
function withNode(answers: Answers, id: number, answer: (url: string) => () => unknown): Answers {
  const get = (_: unknown, url: string | symbol) =>
    String(url).startsWith(`https://node-${id}.`) ? answer(String(url)) : answers[String(url)]
  return new Proxy<Answers>({}, { get })
}

describe('over real connections', () => {
  const closing: (() => void)[] = []
  afterEach(() => closing.splice(0).forEach((close) => close()))

  /** Serves a node by TLS; `body` replaces its answers. Returns its record on chain. */
  async function serve(node: ReceiptNode, body?: (write: (chunk: string) => boolean) => void) {
    const { keyPem, certPem, tlsKeyHash } = await createTlsIdentity({ commonName: 'test' })
    const server = createServer({ key: keyPem, cert: certPem, minVersion: 'TLSv1.3' })
    server.on('request', (request, response) => {
      if (body !== undefined) return body((chunk) => response.write(chunk))
      void node.answer(request.url ?? '').then((answer) => {
        response.writeHead(answer?.status ?? 404).end(answer?.body)
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => {
      server.closeAllConnections()
      server.close()
    })
    const endpoint = `127.0.0.1:${(server.address() as AddressInfo).port}`
    return node.record({ endpoint, tlsKeyHash })
  }

  const ask = async (
    records: ReturnType<ReceiptNode['record']>[],
    options: ReceiptOptions = {},
  ) => {
    seatNodes(world, [one, two])
    world.nodes = records
    return auditReceipts({ ...memoryNetwork(world), transport: nodeTransport() }, options)
  }

  test('a node with the registered TLS key is pinned', async () => {
    for (let n = 0; n < 70; n += 1) one.release()
    one.post(world)
    const result = await ask([await serve(one)])
    expect(result).toMatchObject({ ok: true, nodes: [{ pinned: true, last: 70n }] })
    expect(new Set(Object.values(states(result)))).toEqual(new Set(['posted']))
  })

  test('ATTACK another key at its address is a stranger', async () => {
    one.release()
    const [real, other] = [await serve(one), await serve(one)]
    const moved = { ...real, endpoint: other.endpoint }
    const result = await ask([moved, await serve(two)])
    expect(problem(result)).toBe('node.key-differs')
    expect(result.nodes[1]).toMatchObject({ answered: true })
  })

  test('ATTACK a huge body and a silent node end, and cost the others nothing', async () => {
    two.release()
    const huge = await serve(one, (write) => {
      const chunk = ' '.repeat(1_048_576)
      for (let n = 0; n < 16; n += 1) write(chunk)
    })
    const result = await ask([huge, await serve(two)])
    expect(result.nodes[0]).toMatchObject({ answered: false, problem: {} })
    expect(result.nodes[0]?.problem?.message).toMatch(/larger than 4228096/)
    expect(states(result, 2n)).toEqual({ 1: 'pending' })
    const silent = await serve(one, () => undefined)
    const waited = await ask([silent, await serve(two)], { timeoutMs: 300 })
    expect(problem(waited)).toBe('node.too-slow')
    expect(states(waited, 2n)).toEqual({ 1: 'pending' })
    const signal = AbortSignal.timeout(100)
    await expect(ask([silent], { signal })).rejects.toThrow(code('aborted'))
  })

  test('where the platform cannot see keys the signatures alone count, and that is said', async () => {
    one.release()
    const answers = seatNodes(world, [one])
    const blind = (url: string) => async () => {
      const { status, body } = (await (answers[url] as () => Promise<object>)()) as never
      return { status, body }
    }
    const result = await auditReceipts(memoryNetwork(world, withNode(answers, 1, blind)))
    expect(result).toMatchObject({ ok: true, nodes: [{ answered: true, pinned: false }] })
  })
})
