// Writes the builder as a source folder that `wetee build` makes an image of: one file and a package.json. Same sources, same bytes.
// `npm run builder -- FOLDER`. Reads and writes files.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'

const program = 'builder.mjs'

/** Writes the folder, which is made. */
async function writeBuilderSource(folder: string): Promise<void> {
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
    // viem loads these only for transports that the builder does not have.
    external: ['ws', 'isows'],
    // CommonJS dependencies inside an ESM bundle ask for `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error('esbuild wrote no file')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, program), file.contents)
  const manifest = { name: 'wetee-builder', scripts: { start: `node ${program}` } }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('usage: npm run builder -- FOLDER\n')
  process.exitCode = 2
} else await writeBuilderSource(resolve(process.env['INIT_CWD'] ?? '.', folder))
