// The encrypted keystore: what goes in comes out, only for the right password.
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { keystoreFolder, listAccounts, storeAccount, unlockAccount } from './keystore.ts'

const key = `0x${'59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'}` as const
const password = 'correct horse battery'
const folder = () => mkdtempSync(join(tmpdir(), 'wetee-keystore-'))
const fast = 1024

test('a stored account opens with its password and signs as the same address', () => {
  const stored = storeAccount(folder(), 'main', key, password, fast)
  const account = unlockAccount(stored.path, password)
  expect(account.address).toBe(privateKeyToAccount(key).address)
  expect(stored.address).toBe(account.address)
})

test('a wrong password is refused with a stable code', () => {
  const stored = storeAccount(folder(), 'main', key, password, fast)
  expect(() => unlockAccount(stored.path, 'wrong password')).toThrowError(
    expect.objectContaining({ code: 'account.password-wrong' }) as Error,
  )
})

test('the file holds no key in the clear and only its owner can read it', () => {
  const stored = storeAccount(folder(), 'main', key, password, fast)
  const text = readFileSync(stored.path, 'utf8')
  expect(text).not.toContain(key.slice(2))
  expect(text).not.toContain(password)
  expect(statSync(stored.path).mode & 0o777).toBe(0o600)
})

test('an account is never overwritten', () => {
  const where = folder()
  storeAccount(where, 'main', key, password, fast)
  expect(() => storeAccount(where, 'main', key, password, fast)).toThrowError(
    expect.objectContaining({ code: 'account.exists' }) as Error,
  )
})

test.each(['../escape', 'Main', '', '-x', 'a'.repeat(33)])('the name %j is refused', (name) => {
  expect(() => storeAccount(folder(), name, key, password, fast)).toThrowError(
    expect.objectContaining({ code: 'account.name-invalid' }) as Error,
  )
})

test('a keystore file that asks for unbounded memory is refused before any work', () => {
  const stored = storeAccount(folder(), 'main', key, password, fast)
  const file = JSON.parse(readFileSync(stored.path, 'utf8')) as {
    crypto: { kdfparams: { n: number } }
  }
  file.crypto.kdfparams.n = 2 ** 30
  writeFileSync(stored.path, JSON.stringify(file))
  expect(() => unlockAccount(stored.path, password)).toThrowError(
    expect.objectContaining({ code: 'account.keystore-invalid' }) as Error,
  )
})

test('a changed byte of the ciphertext is noticed', () => {
  const stored = storeAccount(folder(), 'main', key, password, fast)
  const file = JSON.parse(readFileSync(stored.path, 'utf8')) as { crypto: { ciphertext: string } }
  const first = file.crypto.ciphertext.at(-1) === '0' ? '1' : '0'
  file.crypto.ciphertext = file.crypto.ciphertext.slice(0, -1) + first
  writeFileSync(stored.path, JSON.stringify(file))
  expect(() => unlockAccount(stored.path, password)).toThrowError(
    expect.objectContaining({ code: 'account.password-wrong' }) as Error,
  )
})

test('accounts are listed by name with their address and without a password', () => {
  const where = folder()
  const stored = storeAccount(where, 'main', key, password, fast)
  expect(listAccounts(where)).toEqual([stored])
  expect(listAccounts(join(where, 'missing'))).toEqual([])
})

test('the folder follows WETEE_HOME, else the configuration folder of the user', () => {
  expect(keystoreFolder({ WETEE_HOME: '/x' }, '/home/u')).toBe('/x/keystore')
  expect(keystoreFolder({}, '/home/u')).toBe('/home/u/.config/wetee/keystore')
})
