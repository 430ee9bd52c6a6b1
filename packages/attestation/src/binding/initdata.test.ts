// The document that a confidential pod is launched with, byte by byte, and what the hardware carries of it.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { podMeasurementId } from './identity.ts'
import { dueLaunch, initdataDocument, initdataLaunchField } from './initdata.ts'
import { launchField } from './launch.ts'
import { kataPolicy } from './kata-policy.ts'

const digest = `0x${'0123456789abcdef'.repeat(4)}` as const

test('the document is these bytes', () => {
  expect(initdataDocument(digest)).toBe(
    [
      "version = '0.1.0'",
      "algorithm = 'sha384'",
      '',
      '[data]',
      `wetee = '{"format":"wetee/initdata/v1","configDigest":"${digest}"}'`,
      '',
    ].join('\n'),
  )
})

test('the hardware carries its SHA-384, as far as its field goes', () => {
  const hash = createHash('sha384').update(initdataDocument(digest)).digest('hex')
  expect(initdataLaunchField('tdx', digest)).toEqual({ name: 'MRCONFIGID', value: `0x${hash}` })
  expect(initdataLaunchField('sev-snp', digest)).toEqual({
    name: 'HOST_DATA',
    value: `0x${hash.slice(0, 64)}`,
  })
})

test('another configuration is another document, and what is no digest is none', () => {
  const other = `0x${'0123456789abcdee'.repeat(4)}` as const
  expect(initdataLaunchField('tdx', other).value).not.toBe(initdataLaunchField('tdx', digest).value)
  for (const wrong of ['0x', `${digest}00`, `0x${"'".repeat(64)}`, 'x'] as const)
    expect(() => initdataDocument(wrong as `0x${string}`)).toThrow(
      expect.objectContaining({ code: 'binding.invalid' }),
    )
})

const web = `sha256:${'ab'.repeat(32)}`
const agent = `sha256:${'aa'.repeat(32)}`
const permissions = { images: [web, agent], commands: [['/bin/check', "it's"]] }

test('a policy stands in the document as it is, and what the hardware carries is of both', () => {
  const policy = kataPolicy(permissions)
  const document = initdataDocument(digest, policy)
  expect(document.startsWith(initdataDocument(digest))).toBe(true)
  expect(document.endsWith(`"policy.rego" = '''\n${policy}'''\n`)).toBe(true)
  const hash = createHash('sha384').update(document).digest('hex')
  expect(initdataLaunchField('tdx', digest, policy).value).toBe(`0x${hash}`)
  expect(initdataLaunchField('sev-snp', digest, policy).value).toBe(`0x${hash.slice(0, 64)}`)
})

test('ATTACK a policy cannot end its own entry and begin another', () => {
  const evil = "x'''\n\"aa.toml\" = '''"
  for (const policy of [evil, 'a\0b', 'a\rb'])
    expect(() => initdataDocument(digest, policy)).toThrow(
      expect.objectContaining({ code: 'binding.invalid' }),
    )
  const quoted = kataPolicy({ images: [], commands: [["'''"]] })
  expect(initdataDocument(digest, quoted)).toContain('\\u0027')
})

test('a policy names these images by digest and these commands, and refuses what reaches into a pod or out of it', () => {
  const policy = kataPolicy(permissions)
  expect(policy).toContain(`images := ["@${agent}", "@${web}"]`)
  expect(policy).toContain('commands := [["/bin/check","it\\u0027s"]]')
  for (const name of ['CreateContainer', 'ExecProcess', 'ReadStream', 'WriteStream', 'SetPolicy'])
    expect(policy).toContain(`default ${name}Request := false\n`)
  const names = [...policy.matchAll(/default (\w+)Request/g)].map(([, name]) => name)
  expect(new Set(names).size).toBe(names.length)
  const reversed = { ...permissions, images: permissions.images.toReversed() }
  expect(kataPolicy(reversed)).toBe(policy)
  const other = { ...permissions, images: [web] }
  expect(initdataLaunchField('tdx', digest, kataPolicy(other)).value).not.toBe(
    initdataLaunchField('tdx', digest, policy).value,
  )
})

test('ATTACK an image by its tag, or by a digest that is more than a digest, has no place in a policy', () => {
  for (const wrong of ['registry.example/web:1', '', `${web}\n`, `${web}"]\nx := ["`])
    expect(() => kataPolicy({ images: [wrong], commands: [] })).toThrow(
      expect.objectContaining({ code: 'binding.invalid' }),
    )
})

test('a guest that is no pod shows the digest itself, under its own measurement; a pod its document, under guest and agent', () => {
  const measurementId = `0x${'3e'.repeat(32)}` as const
  const policy = kataPolicy(permissions)
  for (const platform of ['tdx', 'sev-snp'] as const) {
    const claims = { platform, measurementId }
    expect(dueLaunch(claims, digest)).toEqual({
      field: launchField(platform, digest),
      measurementId,
    })
    expect(dueLaunch(claims, digest, { agentImage: agent, policy })).toEqual({
      field: initdataLaunchField(platform, digest, policy),
      measurementId: podMeasurementId(measurementId, agent),
    })
  }
  const sgx = { platform: 'sgx', measurementId } as const
  expect(dueLaunch(sgx, digest).field).toEqual(launchField('sgx', digest))
  expect(() => dueLaunch(sgx, digest, { agentImage: agent, policy })).toThrow(
    expect.objectContaining({ code: 'binding.invalid' }),
  )
})

test('the measurement of a pod is these bytes, another for each guest and each agent, and none for what is no digest', () => {
  const guest = `0x${'3e'.repeat(32)}` as const
  const tag = 'wetee/measurement/pod/v1'
  const hash = createHash('sha256')
  for (const part of [Buffer.from(tag), Buffer.alloc(32, 0x3e), Buffer.alloc(32, 0xaa)]) {
    const size = Buffer.alloc(4)
    size.writeUInt32BE(part.length)
    hash.update(size).update(part)
  }
  expect(podMeasurementId(guest, agent)).toBe(`0x${hash.digest('hex')}`)
  expect(podMeasurementId(guest, web)).not.toBe(podMeasurementId(guest, agent))
  for (const wrong of ['', 'registry.example/agent', `${agent}00`, agent.toUpperCase()])
    expect(() => podMeasurementId(guest, wrong)).toThrow(
      expect.objectContaining({ code: 'binding.invalid' }),
    )
})
