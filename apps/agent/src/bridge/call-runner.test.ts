// Calls against a real application on loopback: what is carried out, once, and what is answered in place of it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { encodeArguments, parseDefinition, serializeDefinition } from '@wetee/bridge'
import { callResultTypedData } from '@wetee/chain'
import { bridgeCall, statementOf } from '@wetee/chain/testing/bridge-calls'
import {
  decodeAbiParameters,
  keccak256,
  recoverTypedDataAddress,
  sha256,
  stringToBytes,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { CallRunner, type AskedCall, type SignedResult } from './call-runner.ts'
import type { StatedCall } from './collect-calls.ts'
import { callApplication, MAX_ANSWER_BYTES } from './http-call.ts'

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

const account = privateKeyToAccount(`0x${'4'.repeat(64)}`)
const bridge = `0x${'b1'.repeat(20)}` as const
const caller = `0x${'ca'.repeat(20)}` as const

let handler: Handler
let port: number
let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[]
let stated: Map<bigint, StatedCall>
let asks: number
let closed: string | undefined
let close: () => void

beforeEach(async () => {
  seen = []
  asks = 0
  closed = undefined
  stated = new Map()
  handler = (_, response) => response.end('{"price":"7.25"}')
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { method = '', url = '', headers } = request
      seen.push({ method, url, headers, body })
      handler(request, response, body)
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  port = (server.address() as AddressInfo).port
  close = () => {
    server.closeAllConnections()
    server.close()
  }
})
afterEach(() => close())

function runner(timeoutMs?: number, call?: typeof callApplication): CallRunner {
  return new CallRunner({
    ...{ chainId: 31_337n, account, nowSeconds: () => 900 },
    refusal: () => closed,
    stated: (asked) => {
      asks++
      const call = stated.get(asked.callId)
      return call ? Promise.resolve(call) : Promise.reject(new Error('not stated'))
    },
    call:
      call ??
      ((target, request, options) =>
        callApplication(
          target,
          request,
          timeoutMs === undefined ? options : { ...options, timeoutMs },
        )),
    log: createLog(
      () => undefined,
      () => 0,
    ),
  })
}

const price = { name: 'price', type: 'uint256', pointer: '/price', decimals: 2 } as const

/** A call that a quorum has stated. */
function open(
  callId: bigint,
  given: Partial<Parameters<typeof serializeDefinition>[0]> = {},
  symbol = 'DOT',
  maxPayloadBytes = 256,
): AskedCall {
  const definition = serializeDefinition({
    ...{ format: 'wetee/api/v1', name: 'price', method: 'GET', path: '/price/{symbol}', port },
    request: [{ name: 'symbol', type: 'string', in: 'path' }],
    response: [price],
    ...given,
  })
  const args = encodeArguments(parseDefinition(definition), [symbol])
  const call = bridgeCall(callId, {
    ...{ caller, maxPayloadBytes, argsDigest: keccak256(args) },
    definitionDigest: sha256(stringToBytes(definition)),
  })
  stated.set(callId, { ...statementOf(call), bridge })
  return { call, definition, args }
}

const textOf = ({ payload }: SignedResult) => decodeAbiParameters([{ type: 'string' }], payload)[0]
const numberOf = ({ payload }: SignedResult) =>
  decodeAbiParameters([{ type: 'uint256' }], payload)[0]

test('a call becomes one request of the application, its answer a payload that the instance signs', async () => {
  const result = await runner().answer(open(5n, {}, 'a/b'))
  expect(seen).toMatchObject([{ method: 'GET', url: '/price/a%2Fb', body: '' }])
  expect(seen[0]?.headers).toEqual({
    ...{ accept: 'application/json', 'accept-encoding': 'identity', connection: 'close' },
    ...{ host: `127.0.0.1:${port}`, 'wetee-call-id': `31337-${bridge}-5`, 'wetee-caller': caller },
  })
  expect(numberOf(result)).toBe(725n)
  const { callId, apiVersion, status, payload, signature } = result
  expect({ callId, apiVersion, status }).toEqual({ callId: 5n, apiVersion: 2, status: 200 })
  const typedData = callResultTypedData(
    { chainId: 31_337, contracts: { bridge } },
    { callId, apiVersion, status, payloadDigest: keccak256(payload) },
  )
  expect(await recoverTypedDataAddress({ ...typedData, signature })).toBe(account.address)
})

test('a call that is asked for again, at once or later, gives the same result of one request', async () => {
  const calls = runner()
  const asked = open(5n)
  const [first, second] = await Promise.all([calls.answer(asked), calls.answer(asked)])
  expect(await calls.answer(asked)).toBe(first)
  expect(second).toBe(first)
  expect(seen).toHaveLength(1)
  expect(asks).toBe(1)
})

test('ATTACK what no quorum states is not carried out', async () => {
  const asked = open(5n)
  stated.clear()
  await expect(runner().answer(asked)).rejects.toThrow('not stated')
  expect(seen).toEqual([])
})

test('ATTACK a host that brings another definition or other arguments has nothing carried out, and the right ones still are', async () => {
  const calls = runner()
  const asked = open(5n)
  const other = open(6n, { method: 'DELETE' })
  const { args } = open(7n, {}, 'KSM')
  await expect(calls.answer({ ...asked, definition: other.definition })).rejects.toMatchObject({
    code: 'call.definition-differs',
  })
  await expect(calls.answer({ ...asked, args })).rejects.toMatchObject({
    code: 'call.arguments-differ',
  })
  expect(seen).toEqual([])
  expect(numberOf(await calls.answer(asked))).toBe(725n)
})

test('an instance that is not attested carries nothing out, but says again what came of a call', async () => {
  const calls = runner()
  const result = await calls.answer(open(5n))
  closed = 'lease.lapsed'
  await expect(calls.answer(open(6n))).rejects.toMatchObject({ code: 'agent.not-attested' })
  expect(await calls.answer(open(5n))).toBe(result)
})

test.each<[string, Handler, number, string]>([
  [
    'an error of the application',
    (_, r) => r.writeHead(404).end('no such coin'),
    404,
    'no such coin',
  ],
  [
    'a redirect, which is not followed',
    (_, r) => r.writeHead(302, { location: 'http://127.0.0.1:1/' }).end('there'),
    302,
    'there',
  ],
  ['what is not JSON', (_, r) => r.end('<html>'), 604, 'not JSON'],
  ['a field that is missing', (_, r) => r.end('{}'), 604, 'nothing at /price'],
  ['a number that does not fit', (_, r) => r.end('{"price":-1}'), 604, 'uint256'],
  [
    'a body that is compressed',
    (_, r) => r.setHeader('content-encoding', 'gzip').end('x'),
    604,
    'compressed',
  ],
  ['a status of the agent', (_, r) => r.writeHead(605).end('{"price":1}'), 604, 'status 605'],
  ['a connection that is closed', (_, r) => void r.destroy(), 601, 'did not answer'],
  [
    'a body that is cut',
    (_, r) => {
      r.writeHead(200, { 'content-length': 100 }).write('{"pri')
      setImmediate(() => r.destroy())
    },
    601,
    'did not answer',
  ],
  [
    'a head that is too long',
    (_, r) => r.setHeader('x', 'y'.repeat(20_000)).end('{"price":1}'),
    601,
    'did not answer',
  ],
  ['a huge answer', (_, r) => r.end(Buffer.alloc(MAX_ANSWER_BYTES + 1)), 603, 'bytes'],
])('ATTACK %s is an answer with a status and a text', async (_, behave, status, words) => {
  handler = behave
  const result = await runner().answer(open(5n))
  expect(result.status).toBe(status)
  expect(textOf(result)).toContain(words)
})

test('ATTACK an application that does not come to an end is given up', async () => {
  handler = (_, response) => {
    response.write('{"price":')
    const timer = setInterval(() => response.write(' '), 5)
    response.on('close', () => clearInterval(timer))
  }
  expect(await runner(100).answer(open(5n))).toMatchObject({ status: 602 })
})

test('an application that is down is said to be', async () => {
  const asked = open(5n)
  close()
  expect(await runner().answer(asked)).toMatchObject({ status: 601 })
})

test('arguments and definitions that are none are answered without asking the application', async () => {
  const asked = open(5n)
  const args = '0x00' as const
  stated.set(5n, { ...stated.get(5n)!, argsDigest: keccak256(args) })
  expect(await runner().answer({ ...asked, args })).toMatchObject({ status: 605 })
  const definition = '{"format":"wetee/api/v1"}'
  stated.set(6n, {
    ...stated.get(5n)!,
    callId: 6n,
    definitionDigest: sha256(stringToBytes(definition)),
  })
  expect(await runner().answer({ call: bridgeCall(6n), definition, args })).toMatchObject({
    status: 606,
  })
  expect(seen).toEqual([])
})

test('ATTACK a payload beyond what the call pays for is cut down to a text that fits', async () => {
  const response = [{ name: 'all', type: 'string', from: 'body' }] as const
  handler = (_, answer) => answer.end('x'.repeat(500))
  const result = await runner().answer(open(5n, { response: [...response] }))
  expect(result).toMatchObject({ status: 603 })
  expect(result.payload.length).toBeLessThanOrEqual(2 + 2 * 256)
})

test('of an answer whose digest goes on chain the bytes come beside it', async () => {
  const response = [{ name: 'digest', type: 'bytes32', from: 'digest' }] as const
  handler = (_, answer) => answer.end('large')
  const result = await runner().answer(open(5n, { response: [...response] }))
  expect(result.payload).toBe(sha256(stringToBytes('large')))
  expect(Buffer.from(result.body ?? []).toString()).toBe('large')
})

test('at most 32 requests are open at the application', async () => {
  const waiting: (() => void)[] = []
  const body = stringToBytes('{"price":1}')
  const calls = runner(undefined, () => {
    const { promise, resolve } = Promise.withResolvers<{ status: number; body: Uint8Array }>()
    waiting.push(() => resolve({ status: 200, body }))
    return promise
  })
  let isDone = false
  const asked = Array.from({ length: 100 }, (_, n) => calls.answer(open(BigInt(n + 1))))
  const all = Promise.all(asked).finally(() => (isDone = true))
  const begun: number[] = []
  while (!isDone) {
    // What may begin has begun.
    await new Promise((resolve) => setImmediate(resolve))
    begun.push(waiting.length)
    for (const answer of waiting.splice(0)) answer()
  }
  expect(await all).toHaveLength(100)
  expect(Math.max(...begun)).toBe(32)
})
