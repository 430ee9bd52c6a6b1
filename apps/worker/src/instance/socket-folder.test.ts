// Sockets in folders of any depth.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SocketFolder } from './socket-folder.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'wetee-sf-'))))
afterEach(() => rmSync(root, { recursive: true, force: true }))

test.each([1, 60, 200])(
  'a socket in a folder of %d more bytes is listened on and reached',
  async (more) => {
    const deep = join(root, 'x'.repeat(more))
    mkdirSync(join(deep, 'ingress'), { recursive: true })
    const folder = new SocketFolder(deep)
    const path = folder.path('ingress/65535.sock')
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(107)
    const server = createServer((socket) => socket.end('here')).listen(path)
    await once(server, 'listening')
    const [chunk] = (await once(connect(folder.path('ingress/65535.sock')), 'data')) as [Buffer]
    expect(chunk.toString()).toBe('here')
    await new Promise((resolve) => server.close(resolve))
    folder.close()
  },
)
