// TCB info and QE identity may have two signers: each has to be live by itself.
import { expect, test } from 'vitest'
import { bareHex, utf8 } from '../../bytes.ts'
import type { IntelEndorsements as Endorsements } from '../../endorsement/intel/endorsements.ts'
import { issueCertificate, issueRevocationList, toPem } from '../../simulated/certificates.ts'
import { createSimulatedVendor } from '../../simulated/index.ts'
import { P256Key } from '../../simulated/ecdsa-key.ts'
import { appraise } from '../appraise.ts'

const atMs = Date.UTC(2026, 5, 1)
const seed = new Uint8Array(32).fill(1)
const vendor = createSimulatedVendor({ seed, atMs })
const root = { commonName: 'Simulated SGX Root CA', key: new P256Key(seed, 'root') }
const signer = new P256Key(seed, 'second signer')
const serial = Uint8Array.of(9)
const DAY_MS = 86_400_000
const window = { notBeforeMs: atMs - DAY_MS, notAfterMs: atMs + DAY_MS }
const names = { commonName: 'Simulated SGX TCB Signing', publicKey: signer.publicKey, serial }
const chainOf = (change: object = {}) =>
  toPem(issueCertificate({ ...names, ...window, ...change }, root), vendor.rootDer)
const quote = vendor
  .createChip({ seed })
  .launch({ mrtd: `0x${'a1'.repeat(48)}`, mrConfigId: `0x${'c0'.repeat(48)}` })
  .quote(`0x${'5d'.repeat(64)}`)

/** Collateral of which one part has the second signer, and the root's list of revoked serials. */
function collateral(
  part: 'tcb_info' | 'qe_identity',
  revoked: Uint8Array[],
  chain = chainOf(),
): Endorsements {
  const given = vendor.collateral(atMs)
  const dates = { thisUpdateMs: atMs - 3_600_000, nextUpdateMs: atMs + DAY_MS }
  return {
    ...given,
    [`${part}_issuer_chain`]: chain,
    [`${part}_signature`]: bareHex(signer.sign(utf8(given[part]))),
    root_ca_crl: bareHex(issueRevocationList({ ...dates, serials: revoked }, root)),
  }
}
const judge = (endorsements: Endorsements) => {
  const store = { roots: [{ name: vendor.name, der: vendor.rootDer, simulated: true }] }
  return appraise({ platform: 'tdx', quote }, endorsements, store, atMs)
}

test.each(['tcb_info', 'qe_identity'] as const)(
  'a second signer of %s counts until the root revokes it',
  async (part) => {
    expect(await judge(collateral(part, []))).toMatchObject({ tcbStatus: 'UpToDate' })
    await expect(judge(collateral(part, [serial]))).rejects.toMatchObject({
      code: 'tcb-signing.revoked',
    })
  },
)

test.each<[string, object]>([
  ['has expired', { notAfterMs: atMs - 1_000 }],
  ['is not valid yet', { notBeforeMs: atMs + 1_000 }],
  ['is a CA', { pathLength: 0 }],
  ['is not for TCB', { commonName: 'Simulated SGX PCK Certificate' }],
])('a second signer that %s signs neither TCB info nor a QE identity', async (_what, change) => {
  for (const part of ['tcb_info', 'qe_identity'] as const)
    await expect(judge(collateral(part, [], chainOf(change)))).rejects.toMatchObject({
      code: 'tcb-signing.chain',
    })
})
