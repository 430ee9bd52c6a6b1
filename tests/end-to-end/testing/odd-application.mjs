// An application that answers calls of contracts as none should: for tests. Serves on port 8080.
import { createServer } from 'node:http'

/** More than an agent reads of an answer. */
const hugeBytes = 1_048_577

/** What it does, by the path that it is asked for. */
const deeds = {
  '/': (response) => response.end('odd'),
  '/good': (response) => response.end('{"value":7}'),
  '/malformed': (response) => response.end('{"value":'),
  '/missing': (response) => response.end('{"other":7}'),
  '/wrong': (response) => response.end('{"value":-1}'),
  '/huge': (response) => response.end(Buffer.alloc(hugeBytes, ' ')),
  '/error': (response) => response.writeHead(500).end('out of order'),
  '/redirect': (response) => response.writeHead(302, { location: '/good' }).end('elsewhere'),
  '/closed': (response) => response.destroy(),
  // Never ends: the agent has to.
  '/slow': (response) => response.write('{"value":'),
}

createServer((request, response) => {
  const deed = deeds[request.url ?? '/']
  if (deed === undefined) response.writeHead(404).end('not here')
  else deed(response)
}).listen(8080, () => console.log('listening on port 8080'))
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0))
