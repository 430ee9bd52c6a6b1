// Reference values of the Subnet, with names from a list.
import { parseReferenceValues, snpMeasurementId, tdxMeasurementId } from '@wetee/attestation'
import { expect, test } from 'vitest'
import { readReferenceValues } from './reference-values.ts'
import { emptyWorld, memoryNetwork } from './testing/memory-network.ts'

const hex = (byte: string, size: number) => `0x${byte.repeat(size)}` as const
const registers = {
  mrtd: hex('a1', 48),
  rtmr0: hex('a2', 48),
  rtmr1: hex('a3', 48),
  rtmr2: hex('a4', 48),
}
const tdx = tdxMeasurementId(registers)
const snp = snpMeasurementId({ measurement: hex('c1', 48) })
const values = parseReferenceValues(
  JSON.stringify({
    format: 'wetee/reference-values/v1',
    values: [
      {
        name: 'wetee-guest',
        version: '1.0.0',
        platform: 'tdx',
        registers,
        producedBy: { text: 'images/guest/build.sh' },
        validFrom: '2026-01-01T00:00:00Z',
        validUntil: 'no-end',
      },
    ],
  }),
)

type Row = { status: number; teeClass: number; validFrom: bigint; until: bigint }

async function read(rows: readonly (readonly [role: number, id: string, row: Row])[]) {
  const world = emptyWorld()
  const network = memoryNetwork(world)
  const events = rows.map(([role, measurementId]) => ({
    eventName: 'ReferenceValueSet',
    args: { role, measurementId },
    blockNumber: 0n,
    transactionHash: hex('00', 32),
  }))
  world.events.set('subnet.ReferenceValueSet', events)
  for (const [role, id, row] of rows)
    world.views.set(`subnet.referenceValue(${role},${id})`, { ...row, extended: false })
  const { timestamp } = await network.reader.finalized()
  return { timestamp, records: await readReferenceValues(network, { values }) }
}

const accepted: Row = { status: 1, teeClass: 1, validFrom: 0n, until: 0n }

test('each measurement is read once, as it stands now, with its name and platform', async () => {
  const { records } = await read([
    [1, tdx, accepted],
    [2, snp, { ...accepted, teeClass: 2 }],
    [1, tdx, accepted],
  ])
  expect(records).toEqual([
    {
      role: 1,
      measurementId: tdx,
      platform: 'tdx',
      status: 'accepted',
      validFrom: 0n,
      until: 0n,
      counts: true,
      named: values[0],
    },
    {
      role: 2,
      measurementId: snp,
      platform: 'sev-snp',
      status: 'accepted',
      validFrom: 0n,
      until: 0n,
      counts: true,
    },
  ])
})

test('a name is for one platform: the same id of other hardware has none', async () => {
  const { records } = await read([[1, tdx, { ...accepted, teeClass: 2 }]])
  expect(records[0]).not.toHaveProperty('named')
  const unknown = await read([[1, tdx, { ...accepted, teeClass: 8 }]])
  expect(unknown.records[0]).toMatchObject({ platform: undefined })
})

test('what counts begins at its first second and ends at its last', async () => {
  const { timestamp: now } = await read([])
  const counts = async (row: Partial<Row>) =>
    (await read([[1, tdx, { ...accepted, ...row }]])).records[0]?.counts
  expect(await counts({ validFrom: now })).toBe(true)
  expect(await counts({ validFrom: now + 1n })).toBe(false)
  expect(await counts({ status: 2, until: now + 1n })).toBe(true)
  expect(await counts({ status: 2, until: now })).toBe(false)
  expect(await counts({ status: 3 })).toBe(false)
  expect(await counts({ status: 9 })).toBe(false)
  expect((await read([[1, tdx, { ...accepted, status: 0 }]])).records).toEqual([])
})

test('too many of them are an error, not a part of them', async () => {
  const rows = Array.from({ length: 1025 }, (_, index) => {
    const id = `0x${index.toString(16).padStart(64, '0')}`
    return [1, id, accepted] as const
  })
  await expect(read(rows)).rejects.toMatchObject({ code: 'subnet.references-many' })
  expect((await read(rows.slice(1))).records).toHaveLength(1024)
})
