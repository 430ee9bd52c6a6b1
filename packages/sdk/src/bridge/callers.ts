// Who may call: pausing an application's APIs, and the list of an API's callers. Network I/O.
import type { Address } from 'viem'
import { callOf } from '../contracts.ts'
import { SdkError } from '../error.ts'
import { outcomeOf, type Intent } from '../intent.ts'
import type { Network } from '../network.ts'
import { findApi, readApis, type ApiRecord } from './book.ts'

/** As many as the contract takes at a time. */
const maxCallers = 64

/** Who may call an API. */
export type ApiCallers = {
  readonly apiId: number
  readonly name: string
  /** False: anybody may call, and the list does not count. */
  readonly restricted: boolean
  readonly callers: readonly Address[]
}

/** The list of an API, by its name or number. Throws `api.not-found`. */
export async function readApiCallers(
  network: Network,
  appId: bigint,
  idOrName: string,
): Promise<ApiCallers> {
  const api = findApi(await readApis(network, appId), idOrName)
  const { apiId, name, terms } = api
  return {
    apiId,
    name,
    restricted: terms.restricted,
    callers: await listedCallers(network, appId, api),
  }
}

/** Who is on the list of an API, by the events that put them there. */
export async function listedCallers(
  { reader }: Network,
  appId: bigint,
  { apiId }: Pick<ApiRecord, 'apiId'>,
): Promise<Address[]> {
  const { number: at } = await reader.finalized()
  const events = await reader.events('apis', 'CallerSet', { appId, apiId }, at)
  const listed = new Map<Address, boolean>()
  for (const { args } of events) listed.set(args['caller'] as Address, args['allowed'] as boolean)
  return [...listed].flatMap(([caller, allowed]) => (allowed ? [caller] : []))
}

/** Puts callers on the list of an API, or off it. Throws `api.not-found`, `api.callers-invalid` for none or more than 64. */
export async function planApiCallers(
  network: Network,
  appId: bigint,
  idOrName: string,
  callers: readonly Address[],
  allowed: boolean,
): Promise<Intent> {
  if (callers.length === 0 || callers.length > maxCallers)
    throw new SdkError(
      'api.callers-invalid',
      `expected 1 to ${maxCallers} addresses, got ${callers.length}`,
    )
  const { apiId, name, terms } = findApi(await readApis(network, appId), idOrName)
  const what = allowed ? 'may call' : 'may call no more'
  return {
    id: 'api.callers',
    title: `Change who may call "${name}" of application ${appId}`,
    facts: [
      ...callers.map((caller) => [caller, what] as const),
      ...(terms.restricted
        ? []
        : [
            [
              'Beware',
              'anybody may call it now: `callers` in x-wetee.apis makes the list count',
            ] as const,
          ]),
    ],
    calls: [
      callOf(network.profile, 'apis', 'setCallers', [appId, apiId, callers, allowed], {
        doing: `change who may call "${name}"`,
      }),
    ],
  }
}

/** New calls of an application are refused, or taken again. Throws `api.unregistered`, `api.unchanged`. */
export async function planApiPause(
  network: Network,
  appId: bigint,
  paused: boolean,
): Promise<Intent> {
  const book = await readApis(network, appId)
  if (!book.registered)
    throw new SdkError(
      'api.unregistered',
      `application ${appId} takes no calls yet: \`wetee api sync\` registers it`,
    )
  if (book.paused === paused)
    throw new SdkError(
      'api.unchanged',
      `application ${appId} ${paused ? 'takes no calls' : 'takes calls'} already`,
    )
  return {
    id: paused ? 'api.pause' : 'api.resume',
    title: `${paused ? 'Refuse' : 'Take'} calls of application ${appId}${paused ? '' : ' again'}`,
    facts: [['Open calls', 'may still be answered']],
    calls: [
      callOf(network.profile, 'apis', 'setPaused', [appId, paused], {
        doing: `${paused ? 'pause' : 'resume'} the APIs of application ${appId}`,
      }),
    ],
    outcome: outcomeOf('apis', 'ProxyPaused'),
  }
}
