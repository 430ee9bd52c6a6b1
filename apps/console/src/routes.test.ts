// Addresses of views, also those that somebody else has written.
import fc from 'fast-check'
import { createHashHistory } from '@tanstack/react-router'
import { expect, test } from 'vitest'
import { consoleRouter } from './routes.tsx'

const unused = { pushState: () => undefined, replaceState: () => undefined }
const router = consoleRouter({ ahead: () => undefined }, historyOf(''))

function historyOf(hash: string) {
  const location = { pathname: '/console/', search: '', hash }
  const window = {
    location,
    history: { state: null, ...unused },
    addEventListener: () => undefined,
  }
  return createHashHistory({ window })
}

type View = { readonly path: string; readonly params: Readonly<Record<string, unknown>> }

/** The route at which a page with this hash opens, and what it read from it; `undefined` where there is no view. */
function opened(hash: string): View | undefined {
  const matches = router.matchRoutes(router.parseLocation(historyOf(hash).location))
  const route = matches.at(-1)
  if (route === undefined || matches.some((match) => match._notFound === true)) return undefined
  return { path: String(route.fullPath), params: route.params as View['params'] }
}

test.each([
  ['', '/', {}],
  ['#', '/', {}],
  ['#/', '/', {}],
  ['#/apps', '/apps', {}],
  ['#/mine', '/mine', {}],
  ['#/app/3', '/app/$id/{-$part}', { id: 3n }],
  ['#/app/3/', '/app/$id/{-$part}', { id: 3n }],
  ['#/app/3/logs', '/app/$id/{-$part}', { id: 3n, part: 'logs' }],
  ['#/app/3/a%20b', '/app/$id/{-$part}', { id: 3n, part: 'a b' }],
  ['#/verify', '/verify', {}],
  ['#/verify/3', '/verify/$id', { id: 3n }],
  ['#/deploy', '/deploy', {}],
  ['#/provide', '/provide', {}],
  ['#/provide/worker', '/provide/worker', {}],
  ['#/provide/node', '/provide/node', {}],
  ['#/worker/1', '/worker/$id', { id: 1n }],
  ['#/node/9999999999999999999', '/node/$id', { id: 9_999_999_999_999_999_999n }],
  ['#/keys', '/keys', {}],
  ['#/dao', '/dao', {}],
  ['#/dao/members', '/dao/members', {}],
  ['#/dao/token', '/dao/token', {}],
  ['#/dao/treasury', '/dao/treasury', {}],
  ['#/dao/references', '/dao/references', {}],
  ['#/dao/propose', '/dao/propose/{-$template}', {}],
  ['#/dao/propose/spend', '/dao/propose/{-$template}', { template: 'spend' }],
  ['#/proposal/0', '/proposal/$id', { id: 0n }],
  [`#/proposal/${'9'.repeat(78)}`, '/proposal/$id', { id: BigInt('9'.repeat(78)) }],
])('%s', (hash, path, params) => {
  expect(opened(hash)).toEqual({ path, params })
})

test.each([
  ['#/nothing'],
  ['#/APPS'],
  ['#/apps/more'],
  ['#/app'],
  ['#/app/0'],
  ['#/app/03'],
  ['#/app/-1'],
  ['#/app/x'],
  ['#/app/10000000000000000000'],
  ['#/app/3/logs/more'],
  ['#/verify/x'],
  ['#/worker/1e3'],
  ['#/node/0x1'],
  ['#/keys/1'],
  ['#/dao/nothing'],
  [`#/proposal/${'9'.repeat(79)}`],
  ['#/__proto__'],
  ['#//other.example/apps'],
  ['#/%E0%A4%A'],
  ['#/app/%E0%A4%A'],
  ['#/app/3/%E0%A4%A'],
])('%s is nothing', (hash) => {
  expect(opened(hash)).toBeUndefined()
})

test('any text behind the # gives a view or nothing, and numbers alone as numbers', () => {
  const part = fc.oneof(
    fc.constantFrom('app', 'verify', 'worker', 'proposal', 'dao', 'propose', '3', '%', '%E0', '..'),
    fc.string({ unit: 'binary' }),
  )
  const text = fc.array(part, { maxLength: 10 }).map((parts) => `/${parts.join('/')}`)
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (address) => {
      const view = opened(`#${address}`)
      if (view?.path.includes('$id') === true) expect(view.params['id']).toBeTypeOf('bigint')
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('the list of applications is asked for by its address, before its view has come', async () => {
  const steps: string[] = []
  const load = async (hash: string) => {
    const context = { ahead: () => void steps.push(`asked by ${hash}`) }
    await consoleRouter(context, historyOf(hash)).load()
    steps.push(`loaded ${hash}`)
  }
  await load('#/apps')
  await load('#/')
  expect(steps).toEqual(['asked by #/apps', 'loaded #/apps', 'loaded #/'])
})
