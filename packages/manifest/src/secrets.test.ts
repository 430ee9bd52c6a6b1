// Secrets of a Compose file and of a manifest: references and places, never values.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { diffManifests } from './diff.ts'
import { parseManifest, serializeManifest, type ManifestDocument } from './document.ts'
import { secretUses } from './secret-uses.ts'
import { isAppId, isSecretName, isSecretTarget } from './secrets.ts'
import { build, problemsOf } from './testing/compose-text.ts'

/** One service `web` with keys in flow form on line 3, and secrets at the top on line 4. */
const file = (keys: string, secrets: string) =>
  `name: app\nservices:\n  web: { image: x, read_only: true, ${keys} }\nsecrets: ${secrets}\n`

test('names become references and files, sorted, with the places Compose gives them', async () => {
  const keys = `secrets: [token, { source: db_password, target: /run/secrets/db.txt, mode: 0440 }],
    x-wetee: { secretEnvironment: { TOKEN: token, DB: db_password } }`
  const listed =
    '{ token: { external: true }, db_password: { external: true, name: 12/Db.Password } }'
  const { document, warnings } = await build(file(keys, listed))
  expect(document.secrets).toEqual([
    { name: 'db_password', appId: '12', secret: 'Db.Password' },
    { name: 'token', secret: 'token' },
  ])
  expect(document.services[0]).toMatchObject({
    secrets: [
      { source: 'db_password', target: 'db.txt', mode: 0o440 },
      { source: 'token', target: 'token', mode: 0o444 },
    ],
    secretEnvironment: { DB: 'db_password', TOKEN: 'token' },
  })
  expect(warnings.map(({ code }) => code)).toEqual(['secret.unreadable'])
})

test('a manifest without secrets is, byte for byte, what it was before there were secrets', async () => {
  const text =
    'name: app\nservices:\n  a: { image: x, ports: ["80"] }\n  b: { image: x, ports: ["81"] }\n'
  const before = '0x0d4adf60f9145d933bae9b403137753a14e8c9cec1693a7b448f0c2b4acc49cf'
  expect((await build(text)).digest).toBe(before)
  const unused = await build(`${text}secrets: { a: { external: true } }\n`)
  expect(unused.digest).toBe(before)
  expect(unused.warnings).toContainEqual(
    expect.objectContaining({ code: 'secret.unused', line: 5 }),
  )
})

test('a secret that only a variable holds is used', async () => {
  const { document, warnings } = await build(
    file('x-wetee: { secretEnvironment: { A: a } }', '{ a: { external: true } }'),
  )
  expect(document.secrets).toEqual([{ name: 'a', secret: 'a' }])
  expect(document.services[0]?.secrets).toEqual([])
  expect(warnings).toEqual([])
})

test.each([
  ['{ file: ./db.txt }', 'secret.public'],
  ['{ environment: DB_PASSWORD }', 'secret.public'],
  ['{ content: hunter2 }', 'secret.public'],
  ['{ external: true, file: ./db.txt }', 'secret.public'],
  ['{ external: false }', 'secret.not-external'],
  ['{}', 'secret.not-external'],
  ['', 'secret.not-external'],
  ['{ external: true, name: "" }', 'secret.name'],
  ['{ external: true, name: .hidden }', 'secret.name'],
  ['{ external: true, name: 0/x }', 'secret.name'],
  ['{ external: true, name: 012/x }', 'secret.name'],
  ['{ external: true, name: 18446744073709551616/x }', 'secret.name'],
  ['{ external: true, name: 1/2/x }', 'secret.name'],
  ['{ external: true, name: a/x }', 'secret.name'],
  [`{ external: true, name: ${'x'.repeat(65)} }`, 'secret.name'],
  ['{ external: { name: x } }', 'value.type'],
  ['{ external: true, driver: vault }', 'key.unsupported'],
  ['{ external: true, nam: x }', 'key.unknown'],
])('a top-level secret of %s is refused as %s on its line', async (secret, code) => {
  const problems = await problemsOf(file('secrets: [a]', `\n  a: ${secret}`))
  expect(problems).toMatchObject([{ code, line: 5 }])
})

test('the refusal of a value says what to do, and does not repeat the value', async () => {
  const [problem] = await problemsOf(file('secrets: [a]', '{ a: { content: hunter2 } }'))
  expect(problem?.message).toContain('wetee secret set')
  expect(problem?.message).not.toContain('hunter2')
})

test.each([
  ['secrets: [b]', 'secret.unknown'],
  ['secrets: [../a]', 'secret.unknown'],
  ['secrets: [a, a]', 'secret.duplicate'],
  ['secrets: [a, { source: c, target: a }]', 'secret.duplicate'],
  ['secrets: [a, { source: c, target: /run/secrets/a }]', 'secret.duplicate'],
  ['secrets: [{ target: a }]', 'secret.unknown'],
  ['secrets: [{ source: a, uid: "1000" }]', 'key.unsupported'],
  ['secrets: [{ source: a, gid: "1000" }]', 'key.unsupported'],
  ['secrets: [{ source: a, target: /etc/a }]', 'secret.target'],
  ['secrets: [{ source: a, target: x/y }]', 'secret.target'],
  ['secrets: [{ source: a, target: .. }]', 'secret.target'],
  ['secrets: [{ source: a, target: /run/secrets/../a }]', 'secret.target'],
  ['secrets: [{ source: a, target: .wetee }]', 'secret.target'],
  ['secrets: [{ source: a, target: .wetee/launch }]', 'secret.target'],
  ['secrets: [{ source: a, target: "" }]', 'secret.target'],
  ['secrets: [{ source: a, mode: 444 }]', 'value.invalid'],
  ['secrets: [{ source: a, mode: 0888 }]', 'value.invalid'],
  ['secrets: [{ source: a, mode: 04755 }]', 'value.invalid'],
  ['secrets: [{ source: a, modes: 0444 }]', 'key.unknown'],
  ['secrets: { a: b }', 'value.type'],
  ['x-wetee: { secretEnvironment: { A: b } }', 'secret.unknown'],
  ['x-wetee: { secretEnvironment: { "A=B": a } }', 'environment.name'],
  ['x-wetee: { secretEnvironment: { __proto__: a } }', 'environment.name'],
  ['x-wetee: { secretEnvironment: { A: a, A: c } }', 'yaml.duplicate-key'],
  ['x-wetee: { secretEnvironment: { A: a } }, environment: { A: 1 }', 'environment.duplicate'],
  ['x-wetee: { secretEnvironment: [A] }', 'value.type'],
  ['x-wetee: { secretEnviron: {} }', 'key.unknown'],
])('a service with %s is refused as %s on its line', async (keys, code) => {
  const problems = await problemsOf(file(keys, '{ a: { external: true }, c: { external: true } }'))
  expect(problems).toMatchObject([{ code, line: 3 }])
})

test('two names for one secret are refused at the second', async () => {
  const twice = '\n  a: { external: true }\n  b: { external: true, name: a }'
  const problems = await problemsOf(file('secrets: [a, b]', twice))
  expect(problems).toMatchObject([{ code: 'secret.duplicate', line: 6 }])
  const others = '{ a: { external: true }, b: { external: true, name: 12/a } }'
  await expect(build(file('secrets: [a, b]', others))).resolves.toBeDefined()
})

test('64 secrets are taken, one more is refused', async () => {
  const of = (count: number) => {
    const names = Array.from({ length: count }, (_, i) => `s${i}`)
    const secrets = Object.fromEntries(names.map((name) => [name, { external: true }]))
    return stringify({ name: 'app', services: { web: { image: 'x', secrets: names } }, secrets })
  }
  expect((await build(of(64))).document.secrets).toHaveLength(64)
  expect((await problemsOf(of(65))).map(({ code }) => code)).toContain('value.range')
})

test('what changes about secrets is named by secret, file and variable', async () => {
  const secrets = '{ a: { external: true }, b: { external: true } }'
  const before = await build(file('secrets: [a, b]', secrets))
  const after = await build(
    file(
      'secrets: [{ source: a, mode: 0400 }, b], x-wetee: { secretEnvironment: { B: b } }',
      '{ a: { external: true, name: 12/a }, b: { external: true } }',
    ),
  )
  expect(diffManifests(before.document, after.document)).toEqual([
    { path: 'secrets.a.appId', kind: 'added', after: '12' },
    { path: 'services.web.secretEnvironment.B', kind: 'added', after: 'b' },
    { path: 'services.web.secrets.a.mode', kind: 'changed', before: 0o444, after: 0o400 },
  ])
})

test('who is given what is told by secret, as files and as variables', async () => {
  const { document: made } = await build(
    file(
      'secrets: [a, { source: b, target: b.pem }], x-wetee: { secretEnvironment: { B: b } }',
      '{ a: { external: true }, b: { external: true, name: 12/key } }',
    ),
  )
  expect(secretUses(made)).toEqual([
    { secret: 'a', places: ['web: /run/secrets/a'] },
    { secret: '12/key', places: ['web: /run/secrets/b.pem', 'web: $B'] },
  ])
  expect(secretUses((await build('name: app\nservices: { web: { image: x } }')).document)).toEqual(
    [],
  )
})

const { document } = await build(
  file(
    'secrets: [a, b], environment: { C: c }, x-wetee: { secretEnvironment: { A: a } }',
    '{ a: { external: true }, b: { external: true, name: 12/b } }',
  ),
)
const [web] = document.services
const withWeb = (over: object): unknown => ({ ...document, services: [{ ...web, ...over }] })
const a = { source: 'a', target: 'a', mode: 0o444 }
const b = { source: 'b', target: 'b', mode: 0o444 }

test.each<[string, unknown, string]>([
  ['an empty list of references', { ...document, secrets: [] }, 'manifest.invalid'],
  [
    'a reference with another key',
    { ...document, secrets: [{ ...document.secrets?.[0], value: 'x' }] },
    'manifest.invalid',
  ],
  [
    'an application 0',
    { ...document, secrets: [{ name: 'a', appId: '0', secret: 'a' }] },
    'manifest.invalid',
  ],
  [
    'an application as a number',
    { ...document, secrets: [{ name: 'a', appId: 12, secret: 'a' }] },
    'manifest.invalid',
  ],
  [
    'a file outside of the folder',
    withWeb({ secrets: [{ ...a, target: '../a' }, b] }),
    'manifest.invalid',
  ],
  [
    'a file of the agent’s own',
    withWeb({ secrets: [{ ...a, target: '.wetee' }, b] }),
    'manifest.invalid',
  ],
  [
    'a file that runs as its owner',
    withWeb({ secrets: [{ ...a, mode: 0o4755 }, b] }),
    'manifest.invalid',
  ],
  ['variables that hold nothing', withWeb({ secretEnvironment: {} }), 'manifest.invalid'],
  [
    'references out of order',
    { ...document, secrets: document.secrets?.toReversed() },
    'manifest.inconsistent',
  ],
  ['files out of order', withWeb({ secrets: [b, a] }), 'manifest.inconsistent'],
  ['one file twice', withWeb({ secrets: [a, { ...b, target: 'a' }] }), 'manifest.inconsistent'],
  [
    'a file of a secret that is not listed',
    withWeb({ secrets: [a, b, { ...b, source: 'c', target: 'c' }] }),
    'manifest.inconsistent',
  ],
  [
    'a variable of a secret that is not listed',
    withWeb({ secretEnvironment: { A: 'c' } }),
    'manifest.inconsistent',
  ],
  [
    'a variable that is set already',
    withWeb({ secretEnvironment: { C: 'a' } }),
    'manifest.inconsistent',
  ],
  ['a reference that nothing uses', withWeb({ secrets: [a] }), 'manifest.inconsistent'],
  [
    'two references to one secret',
    {
      ...document,
      secrets: [
        { name: 'a', secret: 'a' },
        { name: 'b', secret: 'a' },
      ],
    },
    'manifest.inconsistent',
  ],
])('%s is refused in a manifest', (_, value, code) => {
  expect(() => serializeManifest(value as ManifestDocument)).toThrow(
    expect.objectContaining({ code }),
  )
})

test('whatever names are asked for, what is built is what the parser takes', async () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,20}$/)
  const secret = fc.record({ appId: fc.option(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n })), name })
  const mode = fc.integer({ min: 0, max: 0o777 })
  const entry = fc.record({ secret, mode, isVariable: fc.boolean(), isFile: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, entry, { maxKeys: 12, noNullPrototype: true }),
      async (entries) => {
        const all = Object.entries(entries)
        const files = all.filter(([, { isFile }]) => isFile)
        const compose = {
          name: 'app',
          services: {
            web: {
              image: 'x',
              secrets: files.map(([source, { mode: bits }]) => ({
                source,
                mode: `0${bits.toString(8).padStart(3, '0')}`,
              })),
              'x-wetee': {
                secretEnvironment: Object.fromEntries(
                  all.flatMap(([source, { isVariable }], i) =>
                    isVariable ? [[`V${i}`, source]] : [],
                  ),
                ),
              },
            },
          },
          secrets: Object.fromEntries(
            all.map(
              (
                [
                  key,
                  {
                    secret: { appId },
                  },
                ],
                i,
              ) => [key, { external: true, name: `${appId === null ? '' : `${appId}/`}n${i}` }],
            ),
          ),
        }
        const { text, document: built } = await build(stringify(compose))
        expect(parseManifest(text)).toEqual(built)
        expect(built.secrets ?? []).toHaveLength(
          all.filter(([, { isFile, isVariable }]) => isFile || isVariable).length,
        )
        expect(built.services[0]?.secrets.map((file) => file.mode)).toHaveLength(files.length)
      },
    ),
    { numRuns: 100 },
  )
})

test('names, targets and ids: the longest pass, one more and whatever leads elsewhere does not', () => {
  expect(isSecretName('x'.repeat(64))).toBe(true)
  for (const text of ['', 'x'.repeat(65), '.x', 'a/b', 'ä', 'a b', 'a\n'])
    expect(isSecretName(text)).toBe(false)
  expect(isSecretTarget('x'.repeat(128))).toBe(true)
  expect(isSecretTarget('.pgpass')).toBe(true)
  for (const text of ['', 'x'.repeat(129), '.', '..', '.wetee', '.wetee-x', 'a/b', 'a\0'])
    expect(isSecretTarget(text)).toBe(false)
  expect(isAppId('18446744073709551615')).toBe(true)
  for (const text of ['', '0', '01', '-1', '1.0', '18446744073709551616', '1\n'])
    expect(isAppId(text)).toBe(false)
})
