// Which runtime is opened, and what is said when there is none.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { keepLog } from '../testing/silent-log.ts'
import { openRuntime, type RuntimeOptions } from './index.ts'

const stateDir = mkdtempSync(join(tmpdir(), 'wetee-'))
const options: RuntimeOptions = {
  kind: 'auto',
  stateDir,
  allowSandbox: false,
  log: keepLog(),
  signal: new AbortController().signal,
}

afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(stateDir, { recursive: true, force: true })
})

test('the sandbox is refused unless it is allowed, also when it is asked for by name', async () => {
  await expect(openRuntime({ ...options, kind: 'sandbox' })).rejects.toMatchObject({
    name: 'RuntimeError',
    code: 'engine.not-allowed',
    retryable: false,
    message: expect.stringContaining('runtime.allowSandbox') as string,
  })
})

test.each(['auto', 'docker'] as const)('%s waits for a socket that was named', async (kind) => {
  const socketPath = join(stateDir, 'none.sock')
  const opening = openRuntime({ ...options, kind, socketPath, allowSandbox: true })
  await expect(opening).rejects.toMatchObject({
    code: 'engine.unreachable',
    retryable: true,
    message: expect.stringContaining(socketPath) as string,
  })
})

test('an engine of another machine is refused', async () => {
  vi.stubEnv('DOCKER_HOST', 'tcp://192.0.2.1:2375')
  const opening = openRuntime({ ...options, kind: 'docker' })
  await expect(opening).rejects.toMatchObject({ code: 'engine.unfit', retryable: false })
})
