// The folder of an instance: whose hands it is in, and when.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { InstanceFolders } from './instance-folder.ts'

const plan = { text: '{}', configuration: `0x${'11'.repeat(32)}` } as const
let stateDir: string
let folders: InstanceFolders
let socketPath: string
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'wetee-if-'))
  folders = new InstanceFolders(stateDir)
  folders.prepare('pod', plan, { launchId: '1', teeSocket: '/tee.sock' })
  socketPath = folders.appSocket('pod')
})
afterEach(() => rmSync(stateDir, { recursive: true, force: true }))
const mode = () => statSync(dirname(socketPath)).mode & 0o7777

async function listen(path: string): Promise<() => Promise<void>> {
  const server = createServer().listen(path)
  await once(server, 'listening')
  return () => new Promise((resolve) => server.close(() => resolve()))
}

test('an agent may make its socket for applications, and nobody may change it once services mount it', async () => {
  folders.openAppFolder('pod')
  expect(mode()).toBe(0o1777)
  const close = await listen(socketPath)
  expect(folders.closeAppFolder('pod')).toBe(true)
  expect(mode()).toBe(0o755)
  await close()
})

test('an agent that starts again finds the place empty and open', async () => {
  const close = await listen(socketPath)
  expect(folders.closeAppFolder('pod')).toBe(true)
  folders.openAppFolder('pod')
  expect(existsSync(socketPath)).toBe(false)
  expect(mode()).toBe(0o1777)
  await close()
})

test('what a guest has put in the place of its socket is not mounted: no link, file, folder, nothing', async () => {
  const host = join(stateDir, 'host.sock')
  const close = await listen(host)
  expect(folders.closeAppFolder('pod')).toBe(false)
  symlinkSync(host, socketPath)
  expect(folders.closeAppFolder('pod')).toBe(false)
  rmSync(socketPath)
  writeFileSync(socketPath, '')
  expect(folders.closeAppFolder('pod')).toBe(false)
  rmSync(socketPath)
  mkdirSync(socketPath)
  expect(folders.closeAppFolder('pod')).toBe(false)
  await close()
})

test('the folder of an instance of an earlier worker has no place for the socket until its agent starts', () => {
  rmSync(dirname(socketPath), { recursive: true })
  expect(folders.closeAppFolder('pod')).toBe(false)
  folders.openAppFolder('pod')
  expect(mode()).toBe(0o1777)
})
