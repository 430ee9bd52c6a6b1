// What went into an image, as an in-toto Statement v1 with the predicate SLSA Provenance v1: built, written and read. Pure.
import { BuildError } from '../error.ts'
import type { Material } from '../material.ts'

/** Digests by algorithm, hex. */
export type DigestSet = Readonly<Record<string, string>>

/** https://slsa.dev/spec/v1.0/provenance, as far as a build here fills it; other fields of it are dropped when one is read. */
export type Provenance = {
  readonly _type: typeof statementType
  readonly subject: readonly { readonly name: string; readonly digest: DigestSet }[]
  readonly predicateType: typeof provenanceType
  readonly predicate: {
    readonly buildDefinition: {
      readonly buildType: string
      readonly externalParameters: Readonly<Record<string, unknown>>
      readonly resolvedDependencies: readonly Material[]
    }
    readonly runDetails: {
      readonly builder: { readonly id: string; readonly version: DigestSet }
    }
  }
}

/** Type of the statement (in-toto v1). */
export const statementType = 'https://in-toto.io/Statement/v1'
/** Type of its predicate (SLSA provenance v1). */
export const provenanceType = 'https://slsa.dev/provenance/v1'
/** Parameters: preset, port, timeSeconds, and the branch where the builder has seen the commit itself. Dependencies: the source first, with the names of its commit and tree. */
export const buildType = 'urn:wetee:build:v1'

const maxBytes = 4 * 2 ** 20
const maxDependencies = 10_000
const maxTextLength = 2_048

/** Reads a statement. Throws BuildError `build.provenance-invalid`. */
export function parseProvenance(bytes: Uint8Array): Provenance {
  if (bytes.length > maxBytes) throw invalid(`it has more than ${maxBytes} bytes`)
  const statement = objectOf(parseJson(bytes), 'the statement')
  if (statement['_type'] !== statementType) throw invalid(`expected the type ${statementType}`)
  if (statement['predicateType'] !== provenanceType)
    throw invalid(`expected the predicate ${provenanceType}`)
  const subject = listOf(statement['subject'], 'subject', 16).map((one) => {
    const { name, digest } = objectOf(one, 'a subject')
    return { name: textOf(name, 'a name'), digest: digestsOf(digest) }
  })
  if (subject.length === 0) throw invalid('it is about nothing')
  const predicate = objectOf(statement['predicate'], 'the predicate')
  const definition = objectOf(predicate['buildDefinition'], 'buildDefinition')
  const builder = objectOf(objectOf(predicate['runDetails'], 'runDetails')['builder'], 'builder')
  return {
    _type: statementType,
    subject,
    predicateType: provenanceType,
    predicate: {
      buildDefinition: {
        buildType: textOf(definition['buildType'], 'buildType'),
        externalParameters: objectOf(definition['externalParameters'], 'externalParameters'),
        resolvedDependencies: listOf(
          definition['resolvedDependencies'] ?? [],
          'resolvedDependencies',
          maxDependencies,
        ).map((one) => {
          const { uri, digest } = objectOf(one, 'a dependency')
          return { uri: textOf(uri, 'a uri'), digest: digestsOf(digest) }
        }),
      },
      runDetails: {
        builder: {
          id: textOf(builder['id'], 'builder.id'),
          version: textsOf(builder['version'] ?? {}, 'builder.version'),
        },
      },
    },
  }
}

/** The bytes of a statement: the same statement, the same bytes. */
export function encodeProvenance(provenance: Provenance): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(provenance)}\n`)
}

function digestsOf(value: unknown): DigestSet {
  const digests = textsOf(value, 'a digest')
  const entries = Object.entries(digests)
  const fits = ([name, hex]: readonly [string, string]) =>
    /^[A-Za-z0-9]{1,32}$/.test(name) && /^(?:[0-9a-f]{2}){16,64}$/.test(hex)
  if (entries.length === 0 || !entries.every(fits)) throw invalid('a digest is not lower-case hex')
  return digests
}

function textsOf(value: unknown, what: string): Readonly<Record<string, string>> {
  const entries = Object.entries(objectOf(value, what))
  if (entries.length > 16) throw invalid(`${what} has too many entries`)
  return Object.fromEntries(entries.map(([name, text]) => [name, textOf(text, what)]))
}

function textOf(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '' && value.length <= maxTextLength) return value
  throw invalid(`${what} is no text of 1 to ${maxTextLength} characters`)
}

function listOf(value: unknown, what: string, maximum: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= maximum) return value
  throw invalid(`${what} is no list of at most ${maximum}`)
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw invalid(`${what} is no object`)
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new BuildError('build.provenance-invalid', 'the provenance is no JSON', { cause })
  }
}

function invalid(why: string): BuildError {
  return new BuildError('build.provenance-invalid', `the provenance cannot be used: ${why}`)
}
