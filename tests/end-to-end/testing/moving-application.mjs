// An application that says what it has under the keys of the network: for tests. Serves on port 8080.
import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'

const note = '/notes/first'
/** By the first instance alone: those after it find what that one wrote. */
function readNote() {
  if (!existsSync(note)) writeFileSync(note, randomUUID())
  return readFileSync(note, 'utf8')
}

/** Asks the agent. */
function ask(path, body) {
  return new Promise((resolve, reject) => {
    const asking = request({
      ...{ socketPath: '/run/wetee.sock', path, method: body ? 'POST' : 'GET' },
      headers: { host: 'agent' },
    })
    asking.once('error', reject).once('response', async (response) => {
      const parts = await response.toArray().catch(reject)
      resolve(JSON.parse(Buffer.concat(parts ?? []).toString() || 'null'))
    })
    asking.end(body && JSON.stringify(body))
  })
}

const digest = (value) => createHash('sha256').update(value).digest('hex')
/** Which key it is, or why there is none. */
const derived = async (networkKey) => {
  const { key, error } = await ask('/v1/key', {
    path: 'account',
    ...(networkKey && { networkKey }),
  })
  return error === undefined ? digest(key) : error.code
}

async function told(olderAsked) {
  const { own, older } = await ask('/v1/network-keys')
  return {
    ...{ word: digest(readFileSync('/run/secrets/word')), note: readNote() },
    ...{ networkKey: own, derived: await derived(), older },
    olderDerived: (olderAsked ?? older) ? await derived(olderAsked ?? older) : null,
  }
}

createServer((incoming, response) => {
  const asked = new URL(incoming.url ?? '/', 'http://here').searchParams.get('older')
  told(asked ?? undefined).then(
    (all) => response.end(JSON.stringify(all)),
    (error) => response.writeHead(500).end(String(error)),
  )
}).listen(8080, () => console.log('listening on port 8080'))
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0))
