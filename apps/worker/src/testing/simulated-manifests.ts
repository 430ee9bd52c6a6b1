// For tests: manifests of different shapes for simulations. Pure.
import { buildManifest, type Manifest } from '@wetee/manifest'

/** A service of this name does its work once and ends. */
export const JOB = 'job'

const image = (digit: string) => `registry.example/app@sha256:${digit.repeat(64)}`
const service = (name: string, digit: string, more = '') => `  ${name}:
    image: ${image(digit)}
${more}`
const ports = '    ports: ["8080"]\n'
const after = (name: string, condition: string) =>
  `    depends_on: { ${name}: { condition: ${condition} } }\n`
const replicas = (count: number) => `    deploy: { replicas: ${count} }\n`

const updating = (rule: string) => `x-wetee: { update: { ${rule} } }\n`

const shapes: readonly string[] = [
  service('web', '1', ports),
  service('web', '2', ports + after('db', 'service_started')) + service('db', '3'),
  service('web', '1', ports + replicas(2) + '    volumes: ["data:/data"]\n') +
    'volumes:\n  data: {}\n',
  service('web', '4', ports + after(JOB, 'service_completed_successfully')) + service(JOB, '5'),
  service('web', '2', ports + after('db', 'service_healthy')) +
    service('db', '3', '    healthcheck: { test: ["CMD", "/ok"] }\n    volumes: ["data:/data"]\n') +
    'volumes:\n  data: {}\n',
  service('web', '6'),
  service('web', '2', ports) + updating('strategy: stop-first'),
  service('web', '1', ports + replicas(2) + '    volumes: ["data:/data"]\n') +
    'volumes:\n  data: {}\n' +
    updating('strategy: stop-first'),
  service('web', '4', ports) + updating('canaryPercent: 20, canaryTime: 10s'),
  service('web', '1', `${ports}    healthcheck: { test: ok, interval: 2s, retries: 2 }\n`),
  service('web', '1', `${ports}    secrets: [token]\n`) +
    service('db', '3', '    x-wetee: { secretEnvironment: { TOKEN: token } }\n') +
    'secrets:\n  token: { external: true }\n',
]

/** One manifest per shape: alone, in order, replicated with a volume, after a job, after health, without a port, with a healthcheck of its own, one after the other, as a canary, with secrets. */
export function simulatedManifests(): Promise<Manifest[]> {
  return Promise.all(
    shapes.map((shape) =>
      buildManifest(`name: app\nservices:\n${shape}`, {
        resolveImage: (pinned) => Promise.resolve(pinned.slice(pinned.lastIndexOf('@') + 1)),
      }),
    ),
  )
}
