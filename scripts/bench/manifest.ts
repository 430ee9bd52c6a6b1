// How much the canonical manifest costs beside reading the Compose file's YAML. Reads one file.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildManifest } from '@wetee/manifest'
import { parseDocument } from 'yaml'
import { root } from '../run.ts'
import { compare, interleave, type Measured } from './measure.ts'

/**
 * Building parses the same YAML, then checks every key with its place, writes the RFC 8785 text, parses that strictly and
 * hashes it and its terms: three more passes over the data, each cheaper than YAML.
 */
const TARGET = 4
const ROUNDS = 300
const WARM_UP = 50

/** Builds the manifest of examples/hello with a registry that answers at once. */
export async function benchManifest(): Promise<Measured[]> {
  const text = readFileSync(join(root, 'examples/hello/compose.yaml'), 'utf8')
  const resolveImage = () => Promise.resolve(`sha256:${'1a'.repeat(32)}`)
  const medians = await interleave(
    {
      build: () => buildManifest(text, { resolveImage }),
      yaml: () => parseDocument(text),
    },
    { rounds: ROUNDS, warmUp: WARM_UP },
  )
  const reference = { name: 'parseDocument of yaml', value: medians.yaml }
  return [compare('manifest.build', medians.build, 'ms', reference, TARGET)]
}
