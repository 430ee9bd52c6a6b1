// Signatures by libsecp256k1 beside those of viem.
import { createHash } from 'node:crypto'
import { releaseReplyTypedData } from '@wetee/chain'
import { bytesToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { testNetwork } from '../testing/memory-view.ts'
import { statementAccount } from './statement-account.ts'

const digest = (text: string) => new Uint8Array(createHash('sha256').update(text).digest())

test('an account signs what viem signs, byte by byte', async () => {
  for (let n = 0; n < 12; n++) {
    const secret = digest(`secret ${n}`)
    const [ours, theirs] = [statementAccount(secret), privateKeyToAccount(bytesToHex(secret))]
    expect(ours.address).toBe(theirs.address)
    const hash = bytesToHex(digest(`message ${n}`))
    expect(await ours.sign({ hash })).toBe(await theirs.sign({ hash }))
    const typedData = releaseReplyTypedData(testNetwork, {
      ...{ epoch: BigInt(n), nodeId: 1n, requestDigest: hash, releaseDigest: hash },
    })
    expect(await ours.signTypedData(typedData)).toBe(await theirs.signTypedData(typedData))
  }
})

test('the bytes it was made of may be filled with zeros; without a secret there is no account', async () => {
  const secret = digest('secret')
  const account = statementAccount(secret)
  const hash = bytesToHex(digest('message'))
  const signature = await account.sign({ hash })
  secret.fill(0)
  expect(await account.sign({ hash })).toBe(signature)
  expect(() => statementAccount(new Uint8Array(32))).toThrow()
  await expect(account.sign({ hash: '0x12' })).rejects.toThrow()
})
