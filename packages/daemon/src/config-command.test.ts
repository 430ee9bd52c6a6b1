// `config print|schema|check`: every value with its source, secrets by path only, wrong files with what helps.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { runConfigCommand } from './config-command.ts'
import { FILE_MARK, HIDDEN_MARK } from './config-document.ts'

const schema = z.strictObject({
  stateDir: z
    .string()
    .describe('what is kept')
    .meta({ [FILE_MARK]: 'folder' }),
  operator: z.union([
    z.strictObject({ keystoreFile: z.string().meta({ [FILE_MARK]: 'file' }) }),
    z.strictObject({ privateKeyFile: z.string().meta({ [FILE_MARK]: 'secret' }) }),
  ]),
  socket: z
    .string()
    .meta({ [FILE_MARK]: 'socket' })
    .optional(),
  alerts: z
    .array(
      z.strictObject({
        url: z
          .string()
          .meta({ [HIDDEN_MARK]: true })
          .optional(),
      }),
    )
    .default([]),
  rpc: z.string().default('https://name:hunter2@rpc.example/x'),
  intervals: z
    .strictObject({ watchMs: z.int().min(50).default(1_000).describe('between looks') })
    .prefault({}),
})

let folder: string
let key: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-config-'))
  key = join(folder, 'key')
  writeFileSync(key, '0xhunter2', { mode: 0o600 })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function run(args: readonly string[], content?: object) {
  const file = join(folder, 'config.json')
  if (content !== undefined) writeFileSync(file, JSON.stringify(content))
  let out = ''
  let err = ''
  const code = runConfigCommand(args, {
    program: 'daemon',
    title: 'Daemon',
    schema,
    defaultFile: file,
    stdout: (text) => (out += text),
    stderr: (text) => (err += text),
  })
  return { code, out, err }
}
const good = () => ({ stateDir: folder, operator: { privateKeyFile: key } })

test('every value is printed with its source, defaults among them, and no secret', () => {
  const content = { ...good(), alerts: [{ url: 'https://hook.example/hunter2' }] }
  const { code, out } = run(['print', '--json'], content)
  expect(code).toBe(0)
  expect(out).not.toContain('hunter2')
  const { values } = JSON.parse(out) as { values: { key: string; value: unknown }[] }
  const found = Object.fromEntries(values.map(({ key: name, ...rest }) => [name, rest]))
  expect(found).toMatchObject({
    'operator.privateKeyFile': { value: key, source: 'file' },
    'alerts.0.url': { value: '[set]', source: 'file' },
    rpc: { value: 'https://[set]@rpc.example/x', source: 'default' },
    'intervals.watchMs': { value: 1_000, source: 'default', description: 'between looks' },
  })
  expect(run(['print']).out).toMatch(/^intervals\.watchMs +1000 +# default: between looks$/m)
})

test('the schema is a JSON Schema that lets keys with defaults be left out', () => {
  const { code, out } = run(['schema'])
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ title: 'Daemon', required: ['stateDir', 'operator'] })
})

test('a configuration whose files are there and closed can be used', () => {
  expect(run(['check'], good())).toMatchObject({ code: 0, err: '' })
  const later = { ...good(), stateDir: join(folder, 'made', 'later'), socket: join(folder, 's') }
  const { code, out } = run(['check', '--json'], later)
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ ok: true, problems: [{ severity: 'warning' }] })
})

test.each([
  ['a secret that others may read', () => chmodSync(key, 0o640), 'config.file-open', /chmod 600/],
  ['a secret that is not there', () => rmSync(key), 'config.file-missing', /put it there/],
  [
    'a folder in the place of a secret',
    () => {
      rmSync(key)
      mkdirSync(key)
    },
    'config.file-kind',
    /name a secret/,
  ],
])('%s is refused with what helps', (_what, spoil, code, remedy) => {
  spoil()
  const checked = run(['check'], good())
  expect(checked.code).toBe(1)
  expect(checked.out).toContain(`(${code})`)
  expect(checked.out).toMatch(remedy)
})

test('a wrong key is told with what it is for and what else there is', () => {
  const { code, err } = run(['check'], { ...good(), intervals: { watchMs: 1, wachtMs: 2 } })
  expect(code).toBe(1)
  expect(err).toMatch(/intervals\.watchMs: .*>=50 \(between looks\)/)
  expect(err).toMatch(/"wachtMs" \(here may be watchMs\)/)
})

test('help is an answer, anything else that is no command is wrong usage', () => {
  expect(run(['--help'])).toMatchObject({ code: 0, err: '' })
  for (const args of [[], ['prnt'], ['print', 'check'], ['print', '--yaml']])
    expect(run(args)).toMatchObject({ code: 2, out: '' })
})
