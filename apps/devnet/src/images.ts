// Builds what the devnet runs: the agent's image, the example's image, the dsecret node's program; serves the example.
import { buildAgentImage } from '@wetee/agent/build'
import { buildProgram, type BuiltProgram } from '@wetee/dsecret/build'
import { buildHelloImage } from '@wetee/example-hello/image'
import { createRegistryServer } from '@wetee/image'
import { exampleImages } from './examples/names.ts'
import type { DevnetState, Ports } from './state.ts'

export type Images = {
  readonly agent: { readonly layout: string; readonly digest: string }
  readonly hello: { readonly layout: string; readonly digest: string }
  /** The dsecret node: a bundle and its native library, which the machine measures in this order. */
  readonly dsecret: BuiltProgram
  readonly registry: { readonly url: string; close(): Promise<void> }
}

/** Builds or reuses the images and starts the loopback registry; images of one's own can be pushed to it. */
export async function buildImages(network: { state: DevnetState; ports: Ports }): Promise<Images> {
  const { state } = network
  const agentLayout = state.path('images', 'agent')
  const helloLayout = state.path('images', 'hello')
  const agent = await buildAgentImage(agentLayout)
  const hello = await buildHelloImage(helloLayout)
  const dsecret = await buildProgram(state.path('bin'))
  const registry = await createRegistryServer({
    // Those of the other examples are built when one is run (examples/main.ts).
    layouts: Object.fromEntries(
      ['hello', ...exampleImages].map((name) => [`wetee/${name}`, state.path('images', name)]),
    ),
    pushed: state.path('images', 'pushed'),
    host: '127.0.0.1',
    port: network.ports.registry,
  })
  return {
    agent: { layout: agentLayout, digest: agent.digest },
    hello: { layout: helloLayout, digest: hello.digest },
    dsecret,
    registry,
  }
}
