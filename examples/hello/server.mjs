// A small web program: it listens on a port, answers, and stops when asked to. Without note.mjs it knows nothing of WeTEE.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { writeNote } from './note.mjs'

const version = process.env.HELLO_VERSION ?? '1'
const port = Number(process.env.PORT ?? 8080)

const routes = {
  '/': () =>
    text(`${process.env.GREETING ?? 'Hello'} from a confidential computer (version ${version})\n`),
  '/healthz': () => json({ ok: true, version, uptimeSeconds: Math.floor(process.uptime()) }),
  // Names only: values may be secret.
  '/env': () => json({ names: Object.keys(process.env).sort() }),
  // That it is there, and which one: a digest of a random value gives nothing away.
  '/secret': () =>
    json({ file: digest(readSecret('greeting_key')), variable: digest(process.env.GREETING_KEY) }),
}

/** Calls of contracts that it has answered, by their names: one that comes twice counts once. */
const calls = new Map()
const MAX_CALLS = 1_000

/** The API that contracts call (contracts/examples/Greeter.sol). */
function greet(name, callId) {
  if (callId !== undefined && !calls.has(callId)) calls.set(callId, calls.size + 1)
  if (calls.size > MAX_CALLS) calls.clear()
  return json({ text: `${process.env.GREETING ?? 'Hello'}, ${name}`, calls: calls.size })
}

/** Asked again it is the same note: what strangers ask for here is paid once. */
async function note() {
  const { NOTEBOOK, GREETING = 'Hello' } = process.env
  if (NOTEBOOK === undefined) return { status: 404, ...json({ error: 'no contract is named' }) }
  try {
    const { status, body } = await writeNote(NOTEBOOK, `${GREETING} from version ${version}`)
    return { status, ...json(body) }
  } catch (error) {
    console.error(error)
    return { status: 503, ...json({ error: 'the agent is not there' }) }
  }
}

function readSecret(name) {
  try {
    return readFileSync(`/run/secrets/${name}`)
  } catch {
    return undefined
  }
}

function digest(value) {
  return value === undefined ? null : createHash('sha256').update(value).digest('hex')
}

const server = createServer((request, response) => {
  const path = (request.url ?? '/').split('?')[0]
  const name = /^\/greeting\/([^/]{1,300})$/.exec(path)?.[1]
  if (name !== undefined && request.method === 'GET')
    return answer(response, 200, greet(decoded(name), request.headers['wetee-call-id']))
  if (path === '/note' && request.method === 'PUT')
    return note().then(({ status, ...rest }) => answer(response, status, rest))
  if (!Object.hasOwn(routes, path)) return answer(response, 404, json({ error: 'not found' }))
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return answer(response, 405, json({ error: 'method not allowed' }))
  answer(response, 200, routes[path]())
})

function decoded(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function text(body) {
  return { type: 'text/plain; charset=utf-8', body }
}

function json(value) {
  return { type: 'application/json', body: `${JSON.stringify(value)}\n` }
}

function answer(response, status, { type, body }) {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

server.listen(port, () => console.log(`listening on port ${port}`))

for (const signal of ['SIGTERM', 'SIGINT'])
  process.on(signal, () => {
    console.log('stopping')
    server.close(() => process.exit(0))
    server.closeIdleConnections()
  })
