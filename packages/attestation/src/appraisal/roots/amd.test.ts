// AMD's pinned roots are AMD's, and genuine reports hold under the roots of all vendors together.
import { createHash, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { amdTrustStore, appraise, vendorTrustStore } from '../../index.ts'
import { bareHex } from '../../bytes.ts'
import { openVectors } from '../../testing/vectors-folder.ts'

const { present, cases, read } = openVectors(test)

test('the roots are those of Milan, Genoa and Turin', () => {
  const roots = amdTrustStore.roots.map(({ name, der, simulated }) => {
    const { subject, issuer, ca } = new X509Certificate(der)
    expect([simulated, issuer, ca]).toEqual([false, subject, true])
    return [name, /CN=(.*)/.exec(subject)?.[1], createHash('sha256').update(der).digest('hex')]
  })
  expect(roots).toEqual([
    [
      'amd-ark-milan',
      'ARK-Milan',
      '69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd',
    ],
    [
      'amd-ark-genoa',
      'ARK-Genoa',
      '4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1',
    ],
    [
      'amd-ark-turin',
      'ARK-Turin',
      '1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a',
    ],
  ])
})

test('all vendors’ roots together are those of each', () => {
  expect(vendorTrustStore.roots.map(({ name }) => name)).toEqual([
    'intel-sgx-root-ca',
    'amd-ark-milan',
    'amd-ark-genoa',
    'amd-ark-turin',
    'aws-nitro-root-g1',
  ])
  expect(vendorTrustStore.roots.every(({ simulated }) => !simulated)).toBe(true)
})

describe.runIf(present)('with the attestation vectors', () => {
  test('the pinned roots are the ones of the vectors', () => {
    expect(amdTrustStore.roots.map(({ der }) => der)).toEqual(
      ['milan', 'genoa', 'turin'].map((product) => read(`amd/roots/${product}-ark.der`)),
    )
  })

  const genuine = cases.filter(
    ({ platform, kind, expect: { evidence } }) =>
      platform === 'amd-snp' && kind === 'real' && evidence === 'valid',
  )
  test.each(genuine)('$id holds under the roots of all vendors', async (vector) => {
    const endorsements = { leaf: bareHex(read(vector.leaf)), ask: bareHex(read(vector.ask)) }
    const evidence = { platform: 'sev-snp', quote: read(vector.evidence) } as const
    const atMs = Date.parse(vector.verifyAt ?? '')
    const claims = await appraise(evidence, endorsements, vendorTrustStore, atMs)
    expect(claims).toMatchObject({
      trustRoot: `amd-ark-${vector.expect.product?.toLowerCase()}`,
      product: vector.expect.product,
      flags: vector.expect.flags,
      simulated: false,
    })
  })
})
