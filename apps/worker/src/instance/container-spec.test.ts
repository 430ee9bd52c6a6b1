// What reaches a container of an instance: the agent its sockets and images, a service nothing but its own.
import { buildManifest, type ManifestDocument } from '@wetee/manifest'
import { expect, test } from 'vitest'
import {
  agentContainer,
  memoryVolumes,
  serviceContainer,
  unfitReasons,
  usesSecrets,
} from './container-spec.ts'
import { AGENT_CONTAINER } from './identity.ts'

const digest = `sha256:${'ab'.repeat(32)}` as const
const limits = { cpuMilli: 500, memoryBytes: 1e8, pids: 64 }
const compose = `
name: hello
services:
  web:
    image: registry.test/hello:1.0
    read_only: true
    ports: ["8080"]
    environment: { A: "1" }
    volumes: ["data:/data", "data:/shown:ro"]
volumes:
  data:
    x-wetee: { size: 64M }
`

async function manifest(text = compose): Promise<ManifestDocument> {
  return (await buildManifest(text, { resolveImage: () => Promise.resolve(digest) })).document
}

const image = { layout: '/images/x', digest, entrypoint: ['/own'], command: ['serve'] }
const paths = {
  volumes: new Map([['data', '/state/volumes/7/0/data']]),
  appSocket: '/state/run/app/wetee.sock',
}

test('a service gets its volumes, the agent`s socket, launcher and pipes, and nothing else of the agent', async () => {
  const { services } = await manifest()
  const spec = serviceContainer(services[0]!, image, paths)
  expect(spec.mounts).toEqual([
    { source: '/state/volumes/7/0/data', target: '/data', readOnly: false },
    { source: '/state/volumes/7/0/data', target: '/shown', readOnly: true },
    { source: '/state/run/app/wetee.sock', target: '/run/wetee.sock', readOnly: false },
    { memory: 'service-web', target: '/run/wetee', readOnly: true },
  ])
  expect(spec).toMatchObject({ readOnlyRoot: true, environment: { A: '1' } })
  expect(spec.image).toEqual({ layout: '/images/x', digest })
  // Without it what the program writes would go to the engine, where the provider reads it.
  expect(spec.entrypoint).toEqual(['/run/wetee/launch', '/own'])
  expect(spec.command).toEqual(['serve'])
})

test('a service whose root may be written says so itself', async () => {
  const { services } = await manifest(compose.replace('read_only: true', 'read_only: false'))
  const spec = serviceContainer(services[0]!, image, paths)
  expect(spec.readOnlyRoot).toBe(false)
})

test('the agent gets its two sockets, and the images read-only under a read-only root', async () => {
  const { services } = await manifest()
  const spec = agentContainer({
    image: { layout: '/agent', digest },
    paths: { runFolder: '/state/run', teeSocket: '/tee/1.sock' },
    services: [{ service: services[0]!, layout: '/images/x' }],
    limits,
  })
  expect(spec).toMatchObject({ readOnlyRoot: true, environment: {} })
  expect(spec.limits).toEqual({ ...limits, memoryBytes: limits.memoryBytes + 2 ** 18 })
  expect(spec.mounts).toEqual([
    { source: '/state/run', target: '/run/wetee', readOnly: false },
    { source: '/tee/1.sock', target: '/run/tee/tee.sock', readOnly: false },
    { source: '/images/x', target: '/images/web', readOnly: true },
    { memory: 'service-web', target: '/run/services/web', readOnly: false },
  ])
})

const withSecrets = (service: string) => `
name: hello
services:
  db: { image: registry.test/db:1 }
  web:
    image: registry.test/hello:1.0
    secrets: [token]
${service}
secrets:
  token: { external: true }
`
const variables = '    x-wetee: { secretEnvironment: { TOKEN: token } }'

test('secrets are in memory: the agent writes, their service reads, other services see nothing', async () => {
  const document = await manifest(withSecrets(''))
  const [db, web] = document.services
  expect(usesSecrets(document)).toBe(true)
  expect(memoryVolumes(document)).toEqual([
    { name: 'service-db', sizeBytes: 2 ** 18 },
    { name: 'service-web', sizeBytes: 2 ** 18 },
    { name: 'secrets-web', sizeBytes: 8 * 2 ** 20 },
  ])
  const agent = agentContainer({
    image: { layout: '/agent', digest },
    paths: { runFolder: '/state/run', teeSocket: '/tee/1.sock' },
    services: [db!, web!].map((service) => ({ service, layout: '/images/x' })),
    limits,
  })
  const memory = { memory: 'secrets-web' }
  expect(agent.mounts.filter((mount) => 'memory' in mount)).toEqual([
    { memory: 'service-db', target: '/run/services/db', readOnly: false },
    { memory: 'service-web', target: '/run/services/web', readOnly: false },
    { ...memory, target: '/run/secrets-of/web', readOnly: false },
  ])
  // What it writes counts as its own.
  expect(agent.limits.memoryBytes).toBe(limits.memoryBytes + 8 * 2 ** 20 + 2 ** 19)
  expect(serviceContainer(web!, image, paths).mounts).toContainEqual({
    ...memory,
    ...{ target: '/run/secrets', readOnly: true },
  })
  expect(serviceContainer(db!, image, paths).mounts).toHaveLength(2)
})

test.each([
  ['nothing of its own', '', ['/own'], ['serve']],
  ['a command', '    command: [x]', ['/own'], ['x']],
  ['an entry point', '    entrypoint: [/a]', ['/a'], []],
  ['both', '    entrypoint: [/a]\n    command: [b, c]', ['/a'], ['b', 'c']],
])(
  'with %s, the launcher comes before what would have run',
  async (_, own, entrypoint, command) => {
    const document = await manifest(withSecrets(`${variables}\n${own}`))
    const { services } = document
    expect(memoryVolumes(document)[1]).toEqual({ name: 'service-web', sizeBytes: 8 * 2 ** 20 })
    const spec = serviceContainer(services[1]!, image, paths)
    expect(spec.entrypoint).toEqual(['/run/wetee/launch', ...entrypoint])
    expect(spec.command).toEqual(command)
    expect(spec.environment).toEqual({})
  },
)

test('without any program the launcher is not started for nothing', async () => {
  const { services } = await manifest(withSecrets(variables))
  const empty = { ...image, entrypoint: [], command: [] }
  expect(() => serviceContainer(services[1]!, empty, paths)).toThrow(
    expect.objectContaining({ code: 'container.invalid' }) as Error,
  )
})

test('a service cannot take the place of the agent, nor two of them one port', async () => {
  const document = await manifest()
  expect(unfitReasons(document)).toEqual([])
  const [web] = document.services
  const services = [web!, { ...web!, name: AGENT_CONTAINER }]
  expect(unfitReasons({ ...document, services })).toEqual([
    `a service may not be called ${AGENT_CONTAINER}`,
    `${AGENT_CONTAINER}: port 8080 is published twice, services share one network`,
  ])
})
