// `wetee evidence references`: what the Subnet accepts, with the names that a list gives.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { snpMeasurementId, tdxMeasurementId } from '@wetee/attestation'
import { emptyWorld, memoryNetwork } from '@wetee/sdk/testing/memory-network'
import { expect, test } from 'vitest'
import { run } from '../../testing/fake-context.ts'

const hex = (byte: string, size: number) => `0x${byte.repeat(size)}` as const
const registers = {
  mrtd: hex('a1', 48),
  rtmr0: hex('a2', 48),
  rtmr1: hex('a3', 48),
  rtmr2: hex('a4', 48),
}
const tdx = tdxMeasurementId(registers)
const snp = snpMeasurementId({ measurement: hex('c1', 48) })
const cwd = mkdtempSync(join(tmpdir(), 'wetee-references-'))
const value = {
  name: 'wetee-guest',
  version: '1.0.0',
  platform: 'tdx',
  registers,
  producedBy: { text: 'images/guest/build.sh', sourceCommit: 'ab'.repeat(20) },
  validFrom: '2026-01-01T00:00:00Z',
  validUntil: 'no-end',
}
const list = { format: 'wetee/reference-values/v1', values: [value] }
writeFileSync(join(cwd, 'list.json'), JSON.stringify(list))
writeFileSync(join(cwd, 'bad.json'), JSON.stringify({ ...list, values: [{ ...value, any: 1 }] }))

const row = (status: number, teeClass: number) => ({
  status,
  teeClass,
  extended: false,
  validFrom: 1_790_000_000n,
  until: 0n,
})

function references(...args: string[]) {
  const world = emptyWorld()
  const event = (role: number, measurementId: string) => ({
    eventName: 'ReferenceValueSet',
    args: { role, measurementId },
    blockNumber: 1n,
    transactionHash: hex('00', 32),
  })
  world.events.set('subnet.ReferenceValueSet', [event(1, tdx), event(2, snp)])
  world.views.set(`subnet.referenceValue(1,${tdx})`, row(1, 1))
  world.views.set(`subnet.referenceValue(2,${snp})`, row(3, 2))
  const { reader } = memoryNetwork(world)
  return run(['evidence', 'references', ...args], { cwd, network: { reader } })
}

test('each measurement with its hardware, for whom it counts and since when', async () => {
  const { code, stdout } = await references('--values', 'list.json')
  expect(code).toBe(0)
  expect(stdout).toMatchInlineSnapshot(`
    "✔ 0xa43159f553673a6e209be2d9cc9d2932cb363b2e5a087f6c5be62f59ca98b265
      tdx, for workers and applications; accepted since 2026-09-21T14:13:20Z
      wetee-guest 1.0.0, source abababababab: images/guest/build.sh
    ✘ 0xfd7b722ca742ae34dc7272caffc12ccace70c3c09cfa6e1e9b05f1d9154290be
      sev-snp, for dsecret nodes; revoked
    "
  `)
})

test('as JSON, names where the list has them', async () => {
  const { stdout } = await references('--values', 'list.json', '--json')
  const { references: found } = JSON.parse(stdout) as { references: object[] }
  expect(found).toMatchObject([
    { role: 1, measurementId: tdx, platform: 'tdx', counts: true, named: { name: 'wetee-guest' } },
    { role: 2, measurementId: snp, platform: 'sev-snp', status: 'revoked', counts: false },
  ])
})

test('a list that is malformed is refused with its field', async () => {
  const { code, stderr } = await references('--values', 'bad.json')
  expect([code, stderr]).toEqual([7, expect.stringContaining('any')])
})
