// The agent as one file and as an image.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { nodePath, openImage, unpackImage, verifyLayout } from '@wetee/image'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildAgentImage, bundleAgent } from '../build.ts'
import { launcherPath } from '../launcher/build.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'wetee-ab-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the bundle is small, names no path of this machine and runs alone', async () => {
  const bundle = await bundleAgent()
  expect(bundle.length).toBeLessThan(2_000_000)
  expect(Buffer.from(bundle).toString()).not.toContain(import.meta.dirname)
  const file = join(folder, 'agent.js')
  writeFileSync(file, bundle)
  const failure = await promisify(execFile)(process.execPath, [file, '--root', folder]).catch(
    (error: unknown) => error as { code: number; stdout: string },
  )
  expect(failure).toMatchObject({ code: 78 })
  expect(failure.stdout).toContain('"code":"launch.unreadable"')
})

test('the image has the same digest twice', async () => {
  const first = await buildAgentImage(join(folder, 'a'))
  const second = await buildAgentImage(join(folder, 'b'))
  expect(second.digest).toBe(first.digest)
  await verifyLayout(join(folder, 'a'), first.digest)
})

test('libsecp256k1 and the launcher run from the image, and nothing takes the place of the first', async () => {
  const bundle = Buffer.from(await bundleAgent()).toString()
  expect(bundle).toContain('./secp256k1.node')
  expect(bundle).not.toContain('secp256k1/bindings.js')
  const layout = join(folder, 'layout')
  const { digest } = await buildAgentImage(layout)
  const root = join(folder, 'root')
  await unpackImage(layout, digest, root)
  expect(readFileSync(join(root, 'app/launch'))).toEqual(readFileSync(launcherPath))
  expect(statSync(join(root, 'app/launch')).mode & 0o777).toBe(0o755)
  // Changing the root needs root.
  if (process.getuid?.() !== 0 || process.arch !== 'x64') return
  const load = 'typeof new (require("/app/secp256k1.node").Secp256k1)().publicKeyTweakMul'
  const output = execFileSync('chroot', [root, nodePath, '-p', load])
  expect(output.toString().trim()).toBe('function')
})

test('a signal of the host opens no debugger in the agent', async () => {
  const { digest } = await buildAgentImage(folder)
  const { config } = await openImage(folder, digest)
  const flags = config.entrypoint.slice(1, -1)
  const agent = spawn(process.execPath, [...flags, '-e', 'process.stdin.resume(); console.log(1)'])
  const ended = once(agent, 'exit')
  await once(agent.stdout, 'data')
  const blocked = /SigBlk:\s*([0-9a-f]+)/.exec(readFileSync(`/proc/${agent.pid}/status`, 'utf8'))
  // Bit n-1 stands for signal n.
  const bit = 1n << BigInt(constants.signals.SIGUSR1 - 1)
  expect(BigInt(`0x${blocked?.[1]}`) & bit).toBe(bit)
  agent.stdin.end()
  await ended
})
