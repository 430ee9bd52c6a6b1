// Bodies found in calldata: the one with the digest of the event, and nothing else.
import { keysAbi } from '@wetee/chain'
import fc from 'fast-check'
import {
  bytesToHex,
  concat,
  encodeFunctionData,
  hexToBytes,
  keccak256,
  padHex,
  type Abi,
  type Hex,
} from 'viem'
import { expect, test } from 'vitest'
import type { MessageKind } from '../chain/chain-view.ts'
import { bodyInCalldata } from './bodies.ts'

const abi: Abi = keysAbi
const kinds: readonly MessageKind[] = ['register', 'deal', 'complain', 'reveal', 'recover']
const signature = `0x${'5a'.repeat(65)}` as const

function callOf(kind: MessageKind, body: Hex): Hex {
  const about = kind === 'complain' || kind === 'recover' ? [2] : []
  return encodeFunctionData({ abi, functionName: kind, args: [7n, 1, ...about, body, signature] })
}

test('a body of each kind is found, direct or inside another call', () => {
  for (const kind of kinds) {
    const body = bytesToHex(new Uint8Array(90).fill(3))
    const call = callOf(kind, body)
    const event = { kind, bodyDigest: keccak256(body) }
    const wrapped = concat(['0x12345678', padHex('0x20'), padHex('0x44'), call])
    for (const calldata of [call, wrapped])
      expect(bytesToHex(bodyInCalldata(calldata, event)!)).toBe(body)
  }
})

test('of several calls in one transaction the one with the digest is taken', () => {
  const bodies = [1, 2, 3].map((byte) => bytesToHex(new Uint8Array(40).fill(byte)))
  const calldata = concat(bodies.map((body) => callOf('complain', body)))
  for (const body of bodies) {
    const event = { kind: 'complain', bodyDigest: keccak256(body) } as const
    expect(bytesToHex(bodyInCalldata(calldata, event)!)).toBe(body)
  }
})

test('a body of another digest or kind is none', () => {
  const body = bytesToHex(new Uint8Array(40).fill(1))
  const bodyDigest = keccak256(body)
  expect(bodyInCalldata(callOf('deal', '0x01'), { kind: 'deal', bodyDigest })).toBeUndefined()
  expect(bodyInCalldata(callOf('reveal', body), { kind: 'deal', bodyDigest })).toBeUndefined()
  const call = callOf('deal', body)
  expect(bodyInCalldata(call.slice(0, -64) as Hex, { kind: 'deal', bodyDigest })).toBeUndefined()
})

test('a dealing is whole, a remark that is too long is kept as one that is wrong', () => {
  const body = bytesToHex(new Uint8Array(8_192).fill(9))
  const bodyDigest = keccak256(body)
  const found = (kind: MessageKind) =>
    bodyInCalldata(callOf(kind, body), { kind, bodyDigest })?.length
  expect(found('deal')).toBe(8_192)
  expect(found('complain')).toBe(98)
  const larger = bytesToHex(new Uint8Array(8_193).fill(9))
  const event = { kind: 'deal', bodyDigest: keccak256(larger) } as const
  expect(bodyInCalldata(callOf('deal', larger), event)).toBeUndefined()
})

test('whatever the calldata is, what comes out has the digest that was asked for', () => {
  const body = bytesToHex(new Uint8Array(97).fill(4))
  const whole = callOf('deal', body)
  const bodyDigest = keccak256(body)
  fc.assert(
    fc.property(fc.nat(whole.length / 2 - 2), fc.nat(255), fc.nat(400), (at, byte, cut) => {
      const bytes = Buffer.from(whole.slice(2), 'hex')
      bytes[at] = byte
      const calldata = bytesToHex(bytes.subarray(0, bytes.length - (cut < 40 ? cut : 0)))
      const found = bodyInCalldata(calldata, { kind: 'deal', bodyDigest })
      expect(found === undefined || keccak256(found) === bodyDigest).toBe(true)
    }),
    { numRuns: 300, seed: 4 },
  )
})

test('ATTACK of calldata that is full of selectors only the first 64 are looked at', () => {
  const body = bytesToHex(new Uint8Array(97).fill(4))
  const whole = callOf('deal', body).slice(2)
  const event = { kind: 'deal', bodyDigest: keccak256(body) } as const
  const after = (selectors: number): Hex => `0x${whole.slice(0, 8).repeat(selectors)}${whole}`
  expect(bodyInCalldata(after(63), event)).toEqual(hexToBytes(body))
  expect(bodyInCalldata(after(64), event)).toBeUndefined()
})
