// Paths and revocation lists, one property wrong at a time: each check holds by itself.
import { describe, expect, test } from 'vitest'
import { platformCrypto } from '../crypto/node-crypto.ts'
import { SignatureChecks } from '../crypto/signature-checks.ts'
import { issueCertificate, issueRevocationList } from '../simulated/certificates.ts'
import { P256Key } from '../simulated/ecdsa-key.ts'
import { KEY_USAGE, parseCertificate, type Certificate } from './certificate.ts'
import {
  requireCurrentList,
  requireValidPath,
  verifyPath,
  verifyRevocationList,
  type PathRules,
} from './chain.ts'
import { parseRevocationList, type RevocationList } from './crl.ts'

const atMs = Date.UTC(2026, 0, 15)
const dates = { notBeforeMs: Date.UTC(2026, 0, 1), notAfterMs: Date.UTC(2026, 1, 1) }
const keyOf = (label: string) => new P256Key(new Uint8Array(32).fill(8), label)
const rootIssuer = { commonName: 'Root', key: keyOf('root') }
const caIssuer = { commonName: 'CA', key: keyOf('ca') }
const make = (commonName: string, issuer: typeof rootIssuer, pathLength?: number) =>
  parseCertificate(
    issueCertificate(
      {
        commonName,
        publicKey: keyOf(commonName.toLowerCase()).publicKey,
        serial: Uint8Array.of(1),
        ...dates,
        ...(pathLength === undefined ? {} : { pathLength }),
      },
      issuer,
    ),
  )
const leaf = make('Leaf', caIssuer)
const ca = make('CA', rootIssuer, 0)
const root = make('Root', rootIssuer, 1)
const rules: PathRules = {
  code: 'pck.chain',
  what: 'test',
  phrases: [['Leaf'], ['Other', 'CA'], ['Root']],
  keys: ['p256', 'p256', 'p256'],
}
const usage = (...names: (keyof typeof KEY_USAGE)[]) => new Set(names.map((n) => KEY_USAGE[n]))

/** Reads, and waits for the signature checks that were started. */
async function settled(read: (checks: SignatureChecks) => void): Promise<void> {
  const checks = new SignatureChecks(platformCrypto)
  read(checks)
  await checks.settle()
}

describe('a path', () => {
  const verify = async (
    changes: [object?, object?, object?] = [],
    at = atMs,
    change: Partial<PathRules> = {},
  ) => {
    const path = [leaf, ca, root].map((c, i): Certificate => ({ ...c, ...changes[i] }))
    await settled((checks) => {
      verifyPath(path, { ...rules, ...change }, checks)
    })
    requireValidPath(path, rules, at)
  }

  test('with everything right passes, from the first second to the last', async () => {
    await verify()
    await verify([], dates.notBeforeMs)
    await verify([], dates.notAfterMs)
  })

  test.each<[string, [object?, object?, object?], number?]>([
    ['before it begins', [], dates.notBeforeMs - 1],
    ['after it ends', [], dates.notAfterMs + 1],
    ['with a leaf that is a CA', [{ isCa: true }]],
    [
      'with a leaf that may sign certificates',
      [{ keyUsage: usage('digitalSignature', 'keyCertSign') }],
    ],
    ['with a leaf that may not sign', [{ keyUsage: usage() }]],
    ['with a CA that is none', [{}, { isCa: false }]],
    ['with a CA that may not sign certificates', [{}, { keyUsage: usage('cRLSign') }]],
    ['with a CA without a key usage', [{}, { keyUsage: undefined }]],
    ['with a leaf without a key usage', [{ keyUsage: undefined }]],
    [
      'with a leaf whose key is of another kind',
      [{ publicKey: { ...leaf.publicKey, kind: 'p384' } }],
    ],
    ['with a leaf signed in another way', [{ signatureKind: 'p384' }]],
    ['with a root that is no CA', [{}, {}, { isCa: false }]],
    ['with a root that allows no CA below', [{}, {}, { pathLength: 0 }]],
    ['with a leaf of another name', [{ commonName: 'X' }]],
    ['with a CA of another name', [{}, { commonName: 'X' }]],
    ['with a leaf that names another issuer', [{ issuer: root.subject }]],
    ['with a root that names another issuer', [{}, {}, { issuer: ca.subject }]],
    ['with a leaf that names another key of its issuer', [{ authorityKeyId: root.subjectKeyId }]],
    ['with a leaf that another key has signed', [{ signature: ca.signature }]],
    ['with a leaf whose bytes differ', [{ signed: ca.signed }]],
    ['with a CA that another key has signed', [{}, { signature: root.signature }]],
    ['with a CA of another key', [{}, { publicKey: root.publicKey }]],
    [
      'with a key off the curve',
      [{}, { publicKey: { kind: 'p256', bytes: new Uint8Array(64).fill(1) } }],
    ],
    ['with a signature of zeros', [{ signature: new Uint8Array(64) }]],
  ])('%s is refused', async (_what, changes, at) => {
    await expect(verify(changes, at)).rejects.toMatchObject({ code: 'pck.chain' })
  })

  test('of another length than the rules is refused', () => {
    for (const path of [[], [leaf], [leaf, ca], [leaf, ca, root, root]])
      expect(() => {
        verifyPath(path, rules, new SignatureChecks(platformCrypto))
      }).toThrow(expect.objectContaining({ code: 'pck.chain' }))
  })

  test('passes with a bare leaf and any name where the rules say so', async () => {
    const bare = [{ keyUsage: undefined, commonName: 'X' }] as const
    await verify([...bare], atMs, { bareLeaf: true, phrases: ['any', ['CA'], ['Root']] })
  })

  test('without key identifiers is judged by names and signatures', async () => {
    await verify([{ authorityKeyId: undefined }, { subjectKeyId: undefined }])
  })
})

describe('a revocation list', () => {
  const window = { thisUpdateMs: dates.notBeforeMs, nextUpdateMs: dates.notAfterMs }
  const list = parseRevocationList(issueRevocationList({ ...window, serials: [] }, caIssuer))
  const verify = async (change: Partial<RevocationList> = {}, at = atMs, issuer: object = {}) => {
    const given = { ...list, ...change }
    await settled((checks) => {
      verifyRevocationList(given, { ...ca, ...issuer }, 'pck-crl', checks)
    })
    requireCurrentList(given, 'pck-crl', at)
  }

  test('of the issuer passes, from the first second to the last', async () => {
    await verify()
    await verify({}, window.thisUpdateMs)
    await verify({}, window.nextUpdateMs)
    await verify({ authorityKeyId: undefined })
  })

  test.each<[string, string, Partial<RevocationList>, number?]>([
    ['of another name', 'pck-crl.invalid', { issuer: root.subject }],
    ['of another key', 'pck-crl.invalid', { authorityKeyId: new Uint8Array(20) }],
    ['signed by another key', 'pck-crl.invalid', { signature: root.signature }],
    ['with other bytes', 'pck-crl.invalid', { signed: leaf.signed }],
    ['before it begins', 'pck-crl.not-yet-valid', {}, window.thisUpdateMs - 1],
    ['after it ends', 'pck-crl.expired', {}, window.nextUpdateMs + 1],
  ])('%s is refused as %s', async (_what, code, change, at) => {
    await expect(verify(change, at)).rejects.toMatchObject({ code })
  })

  test.each<[string, object]>([
    ['is no CA', { isCa: false }],
    ['may not sign CRLs', { keyUsage: usage('keyCertSign') }],
    ['has no key usage', { keyUsage: undefined }],
  ])('whose issuer %s is refused', async (_what, issuer) => {
    await expect(verify({}, atMs, issuer)).rejects.toMatchObject({ code: 'pck-crl.invalid' })
  })

  test('signed in another way than its issuer’s key can is refused', async () => {
    await expect(verify({ signatureKind: 'rsa' })).rejects.toMatchObject({
      code: 'pck-crl.invalid',
    })
  })
})
