// The operator's key from real files.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as Keystore from 'ox/Keystore'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openOperator } from './operator-key.ts'

const privateKey = `0x${'42'.repeat(32)}` as const
const { address } = privateKeyToAccount(privateKey)
let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wetee-key-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name)
  writeFileSync(path, text, { mode })
  chmodSync(path, mode)
  return path
}
function keystore(password: string): string {
  const [key, options] = Keystore.scrypt({ password, n: 1024 })
  return write('k.json', JSON.stringify(Keystore.encrypt(privateKey, key, options)))
}
const development = { development: true }
const live = { development: false }

test('a keystore opens with the password in its file, its last line end left out', () => {
  const keystoreFile = keystore('open sesame')
  const passwordFile = write('p', 'open sesame\n')
  expect(openOperator({ keystoreFile, passwordFile }, live).address).toBe(address)
})

test('a wrong password is refused and shown nowhere', () => {
  const keystoreFile = keystore('right')
  const passwordFile = write('p', 'wrong-password')
  let error: unknown
  try {
    openOperator({ keystoreFile, passwordFile }, live)
  } catch (caught) {
    error = caught
  }
  expect(error).toMatchObject({ code: 'account.password-wrong' })
  expect(String(error)).not.toContain('wrong-password')
})

test('a file that others can read is refused', () => {
  const privateKeyFile = write('key', privateKey, 0o644)
  expect(() => openOperator({ privateKeyFile }, development)).toThrow(/chmod 600/)
  const keystoreFile = keystore('x')
  const passwordFile = write('p', 'x', 0o640)
  expect(() => openOperator({ keystoreFile, passwordFile }, live)).toThrow(/chmod 600/)
})

test('a plain key is for development networks', () => {
  const privateKeyFile = write('key', `${privateKey}\n`)
  expect(openOperator({ privateKeyFile }, development).address).toBe(address)
  expect(() => openOperator({ privateKeyFile }, live)).toThrow(/development networks/)
})

test.each(['', 'not json', '{"version":3}', '0x1234'])('nonsense is refused: %j', (text) => {
  const path = write('x', text)
  const passwordFile = write('p', 'x')
  expect(() => openOperator({ keystoreFile: path, passwordFile }, live)).toThrow()
  expect(() => openOperator({ privateKeyFile: path }, development)).toThrow()
  expect(() => openOperator({ privateKeyFile: join(folder, 'none') }, development)).toThrow()
})

test('a keystore that asks for a gigabyte of memory is refused before it is opened', () => {
  const text = JSON.stringify({
    version: 3,
    id: 'x',
    crypto: {
      cipher: 'aes-128-ctr',
      ciphertext: '00',
      cipherparams: { iv: '00' },
      mac: '00',
      kdf: 'scrypt',
      kdfparams: { dklen: 32, n: 2 ** 24, r: 8, p: 1, salt: '00' },
    },
  })
  const passwordFile = write('p', 'x')
  expect(() => openOperator({ keystoreFile: write('k', text), passwordFile }, live)).toThrow(
    /version 3/,
  )
})
