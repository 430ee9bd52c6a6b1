// Both back ends judge every signature alike; tests/browser has the same checks in Chromium.
import { beforeAll, describe, expect, test } from 'vitest'
import { signatureChecks, wrongSignatureChecks } from '../testing/signature-cases.ts'
import type { SignatureCheck } from '../testing/signature-cases.ts'
import { platformCrypto as nodeCrypto } from './node-crypto.ts'
import { platformCrypto as webCrypto } from './web-crypto.ts'

let checks: SignatureCheck[]
beforeAll(() => {
  checks = signatureChecks()
})

describe.each([
  ['node:crypto', nodeCrypto],
  ['WebCrypto', webCrypto],
])('%s', (_, crypto) => {
  test('accepts genuine signatures and nothing that was made of them', async () => {
    expect(checks.filter(({ holds }) => holds).length).toBeGreaterThan(8)
    expect(await wrongSignatureChecks(checks, crypto)).toEqual([])
  })
})
