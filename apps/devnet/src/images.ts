// Builds what the devnet runs: the agent's image, the example's image, the dsecret node as one file; serves the example.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { build } from 'esbuild'
import { buildAgentImage } from '@wetee/agent/build'
import { buildHelloImage } from '@wetee/example-hello/image'
import { createRegistryServer } from '@wetee/image'
import type { DevnetState, Ports } from './state.ts'

export type Images = {
  readonly agent: { readonly layout: string; readonly digest: string }
  readonly hello: { readonly layout: string; readonly digest: string }
  /** The dsecret node, bundled into one file so that one hash measures it. */
  readonly dsecret: { readonly file: string; readonly sha256: string }
  readonly registry: { readonly url: string; close(): Promise<void> }
}

/** Builds or reuses the images and starts the read-only loopback registry. */
export async function buildImages(network: { state: DevnetState; ports: Ports }): Promise<Images> {
  const { state } = network
  const agentLayout = state.path('images', 'agent')
  const helloLayout = state.path('images', 'hello')
  const agent = await buildAgentImage(agentLayout)
  const hello = await buildHelloImage(helloLayout)
  const file = state.path('bin', 'dsecret.js')
  await bundle('@wetee/dsecret/main', file)
  const registry = await createRegistryServer({
    layouts: { 'wetee/hello': helloLayout },
    host: '127.0.0.1',
    port: network.ports.registry,
  })
  return {
    agent: { layout: agentLayout, digest: agent.digest },
    hello: { layout: helloLayout, digest: hello.digest },
    dsecret: { file, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') },
    registry,
  }
}

/** One self-contained ESM file from a workspace's entry. */
async function bundle(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [new URL(import.meta.resolve(entry)).pathname],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'silent',
    // CommonJS dependencies inside an ESM bundle ask for `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
}
