// A price oracle: an ordinary web program that asks several sources and answers with their median. Contracts call it over the Bridge.
import { createServer } from 'node:http'
import { aggregate, formatPrice } from './price.mjs'
import { askAll, parseSources } from './sources.mjs'

const port = Number(process.env.PORT ?? 8080)
const sources = parseSources(process.env.SOURCES ?? '[]')
/** Fewer prices than this are no answer: by default more than half. */
const needed = Number(process.env.MIN_SOURCES ?? Math.floor(sources.length / 2) + 1)
const timeoutMs = Number(process.env.TIMEOUT_MS ?? 5_000)

const server = createServer((request, response) => {
  route(request).then(
    ({ status, body }) => answer(response, status, body),
    () => answer(response, 500, { error: 'it failed' }),
  )
})

async function route({ method, url = '/' }) {
  if (method !== 'GET') return { status: 405, body: { error: 'method not allowed' } }
  if (url === '/healthz') return { status: 200, body: { ok: true, sources: sources.length } }
  const [, symbol] = /^\/price\/([A-Z0-9]{1,12})$/.exec(url) ?? []
  if (symbol === undefined) return { status: 404, body: { error: 'expected /price/SYMBOL' } }
  const prices = await askAll(sources, symbol, timeoutMs)
  if (prices.length < needed || prices.length === 0)
    return { status: 503, body: { error: `${prices.length} sources answered, ${needed} needed` } }
  const { median, spreadBps } = aggregate(prices)
  const at = Math.floor(Date.now() / 1_000)
  return {
    status: 200,
    body: { symbol, price: formatPrice(median), spreadBps, sources: prices.length, at },
  }
}

function answer(response, status, body) {
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

server.listen(port, () =>
  console.log(JSON.stringify({ msg: 'oracle listens', port: server.address().port })),
)
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.close())
