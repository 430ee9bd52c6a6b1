// Typed fields of signed JSON at their bounds.
import { expect, test } from 'vitest'
import { JsonFields } from './json-fields.ts'

const of = (value: unknown) => new JsonFields(value, 'tcb-info.malformed', 'test')
const malformed = expect.objectContaining({ code: 'tcb-info.malformed' }) as Error

test('texts and lists are bounded', () => {
  expect(of({ a: 'x'.repeat(256) }).text('a')).toHaveLength(256)
  expect(() => of({ a: 'x'.repeat(257) }).text('a')).toThrow(malformed)
  expect(of({ a: [{}, {}] }).objects('a', 2)).toHaveLength(2)
  expect(() => of({ a: [{}, {}, {}] }).objects('a', 2)).toThrow(malformed)
  expect(of({ a: ['x'.repeat(64)] }).texts('a', 1)).toHaveLength(1)
  expect(() => of({ a: ['x'.repeat(65)] }).texts('a', 1)).toThrow(malformed)
  expect(() => of({ a: ['x', 'x'] }).texts('a', 1)).toThrow(malformed)
})

test('integers are whole, in range and numbers', () => {
  expect([0, 255].map((a) => of({ a }).integer('a', 255))).toEqual([0, 255])
  for (const a of [-1, 256, 0.5, Number.NaN, Infinity, '1', null, [1], 2 ** 53])
    expect(() => of({ a }).integer('a', 255)).toThrow(malformed)
})

test('what a value inherits is no field', () => {
  const inherited = of(Object.create({ a: 'text' }))
  expect(inherited.has('a')).toBe(false)
  expect(() => inherited.text('a')).toThrow(malformed)
  expect(inherited.texts('a', 1)).toEqual([])
  for (const value of [null, [], 'text', 1]) expect(() => of(value)).toThrow(malformed)
})
