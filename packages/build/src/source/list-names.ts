// Lists of Git whose texts end in NUL, read no further than they may be long. No I/O of its own.
import { BuildError } from '../error.ts'
import type { SourceLimits } from './source-writer.ts'

const maxTextBytes = 2_048

/** The texts. Throws BuildError `build.source-too-large` at the first one too many. */
export async function listNames(
  source: AsyncIterable<Buffer>,
  { maxFiles }: SourceLimits,
): Promise<string[]> {
  const chunks: Buffer[] = []
  let count = 0
  let bytes = 0
  for await (const chunk of source) {
    chunks.push(chunk)
    bytes += chunk.length
    for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, at + 1)) count += 1
    if (count > maxFiles || bytes > maxFiles * maxTextBytes)
      throw new BuildError('build.source-too-large', `the source has more than ${maxFiles} files`)
  }
  return Buffer.concat(chunks).toString('utf8').split('\0').slice(0, -1)
}
