// Which RPCs a network may be seen through. Pure.
import type { NetworkProfile } from '@wetee/chain'
import { NodeError } from '../node-error.ts'
import { ENOUGH_ALIKE } from './agreement.ts'

/** RPCs that are asked at most; more of the profile are left out. */
export const MAX_RPCS = 5

/**
 * The RPCs of a network: `configured`, else the profile's first five. A development network may have one, which is believed; a
 * test network has two at least, on hosts of different names, by https. Throws NodeError `network.view-unchecked` for a live one,
 * `network.rpc-too-few`, `network.rpc-repeated`, `network.rpc-not-https`.
 */
export function chooseRpcs(
  { name, kind, rpcUrls }: Pick<NetworkProfile, 'name' | 'kind' | 'rpcUrls'>,
  configured: readonly string[] | undefined,
): readonly string[] {
  if (kind === 'live')
    throw refusal(
      'network.view-unchecked',
      `"${name}" is a live network: its finality has to be checked inside the TEE, which this version does not do`,
    )
  const urls = (configured ?? rpcUrls).slice(0, MAX_RPCS)
  if (kind === 'development') return urls
  const hosts = new Set(urls.map((url) => hostOf(url)))
  if (hosts.size < ENOUGH_ALIKE)
    throw refusal(
      'network.rpc-too-few',
      `"${name}" is a ${kind} network, and ${hosts.size} RPC host is named, at least ${ENOUGH_ALIKE} are needed: add RPCs of other operators to rpcUrls`,
    )
  if (hosts.size < urls.length)
    throw refusal(
      'network.rpc-repeated',
      `rpcUrls name one host twice: two answers of one operator are one`,
    )
  const open = urls.find((url) => new URL(url).protocol !== 'https:')
  if (open !== undefined)
    throw refusal(
      'network.rpc-not-https',
      `${hostOf(open)} is asked without TLS: the host of this machine could answer in its place. Use https`,
    )
  return urls
}

/** Without a last dot, which names the same host. */
function hostOf(url: string): string {
  return new URL(url).hostname.replace(/\.$/, '')
}

function refusal(code: string, message: string): NodeError {
  return new NodeError(code, message, { status: 500 })
}
