// The expected values of docs/reference/bindings.md, pinned, and that every field counts.
import { expect, test } from 'vitest'
import * as attestation from '../index.ts'
import { AttestationError, configDigest, frame, platformId, trustStoreDigest } from '../index.ts'
import { toHex } from '../bytes.ts'
import vectors from './vectors.json' with { type: 'json' }

type Vector = { name: string; input: unknown; expected: string }

/** Vectors write bigint as `123n` and bytes as `bytes:` and hex. */
function revive(value: unknown): unknown {
  if (typeof value === 'string' && /^[0-9]+n$/.test(value)) return BigInt(value.slice(0, -1))
  if (typeof value === 'string' && value.startsWith('bytes:'))
    return new Uint8Array(Buffer.from(value.slice(6), 'hex'))
  if (Array.isArray(value)) return value.map(revive)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, revive(v)]))
  return value
}

function compute(vector: Vector): string {
  const binding = attestation[vector.name as keyof typeof attestation] as unknown as (
    ...args: unknown[]
  ) => string | Uint8Array
  const result = binding(...(revive(vector.input) as unknown[]))
  return typeof result === 'string' ? result : toHex(result)
}

test.each(vectors.vectors as Vector[])('$name gives its pinned value', (vector) => {
  expect(compute(vector)).toBe(vector.expected)
})

/** Every input with one leaf changed, none out of range. */
function* changed(value: unknown): Generator<unknown> {
  if (typeof value === 'bigint') yield value + 1n
  else if (typeof value === 'number') yield value === 1 ? 2 : value + 1
  else if (typeof value === 'string' && value.startsWith('0x'))
    yield `${value.slice(0, -1)}${value.endsWith('1') ? '2' : '1'}`
  else if (value instanceof Uint8Array) yield Uint8Array.of(...value.subarray(1), 99)
  else if (Array.isArray(value))
    for (const [i, part] of value.entries())
      for (const other of changed(part)) yield value.with(i, other)
  else if (typeof value === 'object' && value !== null)
    for (const [key, part] of Object.entries(value))
      for (const other of changed(part)) yield { ...value, [key]: other }
}

test.each((vectors.vectors as Vector[]).filter((v) => v.name !== 'mrConfigId'))(
  '$name depends on every field',
  (vector) => {
    const binding = attestation[vector.name as keyof typeof attestation] as unknown as (
      ...args: unknown[]
    ) => string | Uint8Array
    const values = new Set([vector.expected])
    let count = 1
    for (const input of changed(revive(vector.input))) {
      const result = binding(...(input as unknown[]))
      values.add(typeof result === 'string' ? result : toHex(result))
      count++
    }
    expect(values.size).toBe(count)
  },
)

test('a frame cannot be read as another list of fields', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const all = [
    frame('t'),
    frame('t', bytes('')),
    frame('t', bytes('ab')),
    frame('t', bytes('a'), bytes('b')),
    frame('ta', bytes('b')),
  ].map(toHex)
  expect(new Set(all).size).toBe(all.length)
})

const refuses = (call: () => unknown) => {
  expect(call).toThrow(AttestationError)
  expect(call).toThrow(expect.objectContaining({ code: 'binding.invalid' }))
}

test('integers out of range and hex of another length are refused', () => {
  const good = revive(vectors.vectors.find((v) => v.name === 'configDigest')?.input) as [
    Parameters<typeof configDigest>[0],
  ]
  const [input] = good
  expect(configDigest({ ...input, version: 0xffff_ffff })).toMatch(/^0x/)
  refuses(() => configDigest({ ...input, version: 0x1_0000_0000 }))
  refuses(() => configDigest({ ...input, version: 1.5 }))
  refuses(() => configDigest({ ...input, appId: -1n }))
  refuses(() => configDigest({ ...input, appId: 1n << 64n }))
  refuses(() => configDigest({ ...input, cloud: '0x00' }))
  refuses(() => configDigest({ ...input, cloud: `0x${'zz'.repeat(20)}` }))
})

test('an absent network key is two points of zero bytes, and addresses may be written in any case', () => {
  const [input] = revive(vectors.vectors.find((v) => v.name === 'configDigest')?.input) as [
    Parameters<typeof configDigest>[0],
  ]
  const { networkKey: _, ...without } = input
  const zero = `0x${'00'.repeat(33)}` as const
  expect(configDigest(without)).toBe(configDigest({ ...input, networkKey: { Y: zero, S: zero } }))
  const cloud = `0x${input.cloud.slice(2).toUpperCase()}` as const
  expect(configDigest({ ...input, cloud })).toBe(configDigest(input))
})

test('an all-zero PPID names no machine', () => {
  refuses(() =>
    platformId({
      platform: 'tdx',
      chainId: 1n,
      subnet: `0x${'11'.repeat(20)}`,
      ppid: `0x${'00'.repeat(16)}`,
    }),
  )
})

test('a trust store has the same digest in any order, none when empty or when a root is twice in it', () => {
  const [a, b] = [Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3)]
  expect(trustStoreDigest([a, b])).toBe(trustStoreDigest([b, a]))
  refuses(() => trustStoreDigest([]))
  refuses(() => trustStoreDigest([a, b, Uint8Array.of(1, 2)]))
})
