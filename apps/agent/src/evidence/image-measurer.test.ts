// What RTMR3 says of the images, also when the guest or the host has meddled with it before.
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extendRtmr, imageEventDigest, replayImageEvents } from '@wetee/attestation'
import { filesLayer, writeImage } from '@wetee/image'
import type { SnpDevice, TeeDevice } from '@wetee/tee-device'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { ImageMeasurer, type ServiceImage } from './image-measurer.ts'

const folder = mkdtempSync(join(tmpdir(), 'wetee-im-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const { signal } = new AbortController()
const zero = `0x${'00'.repeat(48)}` as const

let image: ServiceImage
let count = 0
beforeEach(async () => {
  const layout = join(folder, String(count++))
  const { digest } = await writeImage({
    layout,
    layers: [filesLayer({ '/app/index.js': Buffer.from('console.log(1)') })],
    config: { entrypoint: ['/app/index.js'] },
  })
  image = { service: 'web', layout, digest: digest }
})

/** A guest whose register starts with `register`; one that is deaf takes no extension. */
function guest(register: `0x${string}` = zero, deaf = false) {
  const world = { register }
  const device = {
    platform: 'tdx',
    report: () => Promise.resolve({ rtmr: [zero, zero, zero, world.register] }),
    extend: (_register: number, digest: `0x${string}`) => {
      if (!deaf) world.register = extendRtmr(world.register, digest)
      return Promise.resolve()
    },
  } as unknown as TeeDevice
  return { device, world }
}

const change = () => {
  const blobs = join(image.layout, 'blobs/sha256')
  for (const name of readdirSync(blobs)) appendFileSync(join(blobs, name), 'x')
}
const expected = () => replayImageEvents([image])

test('every image is recorded once, and an agent started again leaves the register alone', async () => {
  const { device, world } = guest()
  for (let start = 0; start < 2; start++) {
    const measurer = new ImageMeasurer(device, [image])
    await measurer.measure(signal)
    expect(measurer.events).toMatchObject([{ service: 'web', digest: image.digest }])
    expect(world.register).toBe(expected())
  }
})

test('an image that is not the one named leaves nothing in the register', async () => {
  const { device, world } = guest()
  change()
  const measured = new ImageMeasurer(device, [image]).measure(signal)
  await expect(measured).rejects.toMatchObject({ code: 'image.mismatch' })
  expect(world.register).toBe(zero)
})

test('a register that holds anything else, or takes no extension, ends the agent', async () => {
  const foreign = extendRtmr(zero, imageEventDigest('web', `0x${'ab'.repeat(32)}`))
  const twice = extendRtmr(
    expected(),
    imageEventDigest('web', `0x${image.digest.slice('sha256:'.length)}`),
  )
  for (const { device } of [guest(foreign), guest(twice), guest(zero, true)])
    await expect(new ImageMeasurer(device, [image]).measure(signal)).rejects.toMatchObject({
      code: 'rtmr.unexpected',
    })
})

test('an image that changes later is recorded once under what it is then, for good', async () => {
  const { device, world } = guest()
  const measurer = new ImageMeasurer(device, [image])
  await measurer.measure(signal)
  expect(await measurer.recheck(signal)).toEqual([])
  change()
  expect(await measurer.recheck(signal)).toEqual(['web'])
  expect(await measurer.recheck(signal)).toEqual(['web'])
  expect(measurer.events).toHaveLength(2)
  expect(measurer.events[1]?.digest).not.toBe(image.digest)
  expect(world.register).toBe(replayImageEvents(measurer.events))
})

test('hardware without a register: images are hashed all the same, and nothing is recorded', async () => {
  const device = { platform: 'sev-snp' } as unknown as SnpDevice
  const measurer = new ImageMeasurer(device, [image])
  await measurer.measure(signal)
  expect(measurer.events).toEqual([])
  expect(await measurer.recheck(signal)).toEqual([])
  change()
  expect(await measurer.recheck(signal)).toEqual(['web'])
  expect(measurer.events).toEqual([])
  await expect(new ImageMeasurer(device, [image]).measure(signal)).rejects.toMatchObject({
    code: 'image.mismatch',
  })
})
