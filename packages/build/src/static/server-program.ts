// The web server of static images: a text of JavaScript that Node runs in the image. Text only.

/** Where its files lie in the image. */
export const siteFolder = '/site'

/** Serves the files that it finds at its start, by their digest; nothing outside of them can be named. Takes the folder as its argument. */
export const serverProgram = String.raw`// Serves the files below a folder. Written by wetee build.
import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'

const root = process.argv[2]
const types = {
  '.css': 'text/css; charset=utf-8', '.gif': 'image/gif', '.htm': 'text/html; charset=utf-8',
  '.html': 'text/html; charset=utf-8', '.ico': 'image/x-icon', '.jpeg': 'image/jpeg', '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8', '.json': 'application/json', '.map': 'application/json',
  '.md': 'text/markdown; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8', '.pdf': 'application/pdf',
  '.png': 'image/png', '.svg': 'image/svg+xml', '.txt': 'text/plain; charset=utf-8', '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json', '.webp': 'image/webp', '.woff': 'font/woff', '.woff2': 'font/woff2',
  '.xml': 'application/xml',
}
const files = new Map()
const collect = (folder) => {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder + '/' + entry.name
    if (entry.isDirectory()) collect(path)
    else if (entry.isFile()) {
      const bytes = readFileSync(join(root, path))
      const tag = '"' + createHash('sha256').update(bytes).digest('hex').slice(0, 32) + '"'
      const type = types[extname(path).toLowerCase()] ?? 'application/octet-stream'
      files.set(path, { path: join(root, path), size: bytes.length, tag, type })
    }
  }
}
collect('')

const decode = (url) => {
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0])
  } catch {
    return '\0'
  }
}
const server = createServer((request, response) => {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { allow: 'GET, HEAD' }).end()
    return
  }
  const path = decode(request.url)
  const found = files.get(path) ?? files.get(path.replace(/\/?$/, '/index.html'))
  if (found === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n')
    return
  }
  // A folder is named with its slash, so that links in its page lead into it.
  if (!files.has(path) && !path.endsWith('/')) {
    response.writeHead(308, { location: encodeURI('/' + path.replace(/^\/+/, '') + '/') }).end()
    return
  }
  const head = { etag: found.tag, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' }
  if ((request.headers['if-none-match'] ?? '').split(/,\s*/).includes(found.tag)) {
    response.writeHead(304, head).end()
    return
  }
  response.writeHead(200, { ...head, 'content-type': found.type, 'content-length': found.size })
  if (request.method === 'HEAD') response.end()
  else createReadStream(found.path).on('error', () => response.destroy()).pipe(response)
})
server.listen(Number(process.env.PORT ?? 8080), () => console.log('serving ' + files.size + ' files'))
process.on('SIGTERM', () => {
  server.close()
  server.closeIdleConnections()
})
`
