// Which processor line a model is of, at the edges of what CPUID says.
import { expect, test } from 'vitest'
import type { SnpProduct } from '../appraisal/claims.ts'
import { snpLineOf } from './snp-minimum-tcb.ts'

test('a model that is not known is of the line that gave the product its name', () => {
  const line = (product: SnpProduct, model: number, stepping: number) =>
    snpLineOf({ product, cpuid: { family: 0x19, model, stepping } })
  for (const model of [0x00, 0x02, 0x0f]) expect(line('Milan', model, 2)).toBe('Milan')
  for (const model of [0x10, 0x12, 0x1f, 0x9f, 0xb0]) expect(line('Genoa', model, 2)).toBe('Genoa')
  for (const model of [0xa0, 0xaf]) expect(line('Genoa', model, 2)).toBe('Bergamo')
  for (const model of [0x0f, 0x20]) expect(line('Turin', model, 0)).toBe('Turin')
  for (const model of [0x10, 0x1f]) expect(line('Turin', model, 0)).toBe('Turin-Dense')
})
