// Webhooks that owners name in their manifests: strangers' addresses, so that only https to the internet is reached. Does HTTPS.
import { lookup as resolve, type LookupAddress } from 'node:dns'
import { request } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from '../../public-address.ts'
import { codeOf } from '../../worker-error.ts'
import { AlertError } from './alert-error.ts'
import { refusedWith, SEND_TIMEOUT_MS, type Send } from './destinations.ts'
import { jsonOf } from './message.ts'

/** What a hook is called with. */
export type OwnerHook = {
  /** As `alertsSchema` of @wetee/manifest takes it. */
  readonly url: string
  /** By the worker's operator, EIP-191, of the body: the owner finds the address on chain. */
  readonly sign: (body: string) => Promise<string>
  /** For tests: other trust than in the internet's names and authorities. */
  readonly trust?: {
    readonly ca: string
    readonly port: number
    readonly isReachable: (address: string) => boolean
  }
}

/** POST of JSON, signed by the operator; redirects are not followed, answers not read. */
export function ownerHook({ url, sign, trust }: OwnerHook): Send {
  const isReachable = trust?.isReachable ?? isPublicAddress
  return async (message, signal) => {
    const body = jsonOf(message)
    const signature = await sign(body)
    const { hostname } = new URL(url)
    const host = hostname.replace(/^\[|\]$/g, '')
    // A name is looked at when it is resolved, an address here: nothing resolves it.
    if (isIP(host) !== 0 && !isReachable(host)) throw unreachable()
    const status = await new Promise<number>((done, fail) => {
      const outgoing = request(url, {
        method: 'POST',
        agent: false,
        lookup: publicLookup(isReachable),
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'wetee-alert-id': message.id,
          'wetee-signature': signature,
        },
        maxHeaderSize: 16_384,
        signal: AbortSignal.any([signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]),
        ...(trust === undefined ? {} : { ca: trust.ca, port: trust.port }),
      })
      outgoing.on('error', fail)
      outgoing.on('response', (answer) => {
        answer.destroy()
        done(answer.statusCode ?? 0)
      })
      outgoing.end(body)
    }).catch((error: unknown) => {
      if (error instanceof AlertError) throw error
      throw new AlertError(`no answer: ${codeOf(error)}`, { retryable: true })
    })
    if (status < 200 || status > 299) throw refusedWith(status)
  }
}

/** Resolves a name, and lets the connection have only addresses of the internet: there is no later look at it. */
function publicLookup(isReachable: (address: string) => boolean): LookupFunction {
  return (name, options, callback) => {
    resolve(name, { ...options, all: true }, (error, found: readonly LookupAddress[]) => {
      const open = error === null ? found.filter(({ address }) => isReachable(address)) : []
      const [first] = open
      if (error !== null) callback(error, [])
      else if (first === undefined) callback(unreachable(), [])
      else if (options.all === true) callback(null, open)
      else callback(null, first.address, first.family)
    })
  }
}

function unreachable(): AlertError {
  return new AlertError('it is no address of the internet', { retryable: false })
}
