// What a spec is checked for before any engine sees it.
import { expect, test } from 'vitest'
import { ImageError } from '@wetee/image'
import type { ContainerSpec, MemoryVolume } from './runtime.ts'
import { checkContainer, checkMemory, checkPod, imageError, userOf } from './spec.ts'

const spec: ContainerSpec = {
  name: 'web',
  image: { layout: '/l', digest: `sha256:${'0'.repeat(64)}` },
  environment: { A: 'b' },
  readOnlyRoot: true,
  tmpfs: [{ target: '/tmp', sizeBytes: 1 }],
  mounts: [{ source: '/data', target: '/data', readOnly: false }],
  limits: { cpuMilli: 1, memoryBytes: 1, pids: 1 },
}

test('a plain spec passes', () => {
  expect(() => checkContainer(spec)).not.toThrow()
  expect(() =>
    checkPod({ id: 'a-1', labels: { a: 'b' }, hostNames: ['web', 'db.x'] }),
  ).not.toThrow()
})

const volume: MemoryVolume = { name: 'secrets-web', sizeBytes: 4_096 }

test.each<[string, readonly MemoryVolume[]]>([
  ['a name that leads elsewhere', [{ ...volume, name: '../x' }]],
  ['no name', [{ ...volume, name: '' }]],
  ['a name of 81', [{ ...volume, name: 'a'.repeat(81) }]],
  ['a name twice', [volume, volume]],
  ['no size', [{ ...volume, sizeBytes: 0 }]],
  ['half a byte', [{ ...volume, sizeBytes: 0.5 }]],
  ['33 volumes', Array.from({ length: 33 }, (_, i) => ({ ...volume, name: `v${i}` }))],
])('a pod with memory of %s is refused', (_, memory) => {
  expect(() => checkPod({ id: 'a', labels: {}, hostNames: [], memory })).toThrow(
    expect.objectContaining({ code: 'pod.invalid' }) as Error,
  )
})

test('a pod takes a name of 80, and its containers no volume that it does not have', () => {
  const name = 'a'.repeat(80)
  const memory = [{ ...volume, name }]
  expect(() => checkPod({ id: 'a', labels: {}, hostNames: [], memory })).not.toThrow()
  const mounts = [{ memory: name, target: '/run/secrets', readOnly: true }]
  expect(() => checkMemory({ id: 'a', memory: [name] }, { ...spec, mounts })).not.toThrow()
  expect(() => checkMemory({ id: 'a', memory: ['other'] }, { ...spec, mounts })).toThrow(
    expect.objectContaining({ code: 'container.invalid' }) as Error,
  )
})

test.each<[string, Partial<ContainerSpec>]>([
  ['name', { name: 'a/b' }],
  ['variable', { environment: { 'A\0': 'b' } }],
  ['value', { environment: { A: 'b\0' } }],
  ['relative source', { mounts: [{ source: 'data', target: '/data', readOnly: true }] }],
  ['climbing source', { mounts: [{ source: '/a/../etc', target: '/data', readOnly: true }] }],
  [
    'memory over a folder',
    { mounts: [...spec.mounts, { memory: 'm', target: '/data', readOnly: true }] },
  ],
  ['memory at a colon', { mounts: [{ memory: 'm', target: '/a:ro', readOnly: true }] }],
  ['place twice', { tmpfs: [{ target: '/data', sizeBytes: 1 }] }],
  ['size', { tmpfs: [{ target: '/tmp', sizeBytes: 0 }] }],
  ['fraction', { limits: { cpuMilli: 0.5, memoryBytes: 1, pids: 1 } }],
  ['negative', { limits: { cpuMilli: 1, memoryBytes: 1, pids: -1 } }],
  ['relative folder', { workingDirectory: 'app' }],
])('a container with a bad %s is refused', (_, changes) => {
  expect(() => checkContainer({ ...spec, ...changes })).toThrow(
    expect.objectContaining({ code: 'container.invalid' }) as Error,
  )
})

test.each([
  { id: 'A', labels: {}, hostNames: [] },
  { id: 'a', labels: { 'a=b': 'c' }, hostNames: [] },
  // Would become a line of the hosts file.
  { id: 'a', labels: {}, hostNames: ['x\n10.0.0.1 y'] },
  { id: 'a', labels: {}, hostNames: ['x:10.0.0.1'] },
])('the pod %j is refused', (pod) => {
  expect(() => checkPod(pod)).toThrow(expect.objectContaining({ code: 'pod.invalid' }) as Error)
})

test.each([
  [undefined, '', '65534:65534'],
  [undefined, 'root', '65534:65534'],
  [undefined, '0:0', '65534:65534'],
  [undefined, '1000', '1000:1000'],
  [undefined, 'node', 'node'],
  ['7:8', '1000', '7:8'],
  ['000:5', '1000', '65534:65534'],
  ['root:staff', '1000', '65534:65534'],
])('the user %j over the image that says %j is %j', (asked, ofImage, expected) => {
  expect(userOf(asked, ofImage)).toBe(expected)
})

test('an image with other bytes has one code, whichever blob they are in', () => {
  expect(imageError(new ImageError('blob.digest', 'x'))).toMatchObject({
    code: 'image.digest-mismatch',
    retryable: false,
  })
  expect(imageError(new ImageError('layout.invalid', 'x'))).toMatchObject({ code: 'image.invalid' })
})
