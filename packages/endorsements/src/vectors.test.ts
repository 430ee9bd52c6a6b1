// Real collateral through the real APIs: what Intel and AMD signed arrives byte for byte, for every
// genuine quote and report of the attestation vectors.
import type { IntelEndorsements, SnpProduct } from '@wetee/attestation'
import { openVectors, type VectorCase } from '@wetee/attestation/testing/vectors-folder'
import { afterEach, expect, test } from 'vitest'
import { fetchEndorsements } from './fetch-endorsements.ts'
import { makeRevocationList, toPem } from './testing/der-fixtures.ts'
import { cleanUp, DAY_MS, openClient, startServer } from './testing/fixtures.ts'
import { createSimulatedClock } from './testing/simulated-clock.ts'

afterEach(cleanUp)

type Case = VectorCase & {
  readonly verifyAt: string
  readonly expect: { readonly product: SnpProduct }
}

const { cases, read, readText } = openVectors<Case>(test)
const genuine = cases.filter((one) => one.kind === 'real' && one.expect.evidence === 'valid')

test.each(genuine.filter(({ platform }) => platform === 'intel-dcap'))(
  '$id: the nine fields arrive as Intel signed them',
  async ({ evidence, collateral, verifyAt }) => {
    const quote = read(evidence)
    const platform = quote[0] === 3 ? 'sgx' : 'tdx'
    const given = JSON.parse(readText(collateral)) as IntelEndorsements
    // The vectors lack this one chain; servers never do.
    const fields = { ...given, pck_crl_issuer_chain: given.tcb_info_issuer_chain }
    const fmspc = (JSON.parse(fields.tcb_info) as { fmspc: string }).fmspc.toLowerCase()
    const clock = createSimulatedClock(Date.parse(verifyAt))
    for (const api of ['pcs', 'pccs'] as const) {
      const server = await startServer({
        api,
        intel: { fmspcs: [fmspc], collateral: () => fields },
      })
      const rootCrlUrl = `${server.url}/IntelSGXRootCA.der`
      const client = await openClient(clock, { intel: [{ api, url: server.url, rootCrlUrl }] })
      const { endorsements } = await fetchEndorsements({ platform, quote }, { client })
      for (const field of Object.keys(endorsements) as (keyof IntelEndorsements)[])
        expect(endorsements[field], field).toBe(fields[field])
      const asked = server.requests.find(({ route }) => route === 'pck-crl')?.path ?? ''
      const issuer = Buffer.from(fields.pck_crl, 'hex').toString('latin1')
      expect(asked).toContain(issuer.includes('Platform CA') ? 'ca=platform' : 'ca=processor')
    }
  },
)

test.each(genuine.filter(({ platform }) => platform === 'amd-snp'))(
  '$id: leaf and issuer arrive as AMD signed them',
  async ({ evidence, leaf, ask, root, verifyAt, expect: expected }) => {
    const atMs = Date.parse(verifyAt)
    const clock = createSimulatedClock(atMs)
    const server = await startServer({
      api: 'kds',
      amd: {
        vcek: () => read(leaf),
        chain: () => toPem(read(ask)) + toPem(read(root)),
        // No list of AMD's is among the vectors.
        crl: () => makeRevocationList('ARK', atMs - DAY_MS, atMs + DAY_MS),
      },
    })
    const client = await openClient(clock, { amd: [{ url: server.url }] })
    const host =
      expected.signedBy === 'VLEK' ? { leaf: Buffer.from(read(leaf)).toString('hex') } : {}
    const { endorsements } = await fetchEndorsements(
      { platform: 'sev-snp', quote: read(evidence) },
      { client, product: expected.product, ...host },
    )
    expect(endorsements.leaf).toBe(Buffer.from(read(leaf)).toString('hex'))
    expect(endorsements.ask).toBe(Buffer.from(read(ask)).toString('hex'))
  },
)
