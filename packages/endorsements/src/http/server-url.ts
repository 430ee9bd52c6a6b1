// Which URLs may be asked: https, or http on loopback. Pure.
import { EndorsementError } from '../error.ts'

const LOOPBACK = /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/
const MAX_URL_CHARACTERS = 512

/**
 * A base URL without a slash at its end. Throws EndorsementError `options.invalid` unless it is
 * https (http only on loopback) without credentials, query and fragment.
 */
export function parseServerUrl(text: string): string {
  const url = text.length <= MAX_URL_CHARACTERS && URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined) throw invalid('expected a URL')
  const safe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))
  if (!safe) throw invalid('expected https, or http on loopback')
  if (url.username || url.password || url.search || url.hash)
    throw invalid('expected no credentials, query or fragment; keys go into a file')
  return url.href.replace(/\/+$/, '')
}

/** True for names and addresses that never leave this machine. */
function isLoopback(url: URL): boolean {
  return LOOPBACK.test(url.hostname)
}

/** The target of a redirect from `from`; undefined unless it stays on scheme, host and port. */
export function redirectTarget(from: URL, location: string | undefined): URL | undefined {
  if (location === undefined || location.length > MAX_URL_CHARACTERS * 4) return undefined
  if (!URL.canParse(location, from.href)) return undefined
  const to = new URL(location, from.href)
  const stays = to.protocol === from.protocol && to.host === from.host
  return stays && !to.username && !to.password ? to : undefined
}

function invalid(message: string): EndorsementError {
  return new EndorsementError('options.invalid', `server URL: ${message}`)
}
