#!/usr/bin/env node
// `npx wetee` of this repository: its sources as one file, which is made anew when one of them has changed. A third of the start of many
// files. Plain JavaScript, as it runs before anything is built. Reads and writes files below node_modules/.cache.
import { createHash, randomUUID } from 'node:crypto'
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import module from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const root = resolve(import.meta.dirname, '../../..')
const cache = join(root, 'node_modules/.cache/wetee')
const entry = join(root, 'apps/cli/src/main.ts')
/** What the file was made of: `{ file, inputs: [path, bytes, milliseconds][] }`. */
const record = join(cache, 'made.json')

/** What was made before, unless a source has changed since. */
function kept() {
  try {
    const { file, inputs } = JSON.parse(readFileSync(record, 'utf8'))
    const isSame = inputs.every(([path, size, mtimeMs]) => {
      const now = statSync(join(root, path))
      return now.size === size && now.mtimeMs === mtimeMs
    })
    return isSame && statSync(file).isFile() ? file : undefined
  } catch {
    return undefined
  }
}

/** Makes the file; the entry itself where it cannot be made or kept: it is slower, and the same. */
async function make() {
  try {
    const { build } = await import('esbuild')
    const startedMs = Date.now()
    const { outputFiles, metafile } = await build({
      ...{ absWorkingDir: root, entryPoints: [entry], bundle: true, write: false, metafile: true },
      ...{ platform: 'node', target: 'node24', format: 'esm', logLevel: 'silent' },
      // Found where it is installed: it loads machine code from there.
      external: ['secp256k1'],
      // CommonJS dependencies inside an ES module ask for `require`.
      banner: {
        js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
      },
    })
    const inputs = Object.keys(metafile.inputs).map((path) => {
      const { size, mtimeMs } = statSync(join(root, path))
      // It may have changed after it was read.
      if (mtimeMs >= startedMs) throw new Error(`${path} has just changed`)
      return [path, size, mtimeMs]
    })
    const [{ contents }] = outputFiles
    mkdirSync(cache, { recursive: true })
    const digest = createHash('sha256').update(contents).digest('hex').slice(0, 16)
    const file = join(cache, `wetee-${digest}.mjs`)
    write(file, contents)
    write(record, JSON.stringify({ file, inputs }))
    removeOld(startedMs)
    return file
  } catch {
    return entry
  }
}

/** What was made of earlier sources; nobody begins to read a file of more than an hour ago now. */
function removeOld(nowMs) {
  for (const name of readdirSync(cache)) {
    const path = join(cache, name)
    if (path !== record && statSync(path).mtimeMs < nowMs - 3_600_000) rmSync(path)
  }
}

/** Whole or not at all: another command may read it now. */
function write(file, contents) {
  const part = `${file}.${randomUUID()}`
  writeFileSync(part, contents)
  renameSync(part, file)
}

process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/node-compile')
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE)
await import(pathToFileURL(kept() ?? (await make())).href)
