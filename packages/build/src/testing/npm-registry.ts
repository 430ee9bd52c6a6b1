// A registry of npm archives on this machine, for tests. Serves HTTP on loopback.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack, type Header } from 'tar-stream'

/** An archive as npm publishes it. */
export type Archive = { readonly bytes: Buffer; readonly integrity: string }

/** Packs entries: texts by path below `package/`, or whole headers. */
export async function makeArchive(
  files: Readonly<Record<string, string>>,
  more: readonly (Pick<Header, 'name'> & Partial<Header>)[] = [],
): Promise<Archive> {
  const archive = pack()
  for (const [name, text] of Object.entries(files)) archive.entry({ name: `package/${name}` }, text)
  for (const header of more)
    if (header.type === undefined) archive.entry(header, '')
    else archive.entry(header)
  archive.finalize()
  const bytes = gzipSync(await buffer(archive))
  return { bytes, integrity: integrityOf(bytes) }
}

/** As a lock file writes it. */
export function integrityOf(bytes: Uint8Array): string {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`
}

/** A lock file's text, and the archives behind it. */
export function makeLock(
  root: Readonly<Record<string, unknown>>,
  packages: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): string {
  return JSON.stringify({ name: 'x', lockfileVersion: 3, packages: { '': root, ...packages } })
}

/** A running registry; `asked` counts requests. */
export type Registry = { readonly url: string; asked: number; close(): Promise<void> }

/** Serves archives by path. */
export async function serveArchives(
  archives: Readonly<Record<string, Uint8Array>>,
): Promise<Registry> {
  const server: Server = createServer((request, response) => {
    registry.asked += 1
    const bytes = archives[(request.url ?? '').slice(1)]
    if (bytes === undefined) response.writeHead(404).end()
    else response.end(bytes)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const registry: Registry = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked: 0,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return registry
}
