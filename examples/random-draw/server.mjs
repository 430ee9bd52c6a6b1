// Draws random numbers that nobody can choose and everybody can check, by a key that the network derives for this application.
import { createServer, request } from 'node:http'
import { prove, publicKeyOf } from './draw.mjs'

const port = Number(process.env.PORT ?? 8080)
const secret = await openKey()
const publicKey = publicKeyOf(secret)

/** The same in every instance, version and place; instances that are attested get it from the network, nobody else does. */
async function openKey() {
  for (;;) {
    const answer = await askAgent('{"path":"draw/1"}').catch(() => undefined)
    if (answer?.status === 200) return Buffer.from(JSON.parse(answer.text).key.slice(2), 'hex')
    if (answer !== undefined && answer.status < 429)
      throw new Error(`the agent answered ${answer.status}`)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

function askAgent(body) {
  const socketPath = process.env.AGENT_SOCKET ?? '/run/wetee.sock'
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, path: '/v1/key', method: 'POST' }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
        if (text.length > 65_536) answer.destroy(new Error('too long'))
      })
      answer.on('end', () => resolve({ status: answer.statusCode, text }))
      answer.on('error', reject)
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

const server = createServer(({ method, url = '/' }, response) => {
  const [, input] = /^\/draw\/0x([0-9a-f]{64})$/.exec(url) ?? []
  if (method !== 'GET') return answer(response, 405, { error: 'method not allowed' })
  if (url === '/healthz') return answer(response, 200, { ok: true })
  if (url === '/key') return answer(response, 200, { key: `0x${publicKey.toString('hex')}` })
  if (input === undefined) return answer(response, 404, { error: 'expected /draw/INPUT' })
  answer(response, 200, { proof: `0x${prove(secret, Buffer.from(input, 'hex')).toString('hex')}` })
})

function answer(response, status, body) {
  const text = `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

server.listen(port, () => console.log(JSON.stringify({ msg: 'draw listens', port })))
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.close())
