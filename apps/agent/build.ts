// Builds the agent's OCI image: one bundled file on the Node runtime. Same sources, same digest. Reads and writes files.
import { join } from 'node:path'
import { filesLayer, nodePath, nodeRuntimeLayer, writeImage } from '@wetee/image'
import { build } from 'esbuild'
import { launcherPath } from './launcher/build.ts'

/** What was built. */
export type BuiltImage = { readonly digest: string; readonly size: number }

/** Bundles `src/main.ts` with everything it imports into one CommonJS file; the same bytes every time. */
export async function bundleAgent(): Promise<Uint8Array> {
  const result = await build({
    // Paths in the bundle are relative to this folder, wherever the repository lies.
    absWorkingDir: import.meta.dirname,
    entryPoints: [join('src', 'main.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
    // viem loads these only for transports the agent does not have.
    external: ['ws', 'isows'],
  })
  const file = result.outputFiles[0]
  if (file === undefined) throw new Error('esbuild wrote no file')
  return file.contents
}

/** Writes the image into `layoutDir` (made when missing): Node, `/app/agent.js`, `/app/launch`, user 65534. */
export async function buildAgentImage(layoutDir: string): Promise<BuiltImage> {
  const bundle = await bundleAgent()
  const runtime = await nodeRuntimeLayer()
  const { digest, size } = await writeImage({
    layout: layoutDir,
    layers: [
      runtime,
      filesLayer({
        '/app/agent.js': bundle,
        '/app/launch': { source: launcherPath, mode: 0o755 },
      }),
    ],
    config: {
      // A host may send signals into a TEE: this one would open a debugger in the network that the application shares.
      entrypoint: [nodePath, '--disable-sigusr1', '/app/agent.js'],
      user: '65534:65534',
      workingDirectory: '/',
      environment: { NODE_ENV: 'production' },
    },
  })
  return { digest, size }
}
