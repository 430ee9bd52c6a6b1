// Secrets are waited for, however long it takes, and nothing of them stays behind.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { NodeRefusal } from '../nodes/node-call.ts'
import type { SecretPlan } from './plan.ts'
import type { Released } from './release-round.ts'
import { releaseSecrets } from './release-loop.ts'
import { SecretError } from './secret-error.ts'

let folder: string
let lines: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-rl-'))
  lines = []
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const plan: SecretPlan = {
  secrets: [{ appId: '1', name: 'db' }],
  services: [{ service: 'web', files: [{ target: 'db', mode: 0o444, secret: 0 }], variables: [] }],
}

/** Runs the loop; when no answers are left, the signal is raised. */
async function run(answers: (() => Promise<Released>)[], wanted = plan) {
  const codes: string[] = []
  const asked: unknown[] = []
  const waits: number[] = []
  const controller = new AbortController()
  const log = createLog(
    (line) => lines.push(line),
    () => 0,
  )
  const ended = await releaseSecrets({
    plan: wanted,
    source: {
      request: (it) => {
        asked.push(it)
        return answers.shift()!()
      },
    },
    delivery: { folder, servicesFolder: join(folder, 'own'), simulated: true, log },
    waiting: (code) => codes.push(code),
    ...{ log, signal: controller.signal, random: () => 1 },
    sleep: (ms) => {
      waits.push(ms)
      if (answers.length === 0 || waits.length === 20) controller.abort(new Error('SIGTERM'))
      return Promise.resolve()
    },
  }).catch((error: Error) => error.message)
  return { ended, codes, asked, waits }
}

const fail = (error: Error) => () => Promise.reject(error)

test('it asks again, later each time, tells why it waits, and writes what it is given at last', async () => {
  mkdirSync(join(folder, 'web'))
  const secret = new TextEncoder().encode('hunter2')
  const { ended, codes, asked, waits } = await run([
    fail(new SecretError('secrets.too-few', '1 releases')),
    fail(new NodeRefusal('evidence.stale', 'too old')),
    fail(new Error('something else')),
    () => Promise.resolve({ secrets: [secret], keys: [] }),
  ])
  expect(ended).toBeUndefined()
  expect(codes).toEqual(['secrets.pending', 'secrets.too-few', 'evidence.stale', 'secrets.pending'])
  expect(waits).toEqual([1_000, 2_000, 4_000])
  expect(asked).toEqual(Array(4).fill({ secrets: plan.secrets, keys: [] }))
  expect(readFileSync(join(folder, 'web', 'db'), 'utf8')).toBe('hunter2')
  // What was given is zeros now, and in no line of the log.
  expect(secret).toEqual(new Uint8Array(7))
  expect(lines.join('')).not.toContain('hunter2')
})

test('no longer than 15 seconds between two attempts, until the agent stops', async () => {
  mkdirSync(join(folder, 'web'))
  const { ended, waits } = await run(Array<() => Promise<Released>>(6).fill(fail(new Error('no'))))
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
  expect(ended).toBe('SIGTERM')
})

test('what cannot be written is zeros all the same, and is asked for again', async () => {
  mkdirSync(join(folder, 'web'))
  const secrets = [1, 2].map(() => new TextEncoder().encode('hunter2'))
  mkdirSync(join(folder, 'web', 'db'))
  const { codes } = await run([
    () => Promise.resolve({ secrets: [secrets[0]!], keys: [] }),
    () => {
      rmSync(join(folder, 'web', 'db'), { recursive: true })
      return Promise.resolve({ secrets: [secrets[1]!], keys: [] })
    },
  ])
  expect(codes).toEqual(['secrets.pending', 'secrets.not-written'])
  for (const secret of secrets) expect(secret).toEqual(new Uint8Array(7))
  expect(readFileSync(join(folder, 'web', 'db'), 'utf8')).toBe('hunter2')
})

test('nothing is released to a folder that is not there', async () => {
  const { ended, codes, asked } = await run([])
  expect(codes).toEqual(['secrets.pending', 'secrets.folder-missing'])
  expect({ ended, asked }).toEqual({ ended: 'SIGTERM', asked: [] })
})

test('a manifest without secrets asks nobody', async () => {
  const { ended, codes, asked } = await run([], { secrets: [], services: [] })
  expect({ ended, codes, asked }).toEqual({ ended: undefined, codes: [], asked: [] })
  expect(existsSync(join(folder, 'web'))).toBe(false)
})
