// Which package of a Go module is its program. Reads files.
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BuildError } from '../error.ts'
import type { Source } from '../source/source.ts'

/** A package of the source, and what its program is called. */
export type MainPackage = { readonly path: string; readonly name: string }

const maxFileBytes = 4 * 2 ** 20

/** The root where that is a program, else the one folder in `cmd`, else the one there of the module's name. Throws `build.entry-missing`. */
export async function mainPackageOf(source: Source, module: string): Promise<MainPackage> {
  const name = nameOf(module)
  if (await isProgram(source, '')) return { path: '.', name }
  const folders = new Set(
    source.files.flatMap(
      ({ path }) => /^cmd\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/[^/]+\.go$/.exec(path)?.[1] ?? [],
    ),
  )
  const programs: string[] = []
  for (const folder of folders) if (await isProgram(source, `cmd/${folder}/`)) programs.push(folder)
  const chosen = programs.length === 1 ? programs[0] : programs.find((one) => one === name)
  if (chosen !== undefined) return { path: `./cmd/${chosen}`, name: chosen }
  throw new BuildError(
    'build.entry-missing',
    `there is no program to build: expected package main at the root, in one folder of cmd, or in cmd/${name}`,
  )
}

/** The last word of the module's path that is no major version. */
function nameOf(module: string): string {
  const parts = module.split('/').filter((part) => !/^v[0-9]+$/.test(part))
  const name = (parts.at(-1) ?? '').replace(/\.v[0-9]+$/, '')
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) ? name : 'program'
}

/** Files that are only run by hand (`//go:build ignore`) say nothing about the package beside them. */
async function isProgram({ folder, files }: Source, prefix: string): Promise<boolean> {
  for (const { path, mode } of files) {
    const inside = path.slice(prefix.length)
    if (!path.startsWith(prefix) || inside.includes('/') || mode === '120000') continue
    if (!/^[^_.].*\.go$/.test(inside) || inside.endsWith('_test.go')) continue
    if ((await stat(join(folder, path))).size > maxFileBytes) continue
    const text = await readFile(join(folder, path), 'utf8')
    if (!/^\/\/(?:go:build|\s*\+build)\s+ignore\b/m.test(text) && /^package\s+main\b/m.test(text))
      return true
  }
  return false
}
