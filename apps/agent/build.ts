// Builds the agent's OCI image: one bundled file on the Node runtime, libsecp256k1 beside it, the launcher. Same sources, same
// digest. Reads and writes files.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesLayer, nodePath, nodeRuntimeLayer, writeImage } from '@wetee/image'
import { build, type Plugin } from 'esbuild'
import { launcherPath } from './launcher/build.ts'

/** What was built. */
export type BuiltImage = { readonly digest: string; readonly size: number }

/** Loaded from the folder of the bundle, and from nowhere else. */
const ADDON = 'secp256k1.node'
/** The one platform that TEEs of the network run: Linux on x86-64 with glibc. */
const PREBUILT = 'prebuilds/linux-x64/secp256k1.glibc.node'
const nativeGroup = fileURLToPath(import.meta.resolve('@wetee/threshold/native'))

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
    plugins: [addonBeside],
  })
  const file = result.outputFiles[0]
  if (file === undefined) throw new Error('esbuild wrote no file')
  return file.contents
}

/** Writes the image into `layoutDir` (made when missing): Node, `/app/agent.js`, `/app/secp256k1.node`, `/app/launch`, user 65534. */
export async function buildAgentImage(layoutDir: string): Promise<BuiltImage> {
  const bundle = await bundleAgent()
  const runtime = await nodeRuntimeLayer()
  const { digest, size } = await writeImage({
    layout: layoutDir,
    layers: [
      runtime,
      filesLayer({
        '/app/agent.js': bundle,
        [`/app/${ADDON}`]: { source: prebuilt() },
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

function prebuilt(): string {
  const manifest = createRequire(nativeGroup).resolve('secp256k1/package.json')
  return join(dirname(manifest), PREBUILT)
}

/** In the bundle the addon comes from the file beside it: a package folder is not in the image. */
const addonBeside: Plugin = {
  name: 'addon-beside',
  setup(given) {
    given.onLoad({ filter: /[/\\]group[/\\]native-bindings\.ts$/ }, () => ({
      resolveDir: dirname(nativeGroup),
      contents: `
        import { createRequire } from 'node:module'
        import withBindings from 'secp256k1/lib/index.js'
        export function loadBindings() {
          const addon = createRequire(__filename)('./${ADDON}')
          return withBindings(new addon.Secp256k1())
        }
      `,
    }))
  },
}
