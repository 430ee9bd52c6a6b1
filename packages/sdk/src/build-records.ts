// What a builder's instance has signed of a build, brought to the chain. No I/O.
import type { BuildRecord } from '@wetee/attestation'
import type { Hex } from 'viem'
import { simple } from './app-known.ts'
import { SdkError } from './error.ts'
import type { Intent } from './intent.ts'
import type { Network } from './network.ts'

/** A record with the signature that the contract checks; anybody may send it. */
export type SignedBuildRecord = {
  readonly builderAppId: bigint
  readonly record: BuildRecord
  /** Of the builder's instance, 65 bytes. */
  readonly signature: Hex
}

const maxLength = 4_096
const fields = [
  'imageDigest',
  'statementDigest',
  'repositoryHash',
  'commit',
  'manifestDigest',
] as const

/** Reads what a builder answers as the record of a build (JSON, at most 4,096 characters). Throws SdkError `build.record-invalid`. */
export function parseBuildRecord(text: string): SignedBuildRecord {
  if (text.length > maxLength) throw invalid(`it has more than ${maxLength} characters`)
  const all = objectOf(parseJson(text), ['builderAppId', 'record', 'signature'])
  const words = objectOf(all['record'], fields)
  const word = (name: (typeof fields)[number]) => hexOf(words[name], 32, name)
  const id = all['builderAppId']
  if (typeof id !== 'string' || !/^[1-9][0-9]{0,18}$/.test(id)) throw invalid('no builderAppId')
  return {
    builderAppId: BigInt(id),
    record: {
      imageDigest: word('imageDigest'),
      statementDigest: word('statementDigest'),
      repositoryHash: word('repositoryHash'),
      commit: word('commit'),
      manifestDigest: word('manifestDigest'),
    },
    signature: hexOf(all['signature'], 65, 'signature'),
  }
}

/** Keeps a record on chain; the contract refuses one that no live instance of the builder's current version has signed. */
export function planRecordBuild(network: Network, signed: SignedBuildRecord): Intent {
  const { builderAppId, record, signature } = signed
  const isSeen = BigInt(record.repositoryHash) !== 0n
  return simple(network, {
    id: 'build.record',
    title: `A build record by application ${builderAppId}`,
    facts: [
      ['Image', `sha256:${record.imageDigest.slice(2)}`],
      ['Commit', record.commit.slice(2).replace(/^(.{40})0{24}$/, '$1')],
      ['Repository', isSeen ? record.repositoryHash : 'not seen by the builder'],
      ['Manifest', BigInt(record.manifestDigest) === 0n ? 'none' : record.manifestDigest],
    ],
    call: ['recordBuild', [builderAppId, record, signature], `record a build of ${builderAppId}`],
    event: 'BuildRecorded',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new SdkError('build.record-invalid', 'the build record is no JSON', { cause })
  }
}

function objectOf(value: unknown, names: readonly string[]): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const found = isObject ? (value as Record<string, unknown>) : {}
  if (Object.keys(found).toSorted().join() === names.toSorted().join()) return found
  throw invalid(`expected ${names.join(', ')} and nothing else`)
}

function hexOf(value: unknown, bytes: number, name: string): Hex {
  if (typeof value === 'string' && new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`).test(value))
    return value as Hex
  throw invalid(`${name} is no 0x and ${bytes * 2} lower-case hex digits`)
}

function invalid(why: string): SdkError {
  return new SdkError('build.record-invalid', `the build record cannot be used: ${why}`)
}
