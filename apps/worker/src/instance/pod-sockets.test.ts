// The sockets of a guest in a cluster, and the worker's key at its doors.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepLog } from '../testing/silent-log.ts'
import { InstanceFolders } from './instance-folder.ts'
import { openDoorIdentity, openPodSockets } from './pod-sockets.ts'

let base: string
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'wetee-ps-'))
})
afterEach(() => rmSync(base, { recursive: true, force: true }))

async function open(folders: InstanceFolders) {
  const parts = {
    identity: await openDoorIdentity(base),
    runtime: { list: () => Promise.resolve([]) },
    ...{ folders, log: keepLog(), signal: new AbortController().signal },
  }
  return openPodSockets(parts, 'pod', folders.runFolder('pod'))
}

test('a process that is replaced closes its own sockets and leaves those of the next', async () => {
  const folders = new InstanceFolders(base)
  mkdirSync(folders.runFolder('pod'), { recursive: true })
  const first = await open(folders)
  const second = await open(folders)
  await first.close()
  await second.reach('agent.sock', async (path) => {
    const socket = connect(path)
    await once(socket, 'connect')
    socket.destroy()
  })
  expect(() => second.dial('ingress/8080.sock')).toThrow('no address')
  await second.close()
})

test('the worker`s key at its doors is made once and kept from others', async () => {
  const { tlsKeyHash } = await openDoorIdentity(base)
  expect((await openDoorIdentity(base)).tlsKeyHash).toBe(tlsKeyHash)
  expect(statSync(join(base, 'doors.pem')).mode & 0o777).toBe(0o600)
})

test('the key of an agent is kept while its pod lives, and a launch begins anew', () => {
  const folders = new InstanceFolders(base)
  const launch = () =>
    folders.prepare(
      'pod',
      { text: '{}', configuration: `0x${'01'.repeat(32)}` },
      { launchId: 'a', teeSocket: '/a' },
    )
  launch()
  const kept = folders.agentKey('pod')
  expect(kept.get()).toBe(undefined)
  kept.set(`0x${'ab'.repeat(32)}`)
  expect(new InstanceFolders(base).agentKey('pod').get()).toBe(`0x${'ab'.repeat(32)}`)
  expect(readFileSync(join(base, 'instances/pod/agent-key'), 'utf8')).toHaveLength(66)
  launch()
  expect(kept.get()).toBe(undefined)
})
