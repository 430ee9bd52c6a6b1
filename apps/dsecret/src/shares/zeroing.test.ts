// What writing a share leaves in buffers of this process: nothing. The buffers are caught where they are sealed.
import { mkdtempSync, rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { openNativeGroup } from '@wetee/threshold/native'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type * as SealedFile from '../store/sealed-file.ts'
import { testDevice } from '../testing/test-device.ts'
import { testNetwork } from '../testing/memory-view.ts'
import { ShareStore } from './share-store.ts'

type Caught = { readonly plain: Uint8Array; readonly key: Uint8Array; readonly was: Buffer }
const { caught } = vi.hoisted(() => ({ caught: [] as Caught[] }))
vi.mock('../store/sealed-file.ts', async (original) => {
  const real = await original<typeof SealedFile>()
  const writeSealed: typeof real.writeSealed = (file, seal, plain, disk) => {
    caught.push({ plain, key: seal.key, was: Buffer.from(plain) })
    real.writeSealed(file, seal, plain, disk)
  }
  return { ...real, writeSealed }
})

const vendor = createSimulatedVendor({ seed: new Uint8Array(32).fill(7), atMs: 1_780_000_000_000 })
const chip = vendor.createChip({ seed: new Uint8Array(32).fill(1) })
const launch = { mrtd: `0x${'11'.repeat(48)}`, mrConfigId: `0x${'00'.repeat(48)}` } as const
const group = openNativeGroup()
const name = {
  epoch: 3n,
  sessionId: new Uint8Array(32).fill(1),
  transcriptDigest: new Uint8Array(32).fill(2),
}
const { signal } = new AbortController()

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dsecret-'))
  caught.length = 0
})
afterEach(() => rmSync(folder, { recursive: true }))

const storeIn = (stateDir: string) =>
  new ShareStore({
    ...{ device: testDevice(chip, launch), stateDir, chainId: 31_337 },
    ...{ keys: testNetwork.contracts.keys, group, signal },
  })
const share = () => group.randomSecret((size) => new Uint8Array(randomBytes(size)))

/** One buffer with the share in it, and the key that it was sealed with: both zeros now. */
function expectZeros(own: Uint8Array): void {
  expect(caught).toHaveLength(1)
  const [{ plain, key, was }] = caught as [Caught]
  expect(was.includes(Buffer.from(own))).toBe(true)
  for (const bytes of [plain, key]) expect(bytes.every((byte) => byte === 0)).toBe(true)
}

test('the plaintext of a share and the sealing key are zeros once it is written', async () => {
  const own = share()
  await storeIn(folder).writeShare(name, { index: 1, share: own })
  expectZeros(own)
  // The caller's copy is its own.
  expect(own.some((byte) => byte !== 0)).toBe(true)
})

test('they are zeros also where the disk fails', async () => {
  const own = share()
  const nowhere = storeIn('/dev/null')
  await expect(nowhere.writeShare(name, { index: 1, share: own })).rejects.toThrow()
  expectZeros(own)
})

test('the key of a session is sealed from the one buffer that has it, and the sealing key is zeros', async () => {
  const secret = share()
  await storeIn(folder).writeSessionKey(1n, secret)
  expect(caught).toHaveLength(1)
  expect(caught[0]!.plain).toBe(secret)
  expect(caught[0]!.key.every((byte) => byte === 0)).toBe(true)
})
