// The folder of the attestation vectors, found and read for tests. Node only: reads files and the
// environment.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { VectorCase } from './vector-case.ts'

export type { VectorCase } from './vector-case.ts'

/** Declares a test, as `test` of vitest does. */
export type DeclareTest = (
  name: string,
  run: (context: { readonly skip: () => void }) => void,
) => void

/** The vectors as they lie on this machine; where they do not, there are no cases. */
export type Vectors<Case extends VectorCase = VectorCase> = {
  readonly present: boolean
  /** Absolute; paths of cases are relative to it. */
  readonly folder: string
  /** All cases, in the order of the manifest. */
  readonly cases: readonly Case[]
  /** Bytes of a file by the path that a case has. Throws where the case has none. */
  readonly read: (path: string | undefined) => Uint8Array
  /** The same as UTF-8 text. */
  readonly readText: (path: string | undefined) => string
}

const BESIDE_THE_PROJECT = join(import.meta.dirname, '../../../../../shared/vectors')

/**
 * Opens the vectors in the folder that `WETEE_VECTORS` names, else beside the project. Where they
 * are absent it declares one test, which is skipped with a line, and fails with `CI=true`. `Case`
 * says which fields the cases that a test takes always have; nothing here checks them.
 */
export function openVectors<Case extends VectorCase = VectorCase>(
  test: DeclareTest,
): Vectors<Case> {
  const folder = join(process.env['WETEE_VECTORS'] ?? BESIDE_THE_PROJECT, 'attestation')
  const present = existsSync(join(folder, 'manifest.json'))
  const read = (path: string | undefined) => {
    if (path === undefined) throw new Error('the case names no such file of the vectors')
    return new Uint8Array(readFileSync(join(folder, path)))
  }
  const readText = (path: string | undefined) => new TextDecoder().decode(read(path))
  if (!present) declareAbsence(test, folder)
  const cases = present
    ? (JSON.parse(readText('manifest.json')) as { readonly cases: readonly Case[] }).cases
    : []
  return { present, folder, cases, read, readText }
}

function declareAbsence(test: DeclareTest, folder: string): void {
  const missing = `attestation vectors are not at ${folder}: set WETEE_VECTORS`
  test('the attestation vectors are there', ({ skip }) => {
    if (process.env['CI'] === 'true') throw new Error(missing)
    console.log(`skipped: ${missing}`)
    skip()
  })
}
