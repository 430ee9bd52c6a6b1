// Sockets in folders of any depth.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
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
    const dialled = folder.dial('ingress/65535.sock')
    const [chunk] = (await once(dialled, 'data')) as [Buffer]
    expect(chunk.toString()).toBe('here')
    dialled.destroy()
    const again = await folder.reach('ingress/65535.sock', async (given) => {
      const [text] = (await once(connect(given), 'data')) as [Buffer]
      return text.toString()
    })
    expect(again).toBe('here')
    await new Promise((resolve) => server.close(resolve))
    folder.close()
  },
)

test('a link that a guest put in the place of its socket leads nowhere', async () => {
  const seen: string[] = []
  const host = createServer(() => seen.push('reached')).listen(join(root, 'host.sock'))
  await once(host, 'listening')
  const run = join(root, 'run')
  mkdirSync(run)
  symlinkSync(join(root, 'host.sock'), join(run, 'agent.sock'))
  writeFileSync(join(run, 'file.sock'), '')
  const folder = new SocketFolder(run)
  expect(() => folder.dial('agent.sock')).toThrow(/not a socket/)
  expect(() => folder.dial('file.sock')).toThrow(/not a socket/)
  expect(() => folder.dial('none.sock')).toThrow(/ENOENT/)
  await expect(folder.reach('agent.sock', () => Promise.resolve())).rejects.toThrow(/not a socket/)
  expect(seen).toEqual([])
  await new Promise((resolve) => host.close(resolve))
})
