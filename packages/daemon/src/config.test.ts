// What a configuration file may be, and what is said of one that is not.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { loadConfig, MAX_CONFIG_BYTES } from './config.ts'
import { DaemonError } from './daemon-error.ts'

const schema = z.strictObject({
  stateDir: z.string(),
  api: z.strictObject({ port: z.int().min(1).max(65_535) }),
  operator: z.union([
    z.strictObject({ keystoreFile: z.string(), passwordFile: z.string() }),
    z.strictObject({ privateKeyFile: z.string() }),
  ]),
  logLevel: z.enum(['info', 'debug']).default('info'),
})
const good = { stateDir: 'state', api: { port: 1 }, operator: { privateKeyFile: 'key' } }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(content: unknown): string {
  const file = join(folder, 'config.json')
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

function refusal(file: string): DaemonError {
  try {
    loadConfig(file, schema)
  } catch (error) {
    if (error instanceof DaemonError) return error
    throw error
  }
  throw new Error('was accepted')
}

test('a file that fits is parsed, defaults are filled in, relative paths stay as they are', () => {
  expect(loadConfig(write(good), schema)).toEqual({ ...good, logLevel: 'info' })
})

test('an unknown key, a wrong type and a missing key are each named with file, path and expectation', () => {
  const file = write({ ...good, api: { port: '80', tls: true }, stateDir: undefined })
  const { code, message } = refusal(file)
  expect(code).toBe('config.invalid')
  expect(message).toContain(file)
  expect(message).toMatch(/\n {2}api\.port: .*expected number, received string/)
  expect(message).toMatch(/\n {2}api: .*"tls"/)
  expect(message).toMatch(/\n {2}stateDir: .*expected string/)
})

test('of alternatives the closest one is explained', () => {
  const { message } = refusal(write({ ...good, operator: { privateKeyFile: 7 } }))
  expect(message).toMatch(/operator\.privateKeyFile: .*expected string/)
  expect(message).not.toContain('keystoreFile')
})

test('a port just across the line is refused, the last one is taken', () => {
  expect(loadConfig(write({ ...good, api: { port: 65_535 } }), schema).api.port).toBe(65_535)
  expect(refusal(write({ ...good, api: { port: 65_536 } })).message).toContain('api.port')
})

test('a secret in the wrong place is not repeated in the message', () => {
  const broken = refusal(write('{ "password": hunter2-hunter2 }'))
  expect(broken.code).toBe('config.not-json')
  const wrong = refusal(write({ ...good, api: 'hunter2-hunter2', logLevel: 'hunter2-hunter2' }))
  for (const { message, cause } of [broken, wrong])
    expect(message + String(cause)).not.toContain('hunter2')
})

test('many wrong keys are cut short', () => {
  const many = z.strictObject(
    Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, z.string()])),
  )
  expect(() => loadConfig(write({}), many)).toThrow('and 12 more')
})

test('a missing file, a folder, a device and a file above the limit are refused', () => {
  expect(refusal(join(folder, 'absent.json'))).toMatchObject({ code: 'config.unreadable' })
  expect(refusal(folder)).toMatchObject({ code: 'config.unreadable' })
  expect(refusal('/dev/null')).toMatchObject({ code: 'config.unreadable' })
  const padded = (bytes: number) => JSON.stringify(good).padEnd(bytes)
  expect(refusal(write(padded(MAX_CONFIG_BYTES + 1)))).toMatchObject({ code: 'config.too-large' })
  expect(loadConfig(write(padded(MAX_CONFIG_BYTES)), schema).stateDir).toBe('state')
})
