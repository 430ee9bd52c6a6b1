// Pods and containers as the engine is asked for them.
import { expect, test } from 'vitest'
import type { ContainerSpec } from '../runtime.ts'
import {
  containerOptions,
  holderOptions,
  networkOptions,
  volumeOptions,
} from './container-options.ts'
import { DOCKER_QUIRKS } from './quirks.ts'
import { SECCOMP_PROFILE } from './seccomp-profile.ts'

const image = {
  id: `sha256:${'1'.repeat(64)}`,
  config: {
    os: 'linux',
    architecture: 'amd64',
    diffIds: [],
    entrypoint: ['/own'],
    command: ['default'],
    environment: {},
    user: '',
    workingDirectory: '',
  },
}
const spec: ContainerSpec = {
  name: 'web',
  image: { layout: '/l', digest: '' },
  environment: {},
  readOnlyRoot: true,
  tmpfs: [],
  mounts: [],
  limits: { cpuMilli: 1_500, memoryBytes: 64 << 20, pids: 50 },
}
const options = (changes: Partial<ContainerSpec> = {}, from = image) =>
  containerOptions('pod', 'holder', { ...spec, ...changes }, from, DOCKER_QUIRKS)

test('a container has every limit and no right that it does not need', () => {
  expect(options()).toMatchObject({
    Image: image.id,
    User: '65534:65534',
    HostConfig: {
      Privileged: false,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges', `seccomp=${SECCOMP_PROFILE}`],
      Memory: 64 << 20,
      MemorySwap: 64 << 20,
      CpuQuota: 150_000,
      PidsLimit: 50,
      NetworkMode: 'container:holder',
    },
  })
})

test.each([
  [{}, ['/own'], ['default']],
  [{ command: ['x'] }, ['/own'], ['x']],
  [{ entrypoint: ['/a'] }, ['/a'], []],
  [{ entrypoint: ['/a'], command: ['b'] }, ['/a'], ['b']],
  [{ entrypoint: [], command: [] }, ['/own'], ['default']],
])('%j gives entry point %j and command %j', (changes, entrypoint, command) => {
  expect(options(changes)).toMatchObject({ Entrypoint: entrypoint, Cmd: command })
})

test('an image without a program is refused unless one is given', () => {
  const bare = { ...image, config: { ...image.config, entrypoint: [], command: [] } }
  expect(() => options({}, bare)).toThrow(
    expect.objectContaining({ code: 'container.invalid' }) as Error,
  )
  expect(options({ command: ['/a'] }, bare).Cmd).toEqual(['/a'])
})

test('another spec, image or holder is told by the label', () => {
  const label = (o: { Labels?: Record<string, string> | undefined }) => o.Labels?.['io.wetee.spec']
  const all = [
    options(),
    options({ environment: { A: 'b' } }),
    options({}, { ...image, id: `sha256:${'2'.repeat(64)}` }),
    containerOptions('pod', 'other', spec, image, DOCKER_QUIRKS),
  ].map(label)
  expect(new Set(all).size).toBe(all.length)
  expect(label(options())).toBe(all[0])
})

test("labels of a pod cannot take the driver's own away", () => {
  const labels = { 'wetee.worker': 'w1', 'io.wetee.pod': 'other', 'io.wetee.container': 'x' }
  const pod = { id: 'pod', labels, hostNames: ['web'] }
  const { Labels, HostConfig } = holderOptions(pod, image, 'none', DOCKER_QUIRKS)
  expect(Labels).toEqual({ 'wetee.worker': 'w1', 'io.wetee.pod': 'pod' })
  expect(HostConfig?.ExtraHosts).toEqual(['web:127.0.0.1'])
})

test("a pod's bridge has a name that Linux takes, of its own, and that the rules go by", () => {
  const name = (id: string) => networkOptions(id).Options?.['com.docker.network.bridge.name'] ?? ''
  expect(name('a'.repeat(63))).toMatch(/^wetee[0-9a-f]{9}$/)
  expect(name('a'.repeat(63)).length).toBeLessThanOrEqual(15)
  expect(name('a')).not.toBe(name('b'))
})

test('memory is a volume of the pod in memory, which its holder keeps and nobody fills from an image', () => {
  expect(volumeOptions('pod', { name: 'secrets-web', sizeBytes: 8_191 })).toEqual({
    Name: 'pod.secrets-web',
    Driver: 'local',
    DriverOpts: { type: 'tmpfs', device: 'tmpfs', o: 'nosuid,nodev,nr_blocks=2,mode=1777' },
    Labels: { 'io.wetee.pod': 'pod' },
  })
  const pod = { id: 'pod', labels: {}, hostNames: [] }
  const held = { ...pod, memory: [{ name: 'secrets-web', sizeBytes: 8_192 }] }
  const bindsOf = ({ HostConfig }: ReturnType<typeof options>) => HostConfig?.Binds
  expect(bindsOf(holderOptions(held, image, 'none', DOCKER_QUIRKS))).toEqual([
    'pod.secrets-web:/memory/secrets-web:ro,nocopy',
  ])
  expect(bindsOf(holderOptions(pod, image, 'none', DOCKER_QUIRKS))).toEqual([])
  const secrets = { memory: 'secrets-web', target: '/run/secrets' }
  const mounts = [
    { ...secrets, readOnly: true },
    { ...secrets, target: '/rw', readOnly: false },
    { source: '/data', target: '/data', readOnly: false },
  ]
  const made = options({ mounts })
  expect(bindsOf(made)).toEqual([
    'pod.secrets-web:/run/secrets:ro,nocopy',
    'pod.secrets-web:/rw:rw,nocopy',
  ])
  expect(made.HostConfig?.Mounts).toMatchObject([{ Type: 'bind', Source: '/data' }])
})
