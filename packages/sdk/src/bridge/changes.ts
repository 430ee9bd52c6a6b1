// Changing what contracts can call: the difference between a file and the book, as one transaction. Network I/O.
import { definitionDigest, parseDefinition } from '@wetee/bridge'
import { readApiEntries, type ApiEntry } from '@wetee/manifest'
import {
  encodeFunctionData,
  isAddressEqual,
  parseEventLogs,
  stringToHex,
  type Abi,
  type Address,
  type Hex,
} from 'viem'
import { abis, callOf } from '../contracts.ts'
import { SdkError } from '../error.ts'
import type { Intent } from '../intent.ts'
import { formatDot, formatDuration } from '../money.ts'
import type { Network } from '../network.ts'
import { findApi, readApis, signatureOf, type ApiBook, type ApiRecord } from './book.ts'
import { listedCallers } from './callers.ts'

/** One difference between a file and the book. */
export type ApiChange = {
  readonly kind: 'add' | 'redefine' | 'terms' | 'callers' | 'remove'
  readonly name: string
  /** What a person should see. */
  readonly text: string
  /** Calls of the Apis contract. */
  readonly calls: readonly Hex[]
}

const marks: Record<ApiChange['kind'], string> = {
  add: '+',
  redefine: '~',
  terms: '~',
  callers: '~',
  remove: '-',
}

/**
 * Makes the book what the entries say, in one transaction: what is missing is added, what differs changed, and what the entries do
 * not have is removed where `remove` is set. Throws `api.unchanged`.
 */
export async function planApiSync(
  network: Network,
  appId: bigint,
  entries: readonly ApiEntry[],
  options: { readonly remove: boolean } = { remove: true },
): Promise<Intent> {
  const book = await readApis(network, appId)
  const changes = await compareApis(network, book, entries, options)
  if (changes.length === 0)
    throw new SdkError(
      'api.unchanged',
      `application ${appId} has these APIs already: nothing to change`,
    )
  return intentOf(network, book, changes, {
    id: 'api.sync',
    title: `Change the APIs of application ${appId}`,
  })
}

/** Adds one API. Throws `api.known` where there is one of its name. */
export async function planApiAdd(
  network: Network,
  appId: bigint,
  entry: ApiEntry,
): Promise<Intent> {
  const book = await readApis(network, appId)
  if (book.apis.some(({ name }) => name === entry.name))
    throw new SdkError(
      'api.known',
      `application ${appId} has an API "${entry.name}" already: \`wetee api update\` changes it`,
    )
  const changes = await compareApis(network, book, [entry], { remove: false })
  return intentOf(network, book, changes, {
    id: 'api.add',
    title: `Add API "${entry.name}" to application ${appId}`,
  })
}

/** Changes one API. Throws `api.not-found`, `api.unchanged`. */
export async function planApiUpdate(
  network: Network,
  appId: bigint,
  entry: ApiEntry,
): Promise<Intent> {
  const book = await readApis(network, appId)
  findApi(book, entry.name)
  const changes = await compareApis(network, book, [entry], { remove: false })
  if (changes.length === 0)
    throw new SdkError('api.unchanged', `API "${entry.name}" is so already: nothing to change`)
  return intentOf(network, book, changes, {
    id: 'api.update',
    title: `Change API "${entry.name}" of application ${appId}`,
  })
}

/** Removes one API; open calls of it may still be answered. Throws `api.not-found`. */
export async function planApiRemoval(
  network: Network,
  appId: bigint,
  idOrName: string,
): Promise<Intent> {
  const book = await readApis(network, appId)
  const api = findApi(book, idOrName)
  return intentOf(network, book, [removal(appId, api)], {
    id: 'api.remove',
    title: `Remove API "${api.name}" of application ${appId}`,
  })
}

/** The entry of this name in a Compose file; throws `api.not-found` and what `readApiEntries` throws. */
export function apiEntryOf(
  text: string,
  name: string,
  options: { readonly name?: string; readonly file?: string } = {},
): ApiEntry {
  const entries = readApiEntries(text, options)
  const found = entries.find((entry) => entry.name === name)
  if (found !== undefined) return found
  const known = entries.map((entry) => entry.name).join(', ')
  throw new SdkError(
    'api.not-found',
    `the file has no API "${name}" in x-wetee.apis${known === '' ? '' : `, but ${known}`}`,
  )
}

async function compareApis(
  network: Network,
  book: ApiBook,
  entries: readonly ApiEntry[],
  { remove }: { readonly remove: boolean },
): Promise<ApiChange[]> {
  const changes: ApiChange[] = []
  // Removed first: an application has room for so many.
  if (remove)
    for (const api of book.apis)
      if (!entries.some(({ name }) => name === api.name)) changes.push(removal(book.appId, api))
  for (const entry of entries) {
    const api = book.apis.find(({ name }) => name === entry.name)
    changes.push(
      ...(api === undefined
        ? additions(book, entry, changes)
        : await differences(network, book.appId, api, entry)),
    )
  }
  return changes
}

const apisAbi: Abi = abis.apis
const call = (functionName: string, args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi: apisAbi, functionName, args })

/** The contract numbers APIs in the order in which they are added. */
function additions(
  { appId, latestApiId }: ApiBook,
  entry: ApiEntry,
  before: readonly ApiChange[],
): ApiChange[] {
  const { name, definition, terms, callers } = entry
  const apiId = latestApiId + before.filter(({ kind }) => kind === 'add').length + 1
  const add = call('addApi', [
    appId,
    stringToHex(name, { size: 32 }),
    stringToHex(definition),
    terms,
  ])
  const list = callers.length === 0 ? [] : [call('setCallers', [appId, apiId, callers, true])]
  const who = callers.length === 0 ? 'anybody may call' : `only ${callers.join(', ')} may call`
  const text = `${signatureOf(parseDefinition(definition))}, ${termsText(terms)}, ${who}`
  return [{ kind: 'add', name, text, calls: [add, ...list] }]
}

async function differences(
  network: Network,
  appId: bigint,
  api: ApiRecord,
  entry: ApiEntry,
): Promise<ApiChange[]> {
  const { apiId, name } = api
  const changes: ApiChange[] = []
  if (definitionDigest(entry.definition) !== api.definitionDigest) {
    const before = api.definition === undefined ? 'unreadable' : `version ${api.version}`
    const signature = signatureOf(parseDefinition(entry.definition))
    const text = `${signature}: version ${api.version + 1} instead of ${before}; contracts have to name it`
    const calls = [call('updateApi', [appId, apiId, stringToHex(entry.definition)])]
    changes.push({ kind: 'redefine', name, text, calls })
  }
  const now = termsText(entry.terms)
  if (now !== termsText(api.terms) || entry.terms.restricted !== api.terms.restricted) {
    const text = `${now}${entry.terms.restricted ? '' : ', anybody may call'}; before: ${termsText(api.terms)}`
    const calls = [call('setApiTerms', [appId, apiId, entry.terms])]
    changes.push({ kind: 'terms', name, text, calls })
  }
  if (entry.terms.restricted)
    changes.push(
      ...callerChanges(appId, api, entry.callers, await listedCallers(network, appId, api)),
    )
  return changes
}

function callerChanges(
  appId: bigint,
  { apiId, name }: ApiRecord,
  wanted: readonly Address[],
  listed: readonly Address[],
): ApiChange[] {
  const without = (all: readonly Address[], some: readonly Address[]) =>
    all.filter((one) => !some.some((other) => isAddressEqual(one, other)))
  const sets = [
    { callers: without(listed, wanted).slice(0, 64), allowed: false, what: 'may call no more' },
    { callers: without(wanted, listed), allowed: true, what: 'may call' },
  ]
  return sets.flatMap(({ callers, allowed, what }) =>
    callers.length === 0
      ? []
      : [
          {
            kind: 'callers',
            name,
            text: `${callers.join(', ')} ${what}`,
            calls: [call('setCallers', [appId, apiId, callers, allowed])],
          } as const,
        ],
  )
}

function removal(appId: bigint, { apiId, name, definition }: ApiRecord): ApiChange {
  const text = definition === undefined ? name : signatureOf(definition)
  return { kind: 'remove', name, text, calls: [call('deleteApi', [appId, apiId])] }
}

function intentOf(
  network: Network,
  { appId, registered }: ApiBook,
  changes: readonly ApiChange[],
  { id, title }: Pick<Intent, 'id' | 'title'>,
): Intent {
  const calls = [
    ...(registered ? [] : [call('register', [appId])]),
    ...changes.flatMap((change) => change.calls),
  ]
  return {
    id,
    title,
    facts: changes.map(({ kind, name, text }) => [`${marks[kind]} ${name}`, text] as const),
    calls: [
      callOf(network.profile, 'apis', 'multicall', [calls], {
        doing: `change the APIs of application ${appId}`,
      }),
    ],
    outcome: ({ logs }) => {
      const defined = parseEventLogs({ abi: abis.apis, eventName: 'ApiDefined', logs })
      const deleted = parseEventLogs({ abi: abis.apis, eventName: 'ApiDeleted', logs })
      return {
        defined: defined.map(({ args: { apiId, version } }) => ({ apiId, version })),
        removed: deleted.map(({ args }) => args.apiId),
      }
    },
  }
}

function termsText({ priceWei, callbackGas, maxPayloadBytes, timeoutSeconds }: ApiEntry['terms']) {
  return `${formatDot(priceWei)} per call, ${callbackGas} gas for the callback, ${maxPayloadBytes} bytes, ${formatDuration(timeoutSeconds)}`
}
