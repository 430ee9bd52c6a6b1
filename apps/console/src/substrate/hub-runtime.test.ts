// Calls and reads in the bytes of a real Hub's metadata, under its names and under those of later runtimes.
import { describe, expect, test } from 'vitest'
import { bytesToHex, type Hex } from 'viem'
import { hubMetadata, withLaterNames } from './testing/hub-metadata.ts'
import { dispatchErrorText, readRuntime } from './hub-runtime.ts'

const dest = `0x${'11'.repeat(20)}` as const
const alice = '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY'
const aliceId = 'd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d'

describe.each([
  ['as it is', hubMetadata],
  ['with later names', withLaterNames(hubMetadata)],
])('metadata %s', (_, metadata) => {
  const runtime = readRuntime(metadata)

  test('the units are those of the chain: 12 decimals on Kusama', () => {
    expect(runtime.weiPerPlanck).toBe(10n ** 6n)
    expect(runtime.mappingDepositPlanck).toBeGreaterThan(0n)
  })

  test('"map_account" is the pallet and the call, and nothing else', () => {
    expect(bytesToHex(runtime.mapAccount())).toBe('0x3c07')
  })

  test('"call" holds address, value, weight, deposit and calldata in this order', () => {
    const call = runtime.call({
      dest,
      value: 5n,
      weight: { ref_time: 1n, proof_size: 2n },
      storageDepositLimit: 7n,
      data: '0x0102',
    })
    // Pallet 60, call 1; SCALE compact numbers are four times themselves while they are small; two bytes of data.
    expect(bytesToHex(call)).toBe(`0x3c01${'11'.repeat(20)}${'14'}${'0408'}${'1c'}${'080102'}`)
  })

  test('a dry run is asked for with the account, and answered with weight, deposit and refusal', () => {
    const args = runtime.dryRunArgs(alice, { dest, value: 5n, data: '0x01' })
    const u128 = `05${'00'.repeat(15)}`
    expect(bytesToHex(args)).toBe(`0x${aliceId}${'11'.repeat(20)}${u128}0000${'0401'}`)
    const answer = (result: string, deposit = '01') =>
      runtime.parseDryRun(`0x0404${'0810'}${deposit}09${'00'.repeat(15)}${result}` as Hex)
    const weight = { ref_time: 2n, proof_size: 4n }
    expect(answer('00000000000403')).toEqual({ weight, depositPlanck: 9n })
    expect(answer('00000000000403', '00')).toEqual({ weight, depositPlanck: 0n })
    expect(answer('00010000000403')).toMatchObject({ refusal: 'Revive.ContractReverted' })
    // `DispatchError::BadOrigin`.
    expect(answer('0102')).toMatchObject({ refusal: 'BadOrigin' })
  })

  test('the fee is asked for with the call and its length', () => {
    expect(bytesToHex(runtime.feeArgs(runtime.mapAccount()))).toBe('0x3c0702000000')
  })

  test('storage is read under the hashes of pallet and name', () => {
    // twox128("System"), twox128("Account"), blake2_128 of the account, the account.
    expect(runtime.accountKey(alice)).toBe(
      `0x26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9de1e86a9a8c739864cf3cc5ec2bea59f${aliceId}`,
    )
    expect(runtime.mappingKey(dest)).toMatch(new RegExp(`^0x[0-9a-f]{64}${'11'.repeat(20)}$`))
    expect(runtime.freePlanck(null)).toBe(0n)
  })
})

test('what is no metadata, or of a chain without the pallet, is refused in words', () => {
  expect(() => readRuntime(new Uint8Array([1, 2, 3]))).toThrow('cannot be used')
  const other = new Uint8Array(
    Buffer.from(
      Buffer.from(hubMetadata).toString('latin1').replaceAll('\x18Revive', '\x18Revise'),
      'latin1',
    ),
  )
  expect(() => readRuntime(other)).toThrow('no pallet Revive')
})

test('an error of a pallet is its name', () => {
  const error = { type: 'Module', value: { type: 'Revive', value: { type: 'AccountUnmapped' } } }
  expect(dispatchErrorText(error)).toBe('Revive.AccountUnmapped')
  expect(dispatchErrorText({ type: 'BadOrigin' })).toBe('BadOrigin')
  expect(dispatchErrorText(undefined)).toBe('unknown')
})
