// Evidence and answers: a file that is hashed, or the digest itself, and where it can be read.
import { evidenceDigest } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { readBytes } from '../../file.ts'

const maxEvidenceBytes = 104_857_600

/** SHA-256 of a file, or the 32 bytes that are given. */
export function digestOf(
  context: Context,
  name: string,
  given: { file?: string | undefined; digest?: string | undefined },
): `0x${string}` {
  const { file, digest } = given
  if ((file === undefined) === (digest === undefined))
    throw new CliError('usage', `give --${name} FILE, which is hashed, or --digest`)
  if (file !== undefined)
    return evidenceDigest(readBytes(context, file, `the ${name}`, maxEvidenceBytes))
  if (digest !== undefined && /^0x[0-9a-fA-F]{64}$/.test(digest) && !/^0x0*$/.test(digest))
    return digest.toLowerCase() as `0x${string}`
  throw new CliError('usage', '--digest is a SHA-256: 0x and 64 hex digits, not all zero')
}
