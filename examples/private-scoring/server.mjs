// Scores inputs that only this program can read by a model that only this program knows; says yes or no. Contracts call it over the Bridge.
import { readFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { approves, openInput, parseModel, readKeys } from './scoring.mjs'

const MAX_BODY_BYTES = 4_096
const port = Number(process.env.PORT ?? 8080)
const model = parseModel(readFileSync(process.env.MODEL_FILE ?? '/run/secrets/model', 'utf8'))
const keys = await openKeys()

/** A key of this application, which the network derives for its attested instances alone: the same in each, and nobody else's. */
async function openKeys() {
  const { key } = await askAgent('/v1/key', { path: 'input' })
  const secret = Buffer.from(key.slice(2), 'hex')
  try {
    return await readKeys(secret)
  } finally {
    secret.fill(0)
  }
}

/** Asks the agent beside this program over its socket (docs/reference/agent-socket.md); again while the network is away. */
async function askAgent(path, body) {
  for (;;) {
    const answer = await post(path, JSON.stringify(body)).catch(() => undefined)
    if (answer?.status === 200) return JSON.parse(answer.text)
    if (answer !== undefined && answer.status < 429)
      throw new Error(`the agent answered ${answer.status}`)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

function post(path, body) {
  const socketPath = process.env.AGENT_SOCKET ?? '/run/wetee.sock'
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, path, method: 'POST' }, async (answer) =>
      resolve({ status: answer.statusCode, text: await readBody(answer, 65_536) }),
    )
    asking.on('error', reject)
    asking.end(body)
  })
}

async function readBody(stream, maxBytes) {
  const chunks = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size > maxBytes) throw new Error('too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const server = createServer((asked, response) => {
  route(asked).then(
    ([status, body]) => answer(response, status, body),
    // Nothing of an input or the model: what fails is refused alike.
    () => answer(response, 422, { error: 'the input does not open or is incomplete' }),
  )
})

async function route(asked) {
  if (asked.url === '/healthz') return [200, { ok: true }]
  if (asked.url === '/key') return [200, { key: `0x${keys.publicKey.toString('hex')}` }]
  if (asked.url !== '/score' || asked.method !== 'POST') return [404, { error: 'not found' }]
  const { input, applicant } = JSON.parse(await readBody(asked, MAX_BODY_BYTES))
  const contract = bytesOf(asked.headers['wetee-caller'], 20)
  const opened = await openInput(keys, bytesOf(input), contract, bytesOf(applicant, 20))
  return [200, { approved: approves(model, opened) }]
}

/** Bytes of 0x and hex digits, so many where a number is given. */
function bytesOf(text, size) {
  if (typeof text !== 'string' || !/^0x([0-9a-fA-F]{2})*$/.test(text)) throw new Error('hex')
  const bytes = Buffer.from(text.slice(2), 'hex')
  if (size !== undefined && bytes.length !== size) throw new Error('size')
  return bytes
}

function answer(response, status, body) {
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

server.listen(port, () => console.log(JSON.stringify({ msg: 'scoring listens', port })))
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.close())
