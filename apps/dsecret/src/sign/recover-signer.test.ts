// Signers as viem recovers them, and signatures that are nobody's.
import { operatorStatementTypedData } from '@wetee/chain'
import { recoverTypedDataAddress, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { testNetwork } from '../testing/memory-view.ts'
import { recoverSigner } from './recover-signer.ts'

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const hex = (value: bigint): string => value.toString(16).padStart(64, '0')
const statementOf = (appId: bigint) =>
  operatorStatementTypedData(testNetwork, {
    platformId: `0x${'11'.repeat(32)}`,
    ...{ appId, version: 1, replica: 0 },
    instanceKey: `0x${'22'.repeat(20)}`,
    evidenceBlock: 5n,
  })
const byViem = (appId: bigint, signature: Hex) =>
  recoverTypedDataAddress({ ...statementOf(appId), signature }).then(
    (address) => address.toLowerCase(),
    () => undefined,
  )

test('says who signed, as viem does, for every form of the last byte', async () => {
  for (let n = 1n; n <= 8n; n++) {
    const account = privateKeyToAccount(`0x${hex(n * 7_919n)}`)
    const signature = await account.signTypedData(statementOf(n))
    expect(recoverSigner(statementOf(n), signature)).toBe(account.address.toLowerCase())
    const bare: Hex = `0x${signature.slice(2, 130)}${signature.endsWith('1b') ? '00' : '01'}`
    expect(recoverSigner(statementOf(n), bare)).toBe(account.address.toLowerCase())
    // Another statement is another account's, to both.
    expect(recoverSigner(statementOf(n + 1n), signature)).toBe(await byViem(n + 1n, signature))
    expect(recoverSigner(statementOf(n + 1n), signature)).not.toBe(account.address.toLowerCase())
  }
})

test('a signature that nobody can have made is nobody`s, as in viem', async () => {
  const account = privateKeyToAccount(`0x${hex(5n)}`)
  const signature = await account.signTypedData(statementOf(1n))
  const [r, s, v] = [signature.slice(2, 66), signature.slice(66, 130), signature.slice(130)]
  for (const bad of [
    `0x${r}${s}`,
    `0x${r}${s}${v}00`,
    `0x${r}${s}02`,
    `0x${r}${s}1d`,
    `0x${hex(0n)}${s}${v}`,
    `0x${r}${hex(0n)}${v}`,
    `0x${hex(ORDER)}${s}${v}`,
    `0x${r}${hex(ORDER)}${v}`,
    // No point of the curve has this x.
    `0x${hex(5n)}${s}${v}`,
    '0x',
  ] as Hex[]) {
    expect(recoverSigner(statementOf(1n), bad), bad).toBeUndefined()
    expect(await byViem(1n, bad), bad).toBeUndefined()
  }
})
