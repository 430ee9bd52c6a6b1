// Released secrets in memory volumes: whole, with their modes, and nowhere else.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { checkFolders, deliverSecrets, type DeliveryOptions } from './delivery.ts'
import { planSecrets, type SecretPlan } from './plan.ts'

const TMPFS = 0x0102_1994
const utf8 = (text: string) => new TextEncoder().encode(text)
const isMemory = (folder: string) => existsSync(folder) && statfsSync(folder).type === TMPFS

let folder: string
let lines: string[]
let options: DeliveryOptions
beforeEach(() => {
  // Where this machine has memory to mount, that is used as in a pod.
  folder = mkdtempSync(join(isMemory('/dev/shm') ? '/dev/shm' : tmpdir(), 'wetee-de-'))
  mkdirSync(join(folder, 'web'))
  mkdirSync(join(folder, 'db'))
  mkdirSync(join(folder, 'own/web'), { recursive: true })
  lines = []
  const log = createLog(
    (line) => lines.push(line),
    () => 0,
  )
  options = { folder, servicesFolder: join(folder, 'own'), simulated: !isMemory(folder), log }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const plan: SecretPlan = {
  secrets: [
    { appId: '1', name: 'password' },
    { appId: '12', name: 'certificate' },
  ],
  services: [
    {
      service: 'web',
      files: [
        { target: 'password', mode: 0o444, secret: 0 },
        { target: 'tls.pem', mode: 0o400, secret: 1 },
      ],
      variables: [{ name: 'DB_PASSWORD', secret: 0 }],
    },
    { service: 'db', files: [{ target: 'password', mode: 0o440, secret: 0 }], variables: [] },
  ],
}
const values = () => [utf8('hunter2'), utf8('certificate\n')]
const mode = (...path: string[]) => statSync(join(folder, ...path)).mode & 0o7777
const content = (...path: string[]) => readFileSync(join(folder, ...path), 'latin1')

test('a manifest says what is asked for, each once, and where it goes', () => {
  const manifest = {
    secrets: [
      { name: 'mine', secret: 'password' },
      { name: 'same', appId: '1', secret: 'password' },
      { name: 'theirs', appId: '12', secret: 'password' },
    ],
    services: [
      {
        name: 'web',
        secrets: [
          { source: 'theirs', target: 'a', mode: 0o444 },
          { source: 'same', target: 'b', mode: 0o400 },
        ],
        secretEnvironment: { P: 'mine' },
      },
      { name: 'plain', secrets: [] },
    ],
  }
  expect(planSecrets(manifest as never, 1n)).toEqual({
    secrets: [
      { appId: '1', name: 'password' },
      { appId: '12', name: 'password' },
    ],
    services: [
      {
        service: 'web',
        files: [
          { target: 'a', mode: 0o444, secret: 1 },
          { target: 'b', mode: 0o400, secret: 0 },
        ],
        variables: [{ name: 'P', secret: 0 }],
      },
    ],
  })
  expect(planSecrets({ services: [{ name: 'plain', secrets: [] }] } as never, 1n)).toEqual({
    ...{ secrets: [], services: [] },
  })
})

test('every file has the name and mode of the manifest, whatever the umask, and nothing else is there', () => {
  const before = process.umask(0o077)
  try {
    deliverSecrets(plan, values(), options)
  } finally {
    process.umask(before)
  }
  expect(content('web', 'password')).toBe('hunter2')
  expect(content('web', 'tls.pem')).toBe('certificate\n')
  expect(content('db', 'password')).toBe('hunter2')
  expect(content('own', 'web', 'environment')).toBe('DB_PASSWORD=hunter2\0')
  expect(mode('web', 'password')).toBe(0o444)
  expect(mode('web', 'tls.pem')).toBe(0o400)
  expect(mode('db', 'password')).toBe(0o440)
  expect(mode('own', 'web', 'environment')).toBe(0o444)
  expect(readdirSync(join(folder, 'web')).sort()).toEqual(['password', 'tls.pem'])
  expect(readdirSync(join(folder, 'own', 'web'))).toEqual(['environment'])
  expect(readdirSync(join(folder, 'db'))).toEqual(['password'])
  expect(lines.join('')).not.toContain('hunter2')
})

test('the same again, and what an agent left unfinished is gone; open files keep what they had', () => {
  deliverSecrets(plan, values(), options)
  writeFileSync(join(folder, 'web', '.wetee-new-0123'), 'half')
  deliverSecrets(plan, [utf8('hunter3'), utf8('')], options)
  expect(content('web', 'password')).toBe('hunter3')
  expect(content('web', 'tls.pem')).toBe('')
  expect(content('own', 'web', 'environment')).toBe('DB_PASSWORD=hunter3\0')
  expect(readdirSync(join(folder, 'web')).sort()).toEqual(['password', 'tls.pem'])
})

test('a secret of 64 KiB is written whole', () => {
  const large = new Uint8Array(65_536).map((_, at) => at % 251)
  deliverSecrets({ ...plan, services: [plan.services[1]!] }, [large, utf8('')], options)
  expect(new Uint8Array(readFileSync(join(folder, 'db', 'password')))).toEqual(large)
})

test('a link in the place of a file is replaced and never written through', () => {
  const target = join(folder, 'elsewhere')
  writeFileSync(target, 'untouched')
  symlinkSync(target, join(folder, 'db', 'password'))
  deliverSecrets(plan, values(), options)
  expect(readFileSync(target, 'utf8')).toBe('untouched')
  expect(content('db', 'password')).toBe('hunter2')
})

test('a value with a zero byte is no variable and stops nothing but that; its bytes are in no message', () => {
  const bad = [utf8('hunter\0two'), utf8('')]
  expect(() => deliverSecrets(plan, bad, options)).toThrow(
    expect.objectContaining({
      code: 'secrets.not-text',
      message: expect.not.stringContaining('hunter') as string,
    }) as Error,
  )
})

test('ATTACK a folder on a disk is refused: no secret is written where the host reads it', () => {
  const here = dirname(import.meta.dirname)
  const onDisk: SecretPlan = {
    ...plan,
    services: [{ ...plan.services[1]!, service: basename(import.meta.dirname) }],
  }
  expect(isMemory(here)).toBe(false)
  const given = { ...options, folder: here, simulated: false }
  for (const attempt of [
    () => checkFolders(onDisk, given),
    () => deliverSecrets(onDisk, values(), given),
  ])
    expect(attempt).toThrow(expect.objectContaining({ code: 'secrets.not-memory' }) as Error)
  expect(existsSync(join(import.meta.dirname, 'password'))).toBe(false)
  // A simulated TEE protects nothing from its host anyway.
  checkFolders(onDisk, { ...given, simulated: true })
  expect(lines.join('')).toContain('"code":"secrets.not-memory"')
})

test('a folder that is missing, a file or a link is refused', () => {
  rmSync(join(folder, 'db'), { recursive: true })
  const refused = expect.objectContaining({ code: 'secrets.folder-missing' }) as Error
  expect(() => checkFolders(plan, options)).toThrow(refused)
  writeFileSync(join(folder, 'db'), '')
  expect(() => checkFolders(plan, options)).toThrow(refused)
  rmSync(join(folder, 'db'))
  symlinkSync(tmpdir(), join(folder, 'db'))
  expect(() => checkFolders(plan, options)).toThrow(refused)
})

test('what cannot be written is said without what it was', () => {
  const gone = { ...options, folder: join(folder, 'gone'), simulated: true }
  mkdirSync(join(folder, 'gone'))
  mkdirSync(join(folder, 'gone/web/password/x'), { recursive: true })
  mkdirSync(join(folder, 'gone/db'))
  const error = (() => {
    try {
      deliverSecrets(plan, values(), gone)
      return undefined
    } catch (thrown) {
      return thrown as Error & { code: string }
    }
  })()
  expect(error).toMatchObject({ code: 'secrets.not-written', message: 'web: EISDIR' })
})
