// For tests: specs of pods, small and whole. Pure.
import type { PodContainer, PodSpec } from '../../runtime.ts'
import { kubernetesSchema, type KubernetesConfig } from '../config.ts'

const MIB = 1_048_576

/** An image by digest that nobody has. */
const SAMPLE_IMAGE = `registry.example/app@sha256:${'a'.repeat(64)}`

/** A configuration with everything at its default but what is given. */
export function sampleConfig(over: Record<string, unknown> = {}): KubernetesConfig {
  return kubernetesSchema.parse({
    networkPolicyEnforced: true,
    agentRepository: 'registry.example/agent',
    ...over,
  })
}

/** A container that passes every check. */
export function sampleContainer(over: Partial<PodContainer> = {}): PodContainer {
  return {
    name: 'web',
    image: SAMPLE_IMAGE,
    user: '1000:1000',
    environment: { GREETING: 'hello' },
    readOnlyRoot: true,
    tmpfs: [],
    mounts: [],
    limits: { cpuMilli: 100, memoryBytes: 64 * MIB, pids: 64 },
    restart: 'always',
    ...over,
  }
}

/** A pod of one container. */
export function samplePod(over: Partial<PodSpec> = {}): PodSpec {
  return {
    id: 'wetee-w7-0011aabb-a5-v1-r0',
    labels: {
      'wetee.worker': 'w7-0011aabb',
      'wetee.app': '5',
      'wetee.version': '1',
      'wetee.replica': '0',
    },
    hostNames: [],
    containers: [sampleContainer()],
    ...over,
  }
}

/** An instance as the worker has them: agent with sockets and secrets, a job, a database that others wait for, a web server. */
export function wholePod(over: Partial<PodSpec> = {}): PodSpec {
  return samplePod({
    hostNames: ['db', 'my_web'.replace('_', '-')],
    memory: [
      { name: 'secrets-web_1', sizeBytes: 8 * MIB },
      { name: 'app', sizeBytes: MIB },
    ],
    disks: [{ name: 'data-r0', sizeBytes: 100 * MIB + 1 }],
    containers: [
      sampleContainer({
        name: 'wetee-agent',
        gate: 'healthy',
        check: {
          program: ['/node', '-e', 'look()'],
          intervalMs: 500,
          timeoutMs: 2_000,
          failures: 60,
        },
        mounts: [
          {
            text: '{"format":"wetee/launch/v1"}',
            target: '/run/wetee/launch.json',
            readOnly: true,
          },
          { memory: 'app', target: '/run/wetee/app', readOnly: false },
          { memory: 'secrets-web_1', target: '/run/secrets-of/web_1', readOnly: false },
        ],
        tmpfs: [{ target: '/tmp', sizeBytes: 16 * MIB }],
      }),
      sampleContainer({ name: 'migrate', gate: 'completed', restart: 'on-failure' }),
      sampleContainer({
        name: 'db',
        gate: 'started',
        mounts: [{ volume: 'data-r0', target: '/data', readOnly: false }],
        readOnlyRoot: false,
      }),
      sampleContainer({
        name: 'web_1',
        entrypoint: ['/run/secrets/.wetee/launch', '/bin/web'],
        command: ['--price', '$(HOME) costs $$5'],
        environment: { A: '$(B)', PRICE: '$5' },
        workingDirectory: '/srv',
        mounts: [
          { memory: 'secrets-web_1', target: '/run/secrets', readOnly: true },
          { memory: 'app', file: 'wetee.sock', target: '/run/wetee.sock', readOnly: false },
        ],
      }),
    ],
    ...over,
  })
}
