// Entry points for fuzzing: whatever the bytes, only ManifestError may come out. Pure.
import { parseDefinition } from '@wetee/bridge'
import { buildManifest, readApiEntries } from './build.ts'
import { manifestDigest, parseManifest, serializeManifest } from './document.ts'
import { ManifestError } from './error.ts'
import { importOpenApi } from './openapi/import.ts'
import { termsDigest } from './terms.ts'

const caller = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const compose = `name: app
x-apis: &apis
  price:
    { path: '/price/{symbol}', port: 8080, price: 0.01, timeout: 30s, callers: ['${caller}'],
      request: { symbol: string }, response: { price: { type: uint256, decimals: 8 }, at: uint64 } }
x-base: &base
  image: registry.test:5000/app:1
  read_only: true
  deploy: { replicas: 2, resources: { limits: { cpus: "0.5", memory: 256m, pids: 64 } } }
services:
  web:
    <<: *base
    command: run --port "8080"
    environment: { MODE: fast, LIMIT: '\${LIMIT:-10}' }
    ports: ["80:8080/tcp", { target: 9090 }]
    volumes: [data:/var/data, { type: tmpfs, target: /cache, tmpfs: { size: 1m } }]
    healthcheck: { test: [CMD, /check], interval: 5s, retries: 2 }
    depends_on: { db: { condition: service_healthy } }
    user: "1000:1000"
    secrets: [token, { source: other, target: /run/secrets/key.pem, mode: 0440 }]
    x-wetee: { secretEnvironment: { TOKEN: token } }
  db: { <<: *base, environment: [A=1, B=], expose: ["5432"], restart: on-failure }
volumes: { data: { x-wetee: { size: 1g } } }
secrets: { token: { external: true }, other: { external: true, name: 12/key } }
x-wetee: { tee: [tdx, sgx], level: 2, disk: 128m, grace: 24h, upgradeDelay: 90s, apis: *apis }
`
const openapi = `openapi: 3.1.0
paths:
  /prices/{symbol}:
    get:
      operationId: getPrice
      parameters: [{ name: symbol, in: path, required: true, schema: { type: string } }]
      responses: { '200': { content: { application/json: { schema: { $ref: '#/components/schemas/P' } } } } }
components: { schemas: { P: { required: [v], properties: { v: { type: number }, n: { $ref: '#/components/schemas/P' } } } } }
`
const digest = `sha256:${'ab'.repeat(32)}`

/** Targets by name; each throws when a promise of this package does not hold for the input. */
export const fuzzTargets: Record<string, (input: Uint8Array) => void | Promise<void>> = {
  compose: async (input) => {
    const text = new TextDecoder().decode(input)
    try {
      const manifest = await buildManifest(text, {
        name: 'fuzz',
        resolveImage: () => Promise.resolve(digest),
      })
      const again = parseManifest(manifest.text)
      if (serializeManifest(again) !== manifest.text) throw new Error('the form is not stable')
      for (const { definition } of readApiEntries(text, { name: 'fuzz' }))
        parseDefinition(definition)
      if (termsDigest(again.terms) !== manifest.termsDigest) throw new Error('the terms differ')
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error
    }
  },
  openapi: (input) => {
    const text = new TextDecoder().decode(input)
    try {
      const { block } = importOpenApi(text, { port: 8080 })
      const file = `name: fuzz\nservices: { web: { image: a, ports: ["8080"] } }\nx-wetee:\n${block}`
      readApiEntries(file)
    } catch (error) {
      if (!(error instanceof ManifestError) || error.code.startsWith('api.')) throw error
    }
  },
  manifest: (input) => {
    const text = new TextDecoder().decode(input)
    try {
      const document = parseManifest(text)
      if (serializeManifest(document) !== text) throw new Error('two texts for one document')
      manifestDigest(text)
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error
    }
  },
}

const encode = (text: string) => new TextEncoder().encode(text)
const built = await buildManifest(compose, { resolveImage: () => Promise.resolve(digest) })

/** Valid inputs to mutate, by target. */
export const fuzzSeeds: Record<string, readonly Uint8Array[]> = {
  compose: [encode(compose)],
  manifest: [encode(built.text)],
  openapi: [encode(openapi)],
}
