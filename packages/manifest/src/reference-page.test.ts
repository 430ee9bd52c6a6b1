import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { refusedKeys } from './compose/service.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/manifest.md'), 'utf8')
const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !/test|fuzz/.test(name))
  .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))

test('the reference page names every refused key', () => {
  for (const key of Object.keys(refusedKeys)) expect(page).toContain(`\`${key}`)
})

test('the reference page names every code of problems and warnings', () => {
  const family =
    'compose|yaml|interpolation|key|value|name|services?|image|command|environment|port|volume|mount|tmpfs|healthcheck|user|restart|depends-on|replicas|resources|manifest|credential|read-only|secret|update|domain|api'
  const codes = sources.flatMap((text) =>
    [...text.matchAll(new RegExp(`'((?:${family})\\.[a-z-]+)'`, 'g'))].map(
      ([, code]) => code ?? '',
    ),
  )
  expect(new Set(codes).size).toBeGreaterThan(50)
  for (const code of codes) expect(page).toContain(`\`${code}\``)
})
