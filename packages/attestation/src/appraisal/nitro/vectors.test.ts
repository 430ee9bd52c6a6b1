// The real Nitro document of the attestation vectors, and the genuine root.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { platformCrypto } from '../../crypto/node-crypto.ts'
import { AttestationError } from '../../error.ts'
import { openVectors, type VectorCase } from '../../testing/vectors-folder.ts'
import { nitroTrustStore } from '../roots/nitro.ts'
import { appraiseWith } from '../cache.ts'
import { appraiseNitro } from './appraise.ts'

type Case = VectorCase & {
  readonly verifyAt: string
  readonly fields: Readonly<Record<'module_id' | 'timestamp' | 'pcr0' | 'pcr1' | 'pcr2', string>>
}

const { present, cases, read } = openVectors<Case>(test)

const appraise = (document: Uint8Array, atMs: number) =>
  appraiseWith({ atMs, crypto: platformCrypto, cache: undefined }, (context) =>
    appraiseNitro(document, nitroTrustStore, context),
  )
const codeOf = (document: Uint8Array, atMs: number) =>
  appraise(document, atMs).then(
    () => 'accepted',
    (error: unknown) => {
      if (error instanceof AttestationError) return error.code
      throw error
    },
  )

test('the genuine root is the one that AWS publishes the fingerprint of', () => {
  const [root] = nitroTrustStore.roots
  const digest = createHash('sha256')
    .update(root?.der ?? '')
    .digest('hex')
  expect(digest).toBe('641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b')
  expect(root?.simulated).toBe(false)
})

describe.runIf(present)('Nitro documents of the vectors', () => {
  const nitro = cases.filter(({ platform }) => platform === 'aws-nitro')

  test('there is one, under the genuine root', () => {
    expect(nitro.map(({ id }) => id)).toEqual(['nitro-ok'])
    for (const { root } of nitro) expect(read(root)).toEqual(nitroTrustStore.roots[0]?.der)
  })

  test.each(nitro)('$id says what it should', async ({ evidence, verifyAt, fields, ...vector }) => {
    expect(vector.expect.evidence).toBe('valid')
    const claims = await appraise(read(evidence), Date.parse(verifyAt))
    expect(claims).toMatchObject({
      moduleId: fields.module_id,
      timestampMs: Date.parse(fields.timestamp),
      flags: vector.expect.flags,
      trustRoot: 'aws-nitro-root-g1',
      simulated: false,
    })
    const pcrs = [fields.pcr0, fields.pcr1, fields.pcr2].map((hex) => `0x${hex}`)
    expect([claims.pcrs[0], claims.pcrs[1], claims.pcrs[2]]).toEqual(pcrs)
  })

  test.each(nitro)('$id is refused before and after its leaf’s three hours', async (vector) => {
    const document = read(vector.evidence)
    const at = (text: string) => codeOf(document, Date.parse(text))
    expect(await at('2025-12-25T16:04:15.999Z')).toBe('nitro.chain')
    expect(await at('2025-12-25T16:04:16Z')).toBe('accepted')
    expect(await at('2025-12-25T19:04:19Z')).toBe('accepted')
    expect(await at('2025-12-25T19:04:19.001Z')).toBe('nitro.chain')
  })

  test.each(nitro)('$id is refused with any byte flipped', async ({ evidence, verifyAt }) => {
    const document = read(evidence)
    const atMs = Date.parse(verifyAt)
    for (let at = 0; at < document.length; at += 11) {
      const changed = document.with(at, (document[at] ?? 0) ^ (1 << (at % 8)))
      expect(await codeOf(changed, atMs), `byte ${at}`).not.toBe('accepted')
    }
  })

  test.each(nitro)('$id is refused when it is cut anywhere', async ({ evidence, verifyAt }) => {
    const document = read(evidence)
    for (let length = 0; length < document.length; length += 5)
      expect(await codeOf(document.subarray(0, length), Date.parse(verifyAt))).toBe(
        'nitro.malformed',
      )
  })
})
