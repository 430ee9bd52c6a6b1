// What reaches a container of an instance: the agent its sockets and images, a service nothing but its own.
import { buildManifest, type ManifestDocument } from '@wetee/manifest'
import { expect, test } from 'vitest'
import { agentContainer, serviceContainer, unfitReasons } from './container-spec.ts'
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

test('a service gets its volumes and nothing of the agent: no socket, no launch file, no layout', async () => {
  const { services } = await manifest()
  const spec = serviceContainer(services[0]!, { layout: '/images/x', digest }, '/state/volumes/7/0')
  expect(spec.mounts).toEqual([
    { source: '/state/volumes/7/0/data', target: '/data', readOnly: false },
    { source: '/state/volumes/7/0/data', target: '/shown', readOnly: true },
  ])
  expect(spec).toMatchObject({ readOnlyRoot: true, environment: { A: '1' } })
})

test('a service whose root may be written says so itself', async () => {
  const { services } = await manifest(compose.replace('read_only: true', 'read_only: false'))
  const spec = serviceContainer(services[0]!, { layout: '/images/x', digest }, '/v')
  expect(spec.readOnlyRoot).toBe(false)
})

test('the agent gets its two sockets, and the images read-only under a read-only root', () => {
  const spec = agentContainer({
    image: { layout: '/agent', digest },
    paths: { runFolder: '/state/run', teeSocket: '/tee/1.sock' },
    images: [{ service: 'web', layout: '/images/x' }],
    limits,
  })
  expect(spec).toMatchObject({ readOnlyRoot: true, environment: {} })
  expect(spec.mounts).toEqual([
    { source: '/state/run', target: '/run/wetee', readOnly: false },
    { source: '/tee/1.sock', target: '/run/tee/tee.sock', readOnly: false },
    { source: '/images/x', target: '/images/web', readOnly: true },
  ])
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
