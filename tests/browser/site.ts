// A loopback web site for browser tests: one empty page, scripts from memory, files of one folder. Listens.
import { createServer, type RequestListener, type Server } from 'node:http'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'

/** What a site serves. */
export type SiteContent = {
  /** Text by name: `page.js` is what the page loads. */
  readonly scripts: Readonly<Record<string, string>>
  /** Files that the page may fetch below `/files/`: these paths of this folder and no others. */
  readonly files?: { readonly folder: string; readonly paths: ReadonlySet<string> }
  /** Whether scripts may compile WebAssembly; by default they may not. */
  readonly webAssembly?: boolean
}

/** A site that listens on 127.0.0.1. */
export type Site = { readonly port: number; close(): Promise<void> }

const PAGE =
  '<!doctype html><meta charset="utf-8"><title>WeTEE</title><link rel="icon" href="data:,">' +
  '<script type="module" src="/page.js"></script>'

/** No inline script, no eval, nothing from elsewhere; isolated, so that its clock is fine enough to measure with. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; img-src data:",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cache-control': 'no-store',
}

const WASM_HEADERS = {
  'content-security-policy': HEADERS['content-security-policy'].replace(
    "script-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
  ),
}

/** Starts the site on a free port. */
export async function startSite(content: SiteContent): Promise<Site> {
  const server = createServer(answer(content))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return { port: (server.address() as AddressInfo).port, close: () => stop(server) }
}

function answer({ scripts, files, webAssembly = false }: SiteContent): RequestListener {
  const headers = webAssembly ? { ...HEADERS, ...WASM_HEADERS } : HEADERS
  return (request, response) => {
    const send = (status: number, type: string, body: string | Uint8Array) =>
      response.writeHead(status, { ...headers, 'content-type': type }).end(body)
    const path = decodeURI(request.url ?? '')
    const script = Object.hasOwn(scripts, path.slice(1)) ? scripts[path.slice(1)] : undefined
    const file = path.startsWith('/files/') ? path.slice('/files/'.length) : undefined
    if (path === '/') send(200, 'text/html', PAGE)
    else if (script !== undefined) send(200, 'text/javascript', script)
    else if (file !== undefined && files?.paths.has(file) === true)
      readFile(join(files.folder, file)).then(
        (bytes) => send(200, 'application/octet-stream', bytes),
        () => send(500, 'text/plain', 'cannot be read'),
      )
    else send(404, 'text/plain', 'no such file')
  }
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
