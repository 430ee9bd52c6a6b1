// The address of a view is behind the `#`: any web server and any folder will do. Reads and writes the location.
import { useSyncExternalStore } from 'react'

/** The parts of the address, `[]` for the first page. */
export type Route = readonly string[]

/** `#/app/3` as `['app', '3']`. At most 8 parts; what cannot be decoded is no address. */
export function parseRoute(hash: string): Route {
  try {
    return hash
      .replace(/^#\/?/, '')
      .split('/')
      .filter((part) => part !== '')
      .slice(0, 8)
      .map(decodeURIComponent)
  } catch {
    return ['unknown']
  }
}

let known = ''
let route: Route = []
const read = (): Route => {
  const { hash } = window.location
  if (hash !== known || route.length === 0) {
    known = hash
    route = parseRoute(hash)
  }
  return route
}
const firstPage: Route = []

/** Whether the page stands at one of these views now. */
export function isAt(...views: readonly string[]): boolean {
  return views.includes(read()[0] ?? '')
}

/** The address now. */
export function useRoute(): Route {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener('hashchange', changed)
      return () => window.removeEventListener('hashchange', changed)
    },
    () => {
      const now = read()
      return now.length === 0 ? firstPage : now
    },
  )
}

/** Opens another view. */
export function go(...parts: readonly string[]): void {
  window.location.hash = `/${parts.map(encodeURIComponent).join('/')}`
}
