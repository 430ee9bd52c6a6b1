// What every Pod that the driver makes has and never has, whatever it is made from.
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PodContainer, PodSpec } from '../runtime.ts'
import { checkKubernetesPod } from './pod-check.ts'
import { podObject } from './pod-object.ts'
import { brokenRules, list, tree } from './testing/restricted.ts'
import { sampleConfig, sampleContainer, samplePod, wholePod } from './testing/sample-pods.ts'

const config = sampleConfig()
const specOf = (spec: PodSpec, over = {}) => tree(podObject(spec, 'ns', sampleConfig(over))['spec'])
const allOf = (spec: PodSpec) => {
  const pod = specOf(spec)
  return [...list(pod['initContainers']), ...list(pod['containers'])]
}

/** Undoes what Kubernetes does to words and values; throws where it would put something else in. */
function expanded(text: string): string {
  return text.replace(/\$(\$|\(|)/g, (_, next: string) => {
    if (next === '(') throw new Error('a reference')
    return '$'
  })
}

describe('every rendered pod', () => {
  const text = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('$(A)', '$$(A)', '$', '$$$'))
  const plain = text.map((value) => value.replaceAll('\0', ''))
  const container = fc.record({
    user: fc.tuple(fc.integer({ min: 1, max: 65_534 }), fc.integer({ min: 1, max: 65_534 })),
    readOnlyRoot: fc.boolean(),
    environment: fc.dictionary(fc.constantFrom('A', 'B', 'C'), plain),
    entrypoint: fc.option(fc.array(plain, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    command: fc.option(fc.array(plain, { maxLength: 3 }), { nil: undefined }),
    tmpfs: fc.integer({ min: 0, max: 3 }),
    gate: fc.constantFrom(undefined, 'started', 'completed', 'healthy'),
  })
  const pods = fc.array(container, { minLength: 1, maxLength: 6 }).map((made) => {
    const containers = made.map(
      ({ user, tmpfs, entrypoint, command, gate, ...rest }, index): PodContainer => ({
        ...sampleContainer(),
        ...rest,
        name: `c_${index}`,
        user: user.join(':'),
        ...(entrypoint === undefined ? {} : { entrypoint }),
        ...(command === undefined ? {} : { command }),
        ...(gate === undefined || index === made.length - 1 ? {} : { gate }),
        ...(gate === 'completed' && index < made.length - 1 ? { restart: 'on-failure' } : {}),
        ...(gate === 'healthy'
          ? { check: { program: ['/x'], intervalMs: 1, timeoutMs: 1, failures: 1 } }
          : {}),
        tmpfs: Array.from({ length: tmpfs }, (_, i) => ({ target: `/t${i}`, sizeBytes: 4_096 })),
      }),
    )
    const gates = containers.filter(({ gate }) => gate !== undefined)
    return samplePod({
      containers: [...gates, ...containers.filter(({ gate }) => gate === undefined)],
    })
  })

  test('holds the rules of Pod Security restricted, has limits, no host path, no Secret, no token', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        checkKubernetesPod(pod)
        const spec = specOf(pod)
        expect(brokenRules(spec)).toEqual([])
        expect(spec['automountServiceAccountToken']).toBe(false)
        expect(JSON.stringify(spec)).not.toMatch(/hostPath|secretKeyRef|secretRef|"secret"|envFrom/)
        const containers = allOf(pod)
        expect(containers).toHaveLength(pod.containers?.length ?? 0)
        for (const { resources, image } of containers) {
          const { limits, requests } = tree(resources)
          expect(Object.keys(tree(limits)).sort()).toEqual(['cpu', 'memory'])
          expect(requests).toEqual(limits)
          expect(image).toMatch(/@sha256:[0-9a-f]{64}$/)
        }
      }),
    )
  })

  test('passes words and values on as they are: nothing in them is taken for a reference', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        const containers = allOf(pod)
        for (const [index, asked] of (pod.containers ?? []).entries()) {
          const made = containers[index]
          const words = (field: string) => (made?.[field] as string[] | undefined)?.map(expanded)
          expect(words('command')).toEqual(asked.entrypoint)
          expect(words('args')).toEqual(asked.command)
          const values = list(made?.['env']).map(({ name, value }) => [
            name,
            expanded(`${value as string}`),
          ])
          expect(Object.fromEntries(values)).toEqual(asked.environment)
        }
      }),
    )
  })
})

test('the test of restricted pods finds what is not restricted', () => {
  const spec = specOf(samplePod())
  const [container] = list(spec['containers'])
  const context = tree(container?.['securityContext'])
  for (const [over, rule] of [
    [{ hostNetwork: true }, 'hostNetwork'],
    [{ securityContext: {} }, 'seccompProfile'],
    [{ volumes: [{ name: 'x', hostPath: { path: '/' } }] }, 'volume hostPath'],
    [
      { containers: [{ ...container, securityContext: { ...context, runAsUser: 0 } }] },
      'web: runAsUser',
    ],
  ] as const)
    expect(brokenRules({ ...spec, ...over })).toEqual([rule])
})

test('gates become init containers in their order, sidecars unless they complete; the others start together', () => {
  const spec = specOf(wholePod())
  expect(
    list(spec['initContainers']).map(({ name, restartPolicy, startupProbe }) => [
      name,
      restartPolicy,
      startupProbe !== undefined,
    ]),
  ).toEqual([
    ['wetee-agent', 'Always', true],
    ['migrate', undefined, false],
    ['db', 'Always', false],
  ])
  expect(list(spec['containers']).map(({ name }) => name)).toEqual([
    expect.stringMatching(/^c-[0-9a-f]{20}$/),
  ])
  expect(spec['restartPolicy']).toBe('Always')
})

test('memory volumes are in memory with a size, files are notes of the pod, volumes are claims', () => {
  const pod = podObject(wholePod(), 'ns', config)
  const volumes = list(tree(pod['spec'])['volumes'])
  expect(volumes.filter((volume) => 'emptyDir' in volume).map(({ emptyDir }) => emptyDir)).toEqual([
    { medium: 'Memory', sizeLimit: '8388608' },
    { medium: 'Memory', sizeLimit: '1048576' },
    { medium: 'Memory', sizeLimit: '16777216' },
  ])
  expect(volumes.find((volume) => 'persistentVolumeClaim' in volume)).toEqual({
    name: 'd-data-r0',
    persistentVolumeClaim: { claimName: 'data-r0' },
  })
  expect(volumes.at(-1)).toMatchObject({
    downwardAPI: {
      items: [
        { path: 'file-0', fieldRef: { fieldPath: "metadata.annotations['wetee.dev/file-0']" } },
      ],
    },
  })
  expect(pod.metadata.annotations?.['wetee.dev/file-0']).toBe('{"format":"wetee/launch/v1"}')
})

test('runtime class, node selector, tolerations and enclaves come from the configuration', () => {
  const spec = specOf(samplePod(), {
    runtimeClassName: 'kata-qemu-tdx',
    nodeSelector: { 'intel.feature.node.kubernetes.io/tdx': 'true' },
    tolerations: [{ key: 'tee', effect: 'NoSchedule' }],
    sgx: { enclaves: 2, epcMiB: 128 },
  })
  expect(spec).toMatchObject({
    runtimeClassName: 'kata-qemu-tdx',
    nodeSelector: { 'intel.feature.node.kubernetes.io/tdx': 'true' },
    tolerations: [{ key: 'tee', operator: 'Exists', effect: 'NoSchedule' }],
    containers: [
      { resources: { limits: { 'sgx.intel.com/enclave': '2', 'sgx.intel.com/epc': '128Mi' } } },
    ],
  })
})

test('initdata goes along only where pods are machines that take it, the same bytes for the same text', () => {
  const name = 'io.katacontainers.config.hypervisor.cc_init_data'
  const spec = samplePod({ initdata: 'version = "0.1.0"\n' })
  const note = (over = {}) => podObject(spec, 'ns', sampleConfig(over)).metadata.annotations?.[name]
  expect(note()).toBe(undefined)
  for (const runtimeClassName of ['kata-qemu-tdx', 'kata-snp'])
    expect(note({ runtimeClassName })).toBe(note({ initdata: true }))
  for (const runtimeClassName of ['gvisor', 'kata', 'tdxish'])
    expect(note({ runtimeClassName })).toBe(undefined)
  expect(note({ runtimeClassName: 'kata-tdx', initdata: false })).toBe(undefined)
  const found = note({ initdata: true })
  expect(note({ initdata: true })).toBe(found)
  expect(gunzipSync(Buffer.from(found ?? '', 'base64')).toString()).toBe(spec.initdata)
})

describe('a pod is refused', () => {
  const wrong = (over: Partial<PodContainer>) => samplePod({ containers: [sampleContainer(over)] })
  const check = { program: ['/x'], intervalMs: 1, timeoutMs: 1, failures: 1 }
  test.each<[string, PodSpec]>([
    ['without containers', { ...samplePod(), containers: [] }],
    ['with an id that ends in a dash', samplePod({ id: 'a-' })],
    ['with a host name in capitals', samplePod({ hostNames: ['DB'] })],
    ['with a host name of empty parts', samplePod({ hostNames: ['a..b'] })],
    ['with a host name that has a dash before a dot', samplePod({ hostNames: ['a-.b'] })],
    [
      'with a volume twice',
      samplePod({
        disks: [
          { name: 'a', sizeBytes: 1 },
          { name: 'a', sizeBytes: 1 },
        ],
      }),
    ],
    ['with a volume of no size', samplePod({ disks: [{ name: 'a', sizeBytes: 0 }] })],
    ['with a container twice', samplePod({ containers: [sampleContainer(), sampleContainer()] })],
    ['with gates alone', wrong({ gate: 'started' })],
    [
      'with a gate after a container that nothing waits for',
      samplePod({
        containers: [
          sampleContainer(),
          sampleContainer({ name: 'b', gate: 'started' }),
          sampleContainer({ name: 'c' }),
        ],
      }),
    ],
    ['with too much initdata', samplePod({ initdata: 'x'.repeat(262_145) })],
  ])('%s', (_, spec) => {
    expect(() => checkKubernetesPod(spec)).toThrow(expect.objectContaining({ code: 'pod.invalid' }))
  })

  const first = (over: Partial<PodContainer>) =>
    samplePod({ containers: [sampleContainer({ name: 'first', ...over }), sampleContainer()] })
  test.each<[string, PodSpec]>([
    ['an image by tag', wrong({ image: 'registry.example/app:1' })],
    ['an image without a registry', wrong({ image: `app@sha256:${'a'.repeat(64)}` })],
    ['root', wrong({ user: '0:0' })],
    ["root's group", wrong({ user: '1000:0' })],
    ['a variable with a space', wrong({ environment: { 'a b': '' } })],
    ['a variable that begins with a digit', wrong({ environment: { '1a': '' } })],
    ['a variable of two dots', wrong({ environment: { '..': '' } })],
    ['a user by name', wrong({ user: 'node' })],
    ['a user without a group', wrong({ user: '1000' })],
    ['a user beyond 31 bits', wrong({ user: '2147483648:1' })],
    [
      'a folder of the host',
      wrong({ mounts: [{ source: '/etc', target: '/x', readOnly: true } as never] }),
    ],
    [
      'a memory volume that is not there',
      wrong({ mounts: [{ memory: 'x', target: '/x', readOnly: true }] }),
    ],
    [
      'a volume that is not there',
      wrong({ mounts: [{ volume: 'x', target: '/x', readOnly: true }] }),
    ],
    ['a colon in a place', wrong({ mounts: [{ text: '', target: '/a:b', readOnly: true }] })],
    ['a gate that never says when it is healthy', first({ gate: 'healthy' })],
    ['a job that is always restarted', first({ gate: 'completed' })],
    ['a job with a check', first({ gate: 'completed', restart: 'no', check })],
    ['a sidecar that is not restarted', first({ gate: 'started', restart: 'no' })],
    ['a check without a program', wrong({ check: { ...check, program: [] } })],
    ['a check at no time', wrong({ check: { ...check, intervalMs: 0 } })],
  ])('with a container of %s', (_, spec) => {
    expect(() => checkKubernetesPod(spec)).toThrow(
      expect.objectContaining({ code: 'container.invalid' }),
    )
  })

  test('whose memory file leads out of its volume', () => {
    const spec = samplePod({
      memory: [{ name: 'm', sizeBytes: 1 }],
      containers: [
        sampleContainer({ mounts: [{ memory: 'm', file: '../x', target: '/x', readOnly: true }] }),
      ],
    })
    expect(() => checkKubernetesPod(spec)).toThrow(
      expect.objectContaining({ code: 'container.invalid' }),
    )
  })

  test('with two restart policies beside each other, and with more files than notes can hold', () => {
    const two = [sampleContainer(), sampleContainer({ name: 'b', restart: 'no' })]
    const big = sampleContainer({
      mounts: [{ text: 'x'.repeat(163_841), target: '/x', readOnly: true }],
    })
    for (const containers of [two, [big]])
      expect(() => podObject(samplePod({ containers }), 'ns', config)).toThrow(
        expect.objectContaining({ code: 'pod.invalid' }),
      )
  })
})

test('the whole sample passes', () => {
  expect(() => checkKubernetesPod(wholePod())).not.toThrow()
  expect(brokenRules(specOf(wholePod()))).toEqual([])
})
