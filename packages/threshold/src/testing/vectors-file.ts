// Files of the vectors, found and read for tests. Node only: reads files and the environment.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const BESIDE_THE_PROJECT = join(import.meta.dirname, '../../../../../shared/vectors')

/** Declares a test, as `test` of vitest does. */
export type DeclareTest = (
  name: string,
  run: (context: { readonly skip: () => void }) => void,
) => void

/**
 * A file of JSON below the folder that `WETEE_VECTORS` names, else beside the project; nothing here
 * checks its form. Where it is absent it declares one test, which is skipped with a line, and fails
 * with `CI=true`.
 */
export function readVectors<T>(test: DeclareTest, path: string): T | undefined {
  const file = join(process.env['WETEE_VECTORS'] ?? BESIDE_THE_PROJECT, path)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T
  const missing = `vectors are not at ${file}: set WETEE_VECTORS`
  test('the vectors are there', ({ skip }) => {
    if (process.env['CI'] === 'true') throw new Error(missing)
    console.log(`skipped: ${missing}`)
    skip()
  })
  return undefined
}
