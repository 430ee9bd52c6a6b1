// Stand-ins for three exchanges, each with an answer in its own form: for machines without a way out, and for tests.
import { createServer } from 'node:http'

/** Prices of three exchanges. DOT: close together. WIDE: one is far off. JUMP: three times the price from the second question on. */
const prices = {
  DOT: [() => 6.51, () => 6.5, () => 6.53],
  WIDE: [() => 6.51, () => 6.5, () => 7.2],
  JUMP: [0, 1, 2].map(() => {
    let asked = 0
    return () => (asked++ === 0 ? 5 : 15)
  }),
}
const exchanges = [
  {
    port: 9101,
    path: /^\/spot\/([A-Z]+)$/,
    body: (price) => ({ data: { amount: String(price) } }),
  },
  { port: 9102, path: /^\/ticker\/([A-Z]+)$/, body: (price) => ({ c: [price, 1] }) },
  { port: 9103, path: /^\/v2\/([A-Z]+)$/, body: (price) => ({ last: price.toFixed(2) }) },
]

const servers = exchanges.map(({ port, path, body }, index) =>
  createServer((request, response) => {
    const [, symbol = ''] = path.exec(request.url ?? '') ?? []
    const price = Object.hasOwn(prices, symbol) ? prices[symbol][index]() : undefined
    response.writeHead(price === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(price === undefined ? '{}' : JSON.stringify(body(price)))
  }).listen(port, '127.0.0.1'),
)
for (const signal of ['SIGTERM', 'SIGINT'])
  process.on(signal, () => {
    for (const server of servers) server.close()
  })
