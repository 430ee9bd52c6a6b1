// Accounts on the command line: made, imported, chosen, and never shown.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, test, vi } from 'vitest'
import { run } from '../testing/fake-context.ts'
import { storeAccount } from './keystore.ts'

const key = '59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'
const { address } = privateKeyToAccount(`0x${key}`)
const password = 'correct horse battery'

function home(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-account-'))
  writeFileSync(join(folder, 'password'), `${password}\n`)
  writeFileSync(join(folder, 'key'), `0x${key}\n`)
  return folder
}

test('import encrypts a key from a file; list and show give its address, nothing gives the key', async () => {
  const where = home()
  const args = ['import', 'main', '--key-file', 'key', '--password-file', 'password', '--json']
  const imported = await run(['account', ...args], { home: where })
  expect(imported.code).toBe(0)
  expect(JSON.parse(imported.stdout)).toMatchObject({ name: 'main', address })
  const listed = await run(['account', 'list', '--json'], { home: where })
  expect(JSON.parse(listed.stdout)).toMatchObject({ accounts: [{ name: 'main', address }] })
  const shown = await run(['account', 'show', 'main'], { home: where })
  expect(shown.stdout).toBe(`${address}\n`)
  for (const { stdout, stderr } of [imported, listed, shown])
    expect(stdout + stderr).not.toContain(key)
})

test('create asks twice for a hidden password and refuses when the answers differ', async () => {
  const answers = [password, 'another one']
  const { code, stderr } = await run(['account', 'create'], { interactive: true, answers })
  expect(code).toBe(6)
  expect(stderr).toContain('account.password-differs')
})

test('without a terminal a password has to come from a file', async () => {
  const { code, stderr } = await run(['account', 'create'])
  expect(code).toBe(6)
  expect(stderr).toContain('account.password-missing')
})

test('a key that is none is refused without being shown', async () => {
  const where = home()
  writeFileSync(join(where, 'key'), 'deadbeef')
  const args = ['account', 'import', '--key-file', 'key', '--password-file', 'password']
  const { code, stderr } = await run(args, { home: where })
  expect(code).toBe(6)
  expect(stderr).not.toContain('deadbeef')
})

test('no command takes a private key or password as an option', async () => {
  for (const args of [
    ['--private-key', key],
    ['--password', password],
    ['--key', key],
  ]) {
    const { code } = await run(['account', 'import', 'x', ...args])
    expect(code).toBe(2)
  }
})

/** Runs `list` and returns the account that the network was opened with. */
async function openedWith(where: string, kind: string, args: readonly string[] = []) {
  const openNetwork = vi.fn((_profile: unknown, _options: { account?: { address: string } }) =>
    Promise.resolve({ profile: { kind } }),
  )
  const result = await run(['list', ...args], {
    home: where,
    sdk: {
      openNetwork: openNetwork as never,
      listApps: () => Promise.resolve([]),
      findNetwork: () => ({ profile: { kind } as never, path: join(where, 'network.json') }),
    },
  })
  return { ...result, account: openNetwork.mock.lastCall?.[1].account?.address }
}

function developmentAccount(where: string): void {
  const stored = storeAccount(join(where, 'keys'), 'developer', `0x${key}`, password, 1024)
  writeFileSync(
    join(where, 'account.json'),
    JSON.stringify({ account: { keystore: stored.path, passwordFile: 'password' } }),
  )
}

test('a development network uses the account beside its profile', async () => {
  const where = home()
  developmentAccount(where)
  expect((await openedWith(where, 'development')).account).toBe(address)
})

test('any other network ignores the account beside its profile', async () => {
  const where = home()
  developmentAccount(where)
  expect((await openedWith(where, 'live')).account).toBeUndefined()
  expect((await openedWith(where, 'test')).account).toBeUndefined()
})

test('a named account wins, and a name that is not there is an error', async () => {
  const where = home()
  developmentAccount(where)
  const other = privateKeyToAccount(`0x${'11'.repeat(32)}`)
  mkdirSync(join(where, 'keystore'), { recursive: true })
  storeAccount(join(where, 'keystore'), 'other', `0x${'11'.repeat(32)}`, password, 1024)
  const chosen = await openedWith(where, 'development', ['--account', 'other'])
  expect(chosen.account).toBe(other.address)
  const missing = await openedWith(where, 'development', ['--account', 'nobody'])
  expect(missing.code).toBe(5)
  expect(missing.stderr).toContain('account.not-found')
})
