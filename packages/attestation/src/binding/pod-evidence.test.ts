// Evidence of simulated guests that are pods: what the hardware shows is the initdata of their manifest, or is noticed.
import { describe, expect, test } from 'vitest'
import {
  appraise,
  dueLaunch,
  initdataLaunchField,
  kataPolicy,
  launchedWith,
  launchField,
  type Hex,
  type LaunchClaims,
} from '../index.ts'
import { createSimulatedAmdVendor, createSimulatedVendor } from '../simulated/index.ts'

const atMs = Date.UTC(2026, 5, 1)
const seed = new Uint8Array(32).fill(7)
const intel = createSimulatedVendor({ seed, atMs })
const amd = createSimulatedAmdVendor({ seed, atMs })
const trust = {
  roots: [intel, amd].map(({ name, rootDer }) => ({ name, der: rootDer, simulated: true })),
}
const guest: Hex = `0x${'a1'.repeat(48)}`
const reportData: Hex = `0x${'5d'.repeat(64)}`
const digest: Hex = `0x${'c0'.repeat(32)}`
const agentImage = `sha256:${'a9'.repeat(32)}`
const images = [agentImage, `sha256:${'cd'.repeat(32)}`]
const commands = [['/probe']]
const pod = { agentImage, policy: kataPolicy({ images, commands }) }

/** What hardware that was launched with this field says, signed and appraised. */
const launched: Record<'tdx' | 'sev-snp', (field: Hex) => Promise<LaunchClaims>> = {
  tdx: async (mrConfigId) => {
    const quote = intel.createChip({ seed }).launch({ mrtd: guest, mrConfigId }).quote(reportData)
    return appraise({ platform: 'tdx', quote }, intel.collateral(atMs), trust, atMs)
  },
  'sev-snp': async (hostData) => {
    const chip = amd.createChip({ seed })
    const quote = chip.launch({ measurement: guest, hostData }).report(reportData)
    return appraise({ platform: 'sev-snp', quote }, amd.endorsements(chip, atMs), trust, atMs)
  },
}

describe.each(['tdx', 'sev-snp'] as const)('a pod in %s', (platform) => {
  const shows = async (field: Hex, expected = digest): Promise<boolean> => {
    const claims = await launched[platform](field)
    return launchedWith(claims) === dueLaunch(claims, expected, pod).field.value
  }
  const right = initdataLaunchField(platform, digest, pod.policy).value

  test('that is launched with the initdata of its manifest and agent shows it', async () => {
    expect(await shows(right)).toBe(true)
    expect(await shows(right, `0x${'c1'.repeat(32)}`)).toBe(false)
  })

  test('ATTACK that is launched with another initdata, with none, or with nothing does not', async () => {
    const more = { images: [...images, `sha256:${'ee'.repeat(32)}`], commands }
    for (const wrong of [
      initdataLaunchField(platform, digest, kataPolicy(more)),
      initdataLaunchField(platform, digest, kataPolicy({ images, commands: [] })),
      initdataLaunchField(platform, digest, `${pod.policy}\n`),
      initdataLaunchField(platform, digest),
      launchField(platform, digest),
      { value: `0x${'00'.repeat(platform === 'tdx' ? 48 : 32)}` as const },
    ])
      expect(await shows(wrong.value)).toBe(false)
  })

  test('ATTACK that shows its initdata is no guest that was launched with the digest itself', async () => {
    const claims = await launched[platform](right)
    const plain = dueLaunch(claims, digest)
    expect(launchedWith(claims)).not.toBe(plain.field.value)
    expect(dueLaunch(claims, digest, pod).measurementId).not.toBe(plain.measurementId)
  })
})
