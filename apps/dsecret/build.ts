// Builds the node's program: one bundled file and libsecp256k1 beside it. Same sources, same bytes. Reads and writes files.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

/** What was built; `files` in the order in which they are measured. */
export type BuiltProgram = {
  /** What Node is started with. */
  readonly main: string
  readonly files: readonly string[]
  /** SHA-256 of each in hex, in the same order. */
  readonly sha256: readonly string[]
}

const MAIN = 'dsecret.js'
/** Loaded from the folder of the bundle, and from nowhere else. */
const ADDON = 'secp256k1.node'
/** The one platform that TEEs of the network run: Linux on x86-64 with glibc. */
const PREBUILT = 'prebuilds/linux-x64/secp256k1.glibc.node'
const nativeGroup = fileURLToPath(import.meta.resolve('@wetee/threshold/native'))

/** Writes `dsecret.js` and `secp256k1.node` into a folder, made when missing. */
export async function buildProgram(folder: string): Promise<BuiltProgram> {
  mkdirSync(folder, { recursive: true })
  const contents = { [MAIN]: await bundle(), [ADDON]: readFileSync(prebuilt()) }
  for (const [name, bytes] of Object.entries(contents)) writeFileSync(join(folder, name), bytes)
  return {
    main: join(folder, MAIN),
    files: Object.keys(contents).map((name) => join(folder, name)),
    sha256: Object.values(contents).map((bytes) =>
      createHash('sha256').update(bytes).digest('hex'),
    ),
  }
}

function prebuilt(): string {
  const manifest = createRequire(nativeGroup).resolve('secp256k1/package.json')
  return join(dirname(manifest), PREBUILT)
}

/** One self-contained ESM file of `src/main.ts` with everything that it imports. */
async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    // Paths in the bundle are relative to this folder, wherever the repository lies.
    absWorkingDir: import.meta.dirname,
    entryPoints: [join('src', 'main.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
    plugins: [addonBeside],
    // CommonJS dependencies inside an ESM bundle ask for `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  const file = outputFiles[0]
  if (file === undefined) throw new Error('esbuild wrote no file')
  return file.contents
}

/** In the bundle the addon comes from the file beside it: a package folder would not be measured. */
const addonBeside: Plugin = {
  name: 'addon-beside',
  setup(given) {
    given.onLoad({ filter: /[/\\]group[/\\]native-bindings\.ts$/ }, () => ({
      resolveDir: dirname(nativeGroup),
      contents: `
        import { createRequire } from 'node:module'
        import withBindings from 'secp256k1/lib/index.js'
        export function loadBindings() {
          const addon = createRequire(import.meta.url)('./${ADDON}')
          return withBindings(new addon.Secp256k1())
        }
      `,
    }))
  },
}
