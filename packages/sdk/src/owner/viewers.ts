// Who reads beside the owner, as the owner grants it at every agent of an application. Does network I/O.
import type { Address } from 'viem'
import * as z from 'zod'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import { readAnswer } from './calls.ts'
import { openOwnerSessions, type OwnerOptions, type OwnerSession } from './session.ts'

const viewersSchema = z.object({
  viewers: z
    .array(
      z.object({
        account: z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{40}$/)]),
        expiresInSeconds: z.int().min(0),
      }),
    )
    .max(1_000),
})
/** A grant of one instance, which ends with it. */
export type InstanceViewer = z.infer<typeof viewersSchema>['viewers'][number] & {
  readonly version: number
  readonly replica: number
}

/**
 * Lets an account read logs, events, metrics, exceptions and bundles of the instances that run now, for 1 to 2,592,000 seconds. Throws as
 * `openOwnerSessions` and its sessions do; with some instances unreachable, `onProblem` hears of them. How many have taken it.
 */
export function grantViewer(
  network: Network,
  appId: bigint,
  { account, seconds }: { readonly account: Address; readonly seconds: number },
  options: OwnerOptions = {},
): Promise<number> {
  return atAll(network, appId, options, (session) =>
    session.post('/v1/viewers', { account, seconds }, options.signal),
  )
}

/** Takes a grant back, at once. An instance that has none is none of it. Throws as `grantViewer`. */
export function revokeViewer(
  network: Network,
  appId: bigint,
  account: Address,
  options: OwnerOptions = {},
): Promise<number> {
  return atAll(network, appId, options, async (session) => {
    try {
      await session.remove(`/v1/viewers/${account}`, options.signal)
    } catch (error) {
      if (!(error instanceof SdkError) || error.details['code'] !== 'viewer.unknown') throw error
    }
  })
}

/** Grants of all instances. Throws as `openOwnerSessions` and its sessions do. */
export async function viewers(
  network: Network,
  appId: bigint,
  options: OwnerOptions = {},
): Promise<InstanceViewer[]> {
  const sessions = await openOwnerSessions(network, appId, options)
  const lists = sessions.map(async (session) => {
    const { version, replica } = session
    const answer = readAnswer(viewersSchema, await session.get('/v1/viewers', options.signal))
    return answer.viewers.map((viewer) => ({ ...viewer, version, replica }))
  })
  return (await Promise.all(lists)).flat()
}

async function atAll(
  network: Network,
  appId: bigint,
  options: OwnerOptions,
  act: (session: OwnerSession) => Promise<void>,
): Promise<number> {
  const sessions = await openOwnerSessions(network, appId, options)
  await Promise.all(sessions.map(act))
  return sessions.length
}
