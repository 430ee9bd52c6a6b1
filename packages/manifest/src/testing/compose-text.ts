// Helpers of this package's tests. Pure.
import { buildManifest, type Manifest } from '../build.ts'
import { ManifestError, type Problem } from '../error.ts'

export const digest = `sha256:${'ab'.repeat(32)}` as const

/** Builds with every image found under one digest. */
export async function build(text: string, name?: string): Promise<Manifest> {
  return buildManifest(text, {
    resolveImage: () => Promise.resolve(digest),
    ...(name === undefined ? {} : { name }),
  })
}

/** Problems of a file that must be refused. */
export async function problemsOf(text: string): Promise<readonly Problem[]> {
  try {
    await build(text)
  } catch (error) {
    if (error instanceof ManifestError) return error.problems
    throw error
  }
  throw new Error('the file was accepted')
}

/** A file with one service `web` whose keys are given, each line as under `web:`. */
export function service(...lines: string[]): string {
  const keys = ['image: nginx', ...lines].flatMap((line) => line.split('\n'))
  return ['name: app', 'services:', '  web:', ...keys.map((line) => `    ${line}`), ''].join('\n')
}
