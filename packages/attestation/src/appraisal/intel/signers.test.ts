// TCB info and QE identity may have two signers: each has to be live by itself.
import { expect, test } from 'vitest'
import { bareHex, utf8 } from '../../bytes.ts'
import type { IntelEndorsements as Endorsements } from '../../endorsement/intel/endorsements.ts'
import { issueCertificate, issueRevocationList, toPem } from '../../simulated/certificates.ts'
import { createSimulatedVendor } from '../../simulated/index.ts'
import { P256Key } from '../../simulated/p256-key.ts'
import { appraise } from '../appraise.ts'

const atMs = Date.UTC(2026, 5, 1)
const seed = new Uint8Array(32).fill(1)
const vendor = createSimulatedVendor({ seed, atMs })
const root = { commonName: 'Simulated SGX Root CA', key: new P256Key(seed, 'root') }
const signer = new P256Key(seed, 'second signer')
const serial = Uint8Array.of(9)
const window = { notBeforeMs: atMs - 86_400_000, notAfterMs: atMs + 86_400_000 }
const names = { commonName: 'Simulated SGX TCB Signing', publicKey: signer.publicKey, serial }
const chain = toPem(issueCertificate({ ...names, ...window }, root), vendor.rootDer)
const quote = vendor
  .createChip({ seed })
  .launch({ mrtd: `0x${'a1'.repeat(48)}`, mrConfigId: `0x${'c0'.repeat(48)}` })
  .quote(`0x${'5d'.repeat(64)}`)

/** Collateral of which one part has the second signer, and the root's list of revoked serials. */
function collateral(part: 'tcb_info' | 'qe_identity', revoked: Uint8Array[]): Endorsements {
  const given = vendor.collateral(atMs)
  const dates = { thisUpdateMs: atMs - 3_600_000, nextUpdateMs: atMs + 86_400_000 }
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
