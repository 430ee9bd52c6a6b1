// The application of the tests: its images, terms and manifest. Pure.
import { serializeManifest, type Terms } from '@wetee/manifest'

/** The services of the test's application and their images. */
export const images = { db: `sha256:${'ab'.repeat(32)}`, web: `sha256:${'cd'.repeat(32)}` } as const

/** What the manifest and the chain say of the application. */
export const terms: Terms = {
  replicas: 2,
  cpuMilli: 200,
  memoryMiB: 128,
  diskMiB: 1_024,
  gpu: 0,
  teeClasses: 1,
  level: 0,
  upgradeDelaySeconds: 0,
  graceSeconds: 3_600,
}
const service = (name: keyof typeof images) => ({
  name,
  image: `registry.test/${name}@${images[name]}`,
  environment: {},
  ports: [],
  volumes: [],
  tmpfs: [],
  dependsOn: [],
  cpuMilli: 100,
  memoryMiB: 64,
  pids: 64,
  readOnly: true,
  secrets: [],
})

/** The manifest of an application of that name. */
export function manifestOf(name: string): string {
  return serializeManifest({
    format: 'wetee/manifest/v1',
    name,
    services: [service('db'), service('web')],
    volumes: [],
    terms,
  })
}
