// Bundles a module for browsers as an application would: no polyfills, nothing left out. Reads files.
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type BuildOptions } from 'esbuild'

/** The repository's root. */
const root = join(import.meta.dirname, '../..')

/** One ECMAScript module for browsers. */
export type Bundle = {
  readonly text: string
  /** Paths of the modules inside, from the repository's root. */
  readonly inputs: readonly string[]
  /** Sizes in bytes. */
  readonly size: { readonly raw: number; readonly gzip: number }
}

/**
 * Bundles `entry` (a path from the repository's root or the name of a package). Rejects with esbuild's words when a module cannot
 * be resolved for a browser, as every `node:` built-in.
 */
export async function bundleForBrowser(
  entry: string,
  { minify = false, define = {} }: Pick<BuildOptions, 'minify' | 'define'> = {},
): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'silent',
    minify,
    define,
  })
  const [output] = outputFiles
  if (output === undefined) throw new Error(`esbuild wrote nothing for ${entry}`)
  return {
    text: output.text,
    inputs: Object.keys(metafile.inputs),
    size: { raw: output.contents.length, gzip: gzipSync(output.contents).length },
  }
}
