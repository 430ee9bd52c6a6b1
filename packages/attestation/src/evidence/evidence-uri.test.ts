// Addresses of evidence fit into a proof, or are left out.
import { expect, test } from 'vitest'
import { evidenceUri } from './evidence-uri.ts'

const digest = `0x${'ab'.repeat(32)}` as const

test('the address is the endpoint, the call and the digest', () => {
  const path = `/v1/evidence/${'ab'.repeat(32)}`
  expect(evidenceUri('https://node.test:7701', digest)).toBe(`https://node.test:7701${path}`)
  expect(evidenceUri('node.test:7701/', digest)).toBe(`https://node.test:7701${path}`)
})

test('128 bytes are taken, 129 are not', () => {
  const endpoint = `https://${'a'.repeat(43)}`
  expect(evidenceUri(endpoint, digest)).toHaveLength(128)
  expect(evidenceUri(`${endpoint}a`, digest)).toBe('')
})
