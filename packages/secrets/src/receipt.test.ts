// Receipts and their tree: RFC 9162 as it is written down, proofs for every leaf of every size, and nothing else proves.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  merkleProof,
  merkleRoot,
  parseReceipt,
  receiptLeaf,
  receiptStatement,
  serializeReceipt,
  verifyMerkleProof,
  type Hex,
  type Receipt,
} from './index.ts'

const receipt: Receipt = {
  number: '1',
  at: 1_780_000_000,
  block: '100',
  epoch: '4',
  appId: '7',
  version: 1,
  replica: 0,
  instanceKey: `0x${'aa'.repeat(20)}`,
  requestId: `0x${'bb'.repeat(32)}`,
  items: [
    { kind: 'secret', appId: '7', name: 'token', version: 1, digest: 'cc'.repeat(32) },
    { kind: 'key', path: 'disk/data' },
  ],
}
const leaves = (count: number) => Array.from({ length: count }, (_, n) => receiptLeaf(`leaf ${n}`))
const hash = (...parts: (Uint8Array | number)[]) =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : part))))
    .digest()

/** The definition of RFC 9162 section 2.1.1, word for word. */
function rootByDefinition(all: readonly Uint8Array[]): Uint8Array {
  if (all.length === 1) return hash(0, all[0]!)
  let k = 1
  while (2 * k < all.length) k *= 2
  return hash(1, rootByDefinition(all.slice(0, k)), rootByDefinition(all.slice(k)))
}

test('a receipt is read as it was written', () => {
  const text = serializeReceipt(receipt)
  expect(parseReceipt(text)).toEqual(receipt)
  expect(() => parseReceipt(` ${text}`)).toThrow(
    expect.objectContaining({ code: 'receipt.invalid' }),
  )
})

test('a receipt has one text, whatever the order of its fields', () => {
  const upsideDown = <T extends object>(value: T) =>
    Object.fromEntries(Object.entries(value).toReversed()) as T
  const turned = upsideDown({ ...receipt, items: receipt.items.map(upsideDown) })
  expect(serializeReceipt(turned)).toBe(serializeReceipt(receipt))
})

describe('a receipt is refused', () => {
  test.each([
    ['without items', { items: [] }],
    ['with number 0', { number: '0' }],
    ['with a time that is no number', { at: Number.NaN }],
    ['with a wrong key', { instanceKey: '0xaa' }],
    ['with another kind', { items: [{ kind: 'other', path: 'a' }] }],
    ['with an unknown field', { plaintext: 'x' }],
  ])('%s', (_, change) => {
    expect(() => serializeReceipt({ ...receipt, ...change } as Receipt)).toThrow(
      expect.objectContaining({ code: 'receipt.invalid' }),
    )
  })
})

test('what is signed names chain, Subnet and node', () => {
  const place = { chainId: 1n, subnet: `0x${'5b'.repeat(20)}`, nodeId: 1n } as const
  const text = serializeReceipt(receipt)
  const signed = [
    receiptStatement(place, text),
    receiptStatement({ ...place, chainId: 2n }, text),
    receiptStatement({ ...place, nodeId: 2n }, text),
    receiptStatement({ ...place, subnet: `0x${'5c'.repeat(20)}` }, text),
    receiptStatement(place, `${text} `),
  ]
  expect(new Set(signed).size).toBe(signed.length)
})

test('the root is that of the definition, and every leaf has a proof', () => {
  for (const count of [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33]) {
    const all = leaves(count)
    const root = merkleRoot(all)
    expect(root).toBe(`0x${Buffer.from(rootByDefinition(all)).toString('hex')}`)
    for (const [position, leaf] of all.entries()) {
      const proof = merkleProof(all, position)
      expect(
        verifyMerkleProof({ leaf, position, count, proof, root }),
        `${position}/${count}`,
      ).toBe(true)
    }
  }
})

// Not another count: what a root is of stands beside it on chain.
test('no other leaf, place, proof or root is proven', () => {
  for (const count of [1, 2, 3, 5, 8]) {
    const all = leaves(count)
    const root = merkleRoot(all)
    for (const [position, leaf] of all.entries()) {
      const proof = merkleProof(all, position)
      const claim = { leaf, position, count, proof, root }
      const zero: Hex = `0x${'00'.repeat(32)}`
      const lies: Partial<typeof claim>[] = [
        { leaf: receiptLeaf('other') },
        { position: position + 1 },
        { position: -1 },
        { position: 0.5 },
        { count: 0 },
        { proof: [...proof, zero] },
        { root: zero },
        ...proof.map((_, at) => ({ proof: proof.map((it, place) => (place === at ? zero : it)) })),
        ...(proof.length > 0 ? [{ proof: proof.slice(1) }, { proof: proof.slice(0, -1) }] : []),
        ...(proof.length > 1 ? [{ proof: [...proof].reverse() }] : []),
      ]
      for (const lie of lies)
        expect(
          verifyMerkleProof({ ...claim, ...lie }),
          JSON.stringify({ position, count, lie }),
        ).toBe(false)
    }
  }
})

test('an inner node is no leaf', () => {
  const all = leaves(4)
  const inner = hash(1, hash(0, all[0]!), hash(0, all[1]!))
  const other = hash(1, hash(0, all[2]!), hash(0, all[3]!))
  const proof: Hex[] = [`0x${other.toString('hex')}`]
  expect(
    verifyMerkleProof({ leaf: inner, position: 0, count: 2, proof, root: merkleRoot(all) }),
  ).toBe(false)
})

test('no tree without leaves, no leaf of another length', () => {
  expect(() => merkleRoot([])).toThrow(expect.objectContaining({ code: 'argument.invalid' }))
  expect(() => merkleRoot([new Uint8Array(31)])).toThrow(
    expect.objectContaining({ code: 'argument.invalid' }),
  )
  expect(() => merkleProof(leaves(2), 2)).toThrow(
    expect.objectContaining({ code: 'argument.invalid' }),
  )
})
