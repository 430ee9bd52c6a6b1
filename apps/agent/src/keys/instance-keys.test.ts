// Keys of an instance.
import { ECDH } from 'node:crypto'
import { publicKeyToAddress } from 'viem/utils'
import { expect, test } from 'vitest'
import { makeInstanceKeys } from './instance-keys.ts'

test('keys have the sizes of the bindings, belong together and differ from start to start', async () => {
  const first = await makeInstanceKeys('app-1.wetee')
  const second = await makeInstanceKeys('app-1.wetee')
  expect(first.signingKey).toMatch(/^0x0[23][0-9a-f]{64}$/)
  expect(first.hpkeKey).toMatch(/^0x[0-9a-f]{64}$/)
  expect(first.tls.tlsKeyHash).toMatch(/^0x[0-9a-f]{64}$/)
  const point = ECDH.convertKey(
    first.signingKey.slice(2),
    'secp256k1',
    'hex',
    'hex',
    'uncompressed',
  )
  expect(publicKeyToAddress(`0x${String(point)}`)).toBe(first.account.address)
  for (const key of ['signingKey', 'hpkeKey'] as const) expect(first[key]).not.toBe(second[key])
  expect(first.tls.tlsKeyHash).not.toBe(second.tls.tlsKeyHash)
})
