// What the driver sends, against Kubernetes' own validation and Pod Security: `npm run test:kubernetes -- --validation`.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { PodSpec } from '../runtime.ts'
import {
  namespaceContents,
  namespaceObject,
  roleBinding,
  volumeClaim,
} from './namespace-objects.ts'
import { checkKubernetesPod } from './pod-check.ts'
import { podObject } from './pod-object.ts'
import { sampleConfig, sampleContainer, samplePod, wholePod } from './testing/sample-pods.ts'

const program = join(process.env['KUBEBUILDER_ASSETS'] ?? '/nowhere', 'validation')
const isThere = existsSync(program)
if (!isThere) console.log('SKIPPED: no validation: npm run test:kubernetes -- --validation')

/** What the program says of each object. */
function validated(objects: readonly unknown[]): string[] {
  const { stdout, stderr, status } = spawnSync(program, {
    input: JSON.stringify(objects),
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout.trimEnd().split('\n')
}

const config = sampleConfig({
  storageClassName: 'fast',
  runtimeClassName: 'kata-qemu-tdx',
  initdata: true,
  sgx: {},
  tolerations: [{ key: 'tee' }],
  workerNamespace: 'wetee-system',
  allowedEgress: ['10.1.0.0/16'],
  deniedEgress: ['203.0.113.0/24', '2001:db8::/32'],
})

describe.skipIf(!isThere)('the validation of Kubernetes', () => {
  test('takes every object of an application and the roles of the worker', () => {
    const rbac = join(import.meta.dirname, '../../../../../deploy/kubernetes/worker-rbac.yaml')
    const roles = parseAllDocuments(readFileSync(rbac, 'utf8'))
      .map((document) => document.toJS() as { kind: string })
      // Policies are validated by what evaluates them.
      .filter(({ kind }) => !kind.startsWith('Validating'))
    const objects = [
      podObject(wholePod({ initdata: 'x' }), 'ns', config),
      podObject(samplePod(), 'ns', sampleConfig()),
      namespaceObject('ns', 'w'),
      roleBinding('ns', 'w', 'alice'),
      roleBinding('ns', 'w', 'system:serviceaccount:wetee-system:wetee-worker'),
      volumeClaim('ns', 'w', { name: 'a', sizeBytes: 1 }, 'fast'),
      // What a headless Service has besides is filled in by the API server.
      ...namespaceContents('ns', 'w', config).filter(({ kind }) => kind !== 'Service'),
      ...roles,
    ]
    expect(validated(objects)).toEqual(objects.map(() => 'ok'))
  })

  test('refuses what is tampered with: the test can see it', () => {
    const pod = podObject(samplePod(), 'ns', config)
    const [hostNetwork = '', odd = ''] = validated([
      { ...pod, spec: { ...(pod['spec'] as object), hostNetwork: true } },
      { ...pod, metadata: { ...pod.metadata, name: 'A' } },
    ])
    expect(hostNetwork).toContain('PodSecurity: host namespaces')
    expect(odd).toContain('metadata.name')
  })

  test('takes every pod that the check of the driver lets through', () => {
    const bytes = fc.integer({ min: 1, max: 5e9 })
    const id = fc.integer({ min: 1, max: 2 ** 31 - 1 })
    const text = fc
      .string({ maxLength: 30, unit: 'binary' })
      .map((value) => value.replaceAll('\0', ''))
    const place = fc.stringMatching(/^(\/[a-zA-Z0-9._ -]{1,20}){1,3}$/)
    const volume = (name: RegExp) =>
      fc.uniqueArray(fc.record({ name: fc.stringMatching(name), sizeBytes: bytes }), {
        maxLength: 3,
        selector: (one) => one.name,
      })
    const container = fc.record({
      name: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,62}$/),
      environment: fc.dictionary(fc.stringMatching(/^[A-Za-z_.-][A-Za-z0-9_.-]{0,9}$/), text, {
        maxKeys: 3,
      }),
      entrypoint: fc.array(text, { minLength: 1, maxLength: 3 }),
      tmpfs: fc.uniqueArray(fc.record({ target: place, sizeBytes: bytes }), {
        maxLength: 3,
        selector: ({ target }) => target,
      }),
      limits: fc.record({
        cpuMilli: fc.integer({ min: 1, max: 64_000 }),
        memoryBytes: bytes,
        pids: fc.constant(1),
      }),
      user: fc.tuple(id, id).map((pair) => pair.join(':')),
      workingDirectory: place,
    })
    const pods = fc
      .record({
        id: fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
        hostNames: fc.uniqueArray(fc.stringMatching(/^[a-z0-9.-]{1,12}$/), { maxLength: 2 }),
        memory: volume(/^[a-z0-9][a-z0-9_-]{0,79}$/),
        disks: volume(/^[a-z0-9-]{1,30}$/),
        containers: fc.array(container, { minLength: 1, maxLength: 3 }),
      })
      .map((made): PodSpec =>
        samplePod({
          ...made,
          containers: made.containers.map((one, index) =>
            sampleContainer({
              ...one,
              mounts: [
                ...made.memory.map(({ name }, at) => ({
                  memory: name,
                  target: `/m${index}-${at}`,
                  readOnly: true,
                })),
                ...made.disks.map(({ name }, at) => ({
                  volume: name,
                  target: `/d${index}-${at}`,
                  readOnly: false,
                })),
                { text: 'x', target: '/file', readOnly: true },
              ],
            }),
          ),
        }),
      )
    const objects = fc.sample(pods, { numRuns: 3_000, seed: 1 }).flatMap((spec) => {
      try {
        checkKubernetesPod(spec)
      } catch {
        return []
      }
      return [podObject(spec, 'ns', config)]
    })
    expect(objects.length).toBeGreaterThan(200)
    expect(new Set(validated(objects))).toEqual(new Set(['ok']))
  })
})
