// The node's keys: made once, sealed to machine and program.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { TeeError } from '@wetee/tee-device'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { testDevice } from '../testing/test-device.ts'
import { nodeKeysTypedData } from '@wetee/chain'
import { openNativeGroup } from '@wetee/threshold/native'
import { hexToBytes, recoverTypedDataAddress } from 'viem'
import { testNetwork } from '../testing/memory-view.ts'
import { openNodeKeys, publicIdentity, registrationOf } from './node-keys.ts'

const vendor = createSimulatedVendor({ seed: new Uint8Array(32).fill(7), atMs: 1_780_000_000_000 })
const chip = vendor.createChip({ seed: new Uint8Array(32).fill(1) })
const otherChip = vendor.createChip({ seed: new Uint8Array(32).fill(2) })
const launch = { mrtd: `0x${'11'.repeat(48)}`, mrConfigId: `0x${'00'.repeat(48)}` } as const
const newer = { ...launch, mrtd: `0x${'22'.repeat(48)}` } as const
const { signal } = new AbortController()
const unreadable: unknown = expect.objectContaining({ code: 'keys.unreadable' })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dsecret-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const identityOf = async (device = testDevice(chip, launch)) =>
  publicIdentity(await openNodeKeys(device, folder, signal))
const onlyFile = () => join(folder, readdirSync(folder)[0] ?? '')

test('the same TEE finds the same keys again, whatever it is launched for', async () => {
  const first = await identityOf()
  const mrConfigId = `0x${'33'.repeat(48)}` as const
  expect(await identityOf(testDevice(chip, { ...launch, mrConfigId }))).toEqual(first)
  expect(first.encryptionKey).toMatch(/^0x0[23][0-9a-f]{64}$/)
})

test('a TEE without a sealing key, as of real TDX, makes no keys and writes nothing', async () => {
  await identityOf()
  const before = readdirSync(folder)
  const none = () => Promise.reject(new TeeError('tee.no-sealing-key', 'TDX has no sealing key'))
  const device = { ...testDevice(chip, launch), sealingKey: none }
  const refusal: unknown = expect.objectContaining({ code: 'tee.no-sealing-key' })
  await expect(identityOf(device)).rejects.toThrow(refusal)
  expect(readdirSync(folder)).toEqual(before)
  rmSync(onlyFile())
  await expect(identityOf(device)).rejects.toThrow(refusal)
  expect(readdirSync(folder)).toEqual([])
})

test('every key is another one at every node', async () => {
  const first = await identityOf()
  rmSync(onlyFile())
  const second = await identityOf()
  for (const name of ['statementKey', 'encryptionKey', 'tlsKeyHash'] as const)
    expect(second[name]).not.toBe(first[name])
})

test('a registration proves possession for one owner and operator of one network', async () => {
  const keys = await openNodeKeys(testDevice(chip, launch), folder, signal)
  const owner = `0x${'0a'.repeat(20)}` as const
  const operator = `0x${'0b'.repeat(20)}` as const
  const registration = await registrationOf(keys, testNetwork, { owner, operator })
  expect(registration).toMatchObject(publicIdentity(keys))
  const { encryptionKey, tlsKeyHash, possession: signature, statementKey } = registration
  const signerFor = async (claim: object, network = testNetwork) => {
    const message = { owner, operator, encryptionKey, tlsKeyHash, ...claim }
    const typedData = nodeKeysTypedData(network, message)
    return (await recoverTypedDataAddress({ ...typedData, signature })).toLowerCase()
  }
  expect(await signerFor({})).toBe(statementKey)
  for (const other of [
    { owner: operator },
    { operator: owner },
    { tlsKeyHash: `0x${'00'.repeat(32)}` },
  ])
    expect(await signerFor(other)).not.toBe(statementKey)
  const elsewhere = { ...testNetwork, chainId: 1 } as unknown as typeof testNetwork
  expect(await signerFor({}, elsewhere)).not.toBe(statementKey)
})

test('another version of the program has keys of its own, and the older one finds its own again', async () => {
  const old = await identityOf()
  const young = await identityOf(testDevice(chip, newer))
  expect(young.statementKey).not.toBe(old.statementKey)
  expect(await identityOf()).toEqual(old)
  expect(await identityOf(testDevice(chip, newer))).toEqual(young)
})

test('another machine cannot open them, and does not replace them', async () => {
  await identityOf()
  const before = readFileSync(onlyFile(), 'utf8')
  await expect(identityOf(testDevice(otherChip, launch))).rejects.toThrow(unreadable)
  expect(readFileSync(onlyFile(), 'utf8')).toBe(before)
})

test('the file shows no key and only its owner can read it', async () => {
  const { statement, tls } = await openNodeKeys(testDevice(chip, launch), folder, signal)
  const text = readFileSync(onlyFile(), 'utf8')
  expect(text).not.toContain('PRIVATE KEY')
  expect(text).not.toContain(statement.address)
  expect(text).not.toContain(Buffer.from(tls.keyPem).toString('base64').slice(0, 40))
  expect(statSync(onlyFile()).mode & 0o777).toBe(0o600)
})

test('the keys of a node hold no secret that shares could be opened with', async () => {
  const keys = await openNodeKeys(testDevice(chip, launch), folder, signal)
  expect(Object.keys(keys).sort()).toEqual(['encryptionKey', 'statement', 'tls'])
  expect(openNativeGroup().decode(hexToBytes(keys.encryptionKey))).toHaveLength(65)
})

test('a changed, cut or foreign file is refused without a word about its content', async () => {
  await identityOf()
  const sealed = readFileSync(onlyFile())
  const flipped = Array.from({ length: sealed.length / 8 }, (_, at) => {
    const copy = Buffer.from(sealed)
    copy[at * 8] = (copy[at * 8] ?? 0) ^ 1
    return copy
  })
  const foreign = Buffer.concat([sealed, Buffer.alloc(1)])
  for (const changed of [
    ...flipped,
    sealed.subarray(0, 50),
    Buffer.alloc(0),
    foreign,
    Buffer.alloc(100_000),
  ]) {
    writeFileSync(onlyFile(), changed)
    await expect(identityOf()).rejects.toThrow(unreadable)
  }
})

test('a TEE that cannot seal makes no keys', async () => {
  const device = testDevice(chip, launch, { sealing: false })
  await expect(identityOf(device)).rejects.toThrow(
    expect.objectContaining({ code: 'tee.no-sealing-key' }),
  )
  expect(readdirSync(folder)).toEqual([])
})
