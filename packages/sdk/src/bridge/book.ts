// What contracts can call: the APIs that an application has registered, with their definitions. Network I/O.
import { bytesToString, concat, hexToBytes, hexToString, sha256, type Hex } from 'viem'
import { parseDefinition, type ApiTerms, type Definition } from '@wetee/bridge'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'

/** An API as the book has it. */
export type ApiRecord = {
  readonly apiId: number
  /** How often it has been defined; callers name the one that they know. */
  readonly version: number
  readonly name: string
  readonly terms: ApiTerms
  /** SHA-256 of the definition's text. */
  readonly definitionDigest: Hex
  /** Absent where `problem` says why. */
  readonly definition?: Definition
  /** The definition is missing from the chain's events, or is none that calls can be carried out by. */
  readonly problem?: string
}

/** An API whose definition is known, so that it can be called. */
export type CallableApi = ApiRecord & { readonly definition: Definition }

/** All that contracts can call of an application. */
export type ApiBook = {
  readonly appId: bigint
  /** False: its owner has registered nothing yet. */
  readonly registered: boolean
  /** New calls are refused. */
  readonly paused: boolean
  /** Highest number that was given. */
  readonly latestApiId: number
  readonly apis: readonly ApiRecord[]
}

/** As many as the contract takes. */
const maxApis = 64n

/** Reads the book at the newest final block, ordered by number. Throws `network.contract-missing` where there is no bridge. */
export async function readApis(network: Network, appId: bigint): Promise<ApiBook> {
  const { reader } = network
  const { number: at } = await reader.finalized()
  const [proxy, raw] = await Promise.all([
    reader.view('apis', 'proxy', [appId], at),
    reader.view('apis', 'apis', [appId, 0n, maxApis], at),
  ])
  const apis: ApiRecord[] = []
  for (const one of raw.toSorted((a, b) => a.apiId - b.apiId)) {
    const { apiId, version, definitionDigest, terms } = one
    const name = hexToString(one.name, { size: 32 })
    const known = { apiId, version, name, terms, definitionDigest }
    apis.push({ ...known, ...(await readDefinition(network, appId, one, at)) })
  }
  const { registered, paused, latestApiId } = proxy
  return { appId, registered, paused, latestApiId, apis }
}

/** The API with this number or name. Throws `api.not-found`. */
export function findApi(book: ApiBook, idOrName: string): ApiRecord {
  const found =
    book.apis.find(({ name }) => name === idOrName) ??
    book.apis.find(({ apiId }) => String(apiId) === idOrName)
  if (found !== undefined) return found
  throw new SdkError(
    'api.not-found',
    `application ${book.appId} has no API "${idOrName}": \`wetee api list ${book.appId}\` shows those it has`,
  )
}

/** The same of one that can be called. Throws `api.not-found`, `api.undefined`. */
export function findCallableApi(book: ApiBook, idOrName: string): CallableApi {
  const { definition, ...api } = findApi(book, idOrName)
  if (definition !== undefined) return { ...api, definition }
  throw new SdkError('api.undefined', `API "${api.name}" cannot be called: ${api.problem}`)
}

/** One line: `price(string symbol) -> (uint256 price, uint64 at)`. */
export function signatureOf({ name, request, response }: Definition): string {
  const list = (of: readonly { readonly type: string; readonly name: string }[]) =>
    of.map((one) => `${one.type} ${one.name}`).join(', ')
  return `${name}(${list(request)}) -> (${list(response)})`
}

type Defined = {
  readonly apiId: number
  readonly version: number
  readonly definedBlock: number
  readonly definitionDigest: Hex
}

async function readDefinition(
  network: Network,
  appId: bigint,
  { apiId, version, definedBlock, definitionDigest }: Defined,
  at: bigint,
): Promise<Pick<ApiRecord, 'definition' | 'problem'>> {
  const block = BigInt(definedBlock)
  const pieces = await network.reader.events(
    'apis',
    'ApiDefinition',
    { appId, apiId, version },
    block < at ? block : at,
    block,
  )
  const bytes = hexToBytes(
    concat(
      pieces
        .toSorted((a, b) => Number(a.args['index']) - Number(b.args['index']))
        .map(({ args }) => args['chunk'] as Hex),
    ),
  )
  if (sha256(bytes) !== definitionDigest)
    return { problem: `block ${definedBlock} does not hold its definition` }
  try {
    return { definition: parseDefinition(bytesToString(bytes)) }
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : 'its definition cannot be read' }
  }
}
