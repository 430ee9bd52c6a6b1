// The client against servers that speak the real APIs: what it asks for, returns and keeps.
import { parseEndorsements } from '@wetee/attestation'
import { afterEach, expect, test } from 'vitest'
import { cleanUp, FMSPC, HW_ID, intelHoldings, startWorld, TCB } from './testing/fixtures.ts'

afterEach(cleanUp)

const TDX = { tee: 'tdx', fmspc: FMSPC, ca: 'platform' } as const
const MILAN = { product: 'Milan', signer: 'vcek', hwId: HW_ID, tcb: TCB } as const

test('the nine fields of an Intel platform are the exact bytes that PCS holds', async () => {
  const { client, clock } = await startWorld()
  const { endorsements, parts } = await client.intel(TDX)
  expect(endorsements).toEqual(
    intelHoldings(clock).collateral({ tee: 'tdx', ca: 'platform', update: 'standard' }),
  )
  expect(parseEndorsements('tdx', endorsements)).toEqual(endorsements)
  expect(parts.map(({ kind, from, stale }) => [kind, from, stale])).toEqual([
    ['tcb-info', 'server', false],
    ['qe-identity', 'server', false],
    ['pck-crl', 'server', false],
    ['root-ca-crl', 'server', false],
  ])
})

test('leaf, issuer and list of a Milan chip come from KDS', async () => {
  const { client, kds } = await startWorld()
  const { endorsements } = await client.amd(MILAN)
  expect(parseEndorsements('sev-snp', endorsements)).toEqual(endorsements)
  expect(kds.requests.map(({ path }) => path).sort()).toEqual([
    '/vcek/v1/Milan/' + HW_ID + '?blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219',
    '/vcek/v1/Milan/cert_chain',
    '/vcek/v1/Milan/crl',
  ])
})
