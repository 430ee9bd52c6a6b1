import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { buildManifest } from './build.ts'
import { parseManifest } from './document.ts'
import { ManifestError } from './error.ts'
import { fuzzTargets } from './fuzz.ts'
import { build, digest, problemsOf, service } from './testing/compose-text.ts'

test('a small file becomes a canonical manifest with the stated defaults', async () => {
  const { text, document, terms, warnings } = await build(service('ports: ["8080"]'))
  expect(document.services).toEqual([
    {
      name: 'web',
      image: `docker.io/library/nginx@${digest}`,
      environment: {},
      ports: [{ target: 8080 }],
      volumes: [],
      tmpfs: [],
      dependsOn: [],
      cpuMilli: 250,
      memoryMiB: 128,
      pids: 128,
      readOnly: true,
      secrets: [],
    },
  ])
  expect(terms).toEqual({
    replicas: 1,
    cpuMilli: 250,
    memoryMiB: 128,
    diskMiB: 64,
    gpu: 0,
    teeClasses: 1,
    level: 1,
    upgradeDelaySeconds: 0,
    graceSeconds: 259_200,
  })
  expect(parseManifest(text)).toEqual(document)
  expect(warnings.map(({ code }) => code)).toEqual(['read-only.default'])
})

const everything = {
  name: 'shop',
  services: {
    web: {
      image: 'registry.test:5000/shop/web:2',
      entrypoint: ['/bin/web'],
      command: ['--port', '8080'],
      environment: { MODE: 'fast', LIMIT: '10' },
      ports: [{ target: 8080 }, { target: 9090, protocol: 'tcp' }],
      volumes: ['data:/var/lib/data'],
      tmpfs: ['/tmp:size=8m', '/cache'],
      healthcheck: { test: ['CMD', '/bin/check'], interval: '5s', timeout: '1s', retries: 5 },
      depends_on: { db: { condition: 'service_healthy' } },
      deploy: { replicas: 2, resources: { limits: { cpus: '0.5', memory: '256m', pids: 64 } } },
      read_only: true,
      user: '1000:1000',
      working_dir: '/srv',
      restart: 'on-failure',
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      init: false,
    },
    db: {
      image: `db@${digest}`,
      volumes: [{ type: 'volume', source: 'rows', target: '/rows', read_only: true }],
      expose: ['5432'],
      read_only: false,
    },
  },
  volumes: { data: { 'x-wetee': { size: '1g' } }, rows: null },
  'x-wetee': {
    tee: ['tdx', 'sev-snp'],
    level: 2,
    disk: '128m',
    grace: '24h',
    upgradeDelay: '90s',
    update: { strategy: 'start-first' },
  },
}

test('terms are the sum over services, volumes and scratch disk per replica', async () => {
  const { terms, document } = await build(stringify(everything))
  expect(terms).toEqual({
    replicas: 2,
    cpuMilli: 750,
    memoryMiB: 384,
    diskMiB: 128 + 1024 + 64,
    gpu: 0,
    teeClasses: 3,
    level: 2,
    upgradeDelaySeconds: 90,
    graceSeconds: 86_400,
  })
  expect(document.services.map(({ name }) => name)).toEqual(['db', 'web'])
  expect(document.services[1]).toMatchObject({
    restart: 'on-failure',
    dependsOn: [{ service: 'db', condition: 'service_healthy' }],
    tmpfs: [
      { target: '/cache', sizeBytes: 16 * 2 ** 20 },
      { target: '/tmp', sizeBytes: 8 * 2 ** 20 },
    ],
    healthcheck: { intervalMs: 5000, timeoutMs: 1000, startPeriodMs: 0, retries: 5 },
  })
})

/** The same data with keys in another order. */
function reordered(value: unknown, pick: (n: number) => number): unknown {
  if (Array.isArray(value)) return value.map((item) => reordered(item, pick))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([k, v]) => [k, reordered(v, pick)] as const)
  const shuffled: (typeof entries)[number][] = []
  for (const entry of entries) shuffled.splice(pick(shuffled.length + 1), 0, entry)
  return Object.fromEntries(shuffled)
}

test('the order of keys and the style of YAML do not change a byte', async () => {
  const expected = (await build(stringify(everything))).text
  const styles = fc.record({
    seed: fc.array(fc.nat(1_000_000), { minLength: 64, maxLength: 64 }),
    json: fc.boolean(),
    quotes: fc.constantFrom('QUOTE_DOUBLE', 'QUOTE_SINGLE', 'PLAIN') as fc.Arbitrary<'PLAIN'>,
    indent: fc.constantFrom(2, 4, 7),
  })
  await fc.assert(
    fc.asyncProperty(styles, async ({ seed, json, quotes, indent }) => {
      let turn = 0
      const data = reordered(everything, (n) => (seed[turn++ % seed.length] ?? 0) % n)
      const text = json
        ? JSON.stringify(data, null, indent)
        : stringify(data, { defaultStringType: quotes, defaultKeyType: 'PLAIN', indent })
      expect((await build(text)).text).toBe(expected)
    }),
    { numRuns: 40 },
  )
})

test.each([
  ['http', { target: 80 }],
  ['ws', { target: 80 }],
  ['h2c', { target: 80, protocol: 'h2c' }],
  ['grpc', { target: 80, protocol: 'h2c' }],
  ['tcp', { target: 80, protocol: 'tcp' }],
])('a port whose app_protocol is %s is published as %j', async (name, port) => {
  const { document } = await build(service(`ports: [{ target: 80, app_protocol: ${name} }]`))
  expect(document.services[0]?.ports).toEqual([port])
})

test.each([
  ['environment as a list', 'environment: [B=2, A=1]', 'environment:\n  A: "1"\n  B: 2'],
  ['a short and a long port', 'ports: ["80/tcp"]', 'ports: [{ target: 80 }]'],
  ['a command line and a list', 'user: "1:1"\ncommand: a "b c"', 'command: [a, b c]\nuser: 1:1'],
  ['a short and a long volume', 'tmpfs: /x', 'volumes: [{ type: tmpfs, target: /x }]'],
  ['a variable with a default', 'working_dir: ${DIR:-/srv}', 'working_dir: /srv'],
  ['restart always', 'restart: always', 'restart: unless-stopped'],
  ['a shell health check', 'healthcheck: { test: a b }', 'healthcheck:\n  test: [CMD-SHELL, a b]'],
])('%s means the same in both forms', async (_, one, other) => {
  expect((await build(service(one))).text).toBe((await build(service(other))).text)
})

test('anchors and merge keys are worked out, own keys win', async () => {
  const text = `name: app
x-base: &base
  image: nginx
  read_only: true
  user: "1000"
services:
  a: *base
  b:
    <<: *base
    user: "2000"
`
  const { document, warnings } = await build(text)
  expect(document.services.map(({ user }) => user)).toEqual(['1000', '2000'])
  expect(warnings).toMatchObject([{ code: 'key.dropped', line: 2 }])
})

test.each([
  ['privileged: true', 'key.dangerous'],
  ['network_mode: host', 'key.dangerous'],
  ['pid: host', 'key.dangerous'],
  ['ipc: host', 'key.dangerous'],
  ['cap_add: [SYS_ADMIN]', 'key.dangerous'],
  ['devices: [/dev/kvm]', 'key.dangerous'],
  ['security_opt: [seccomp:unconfined]', 'key.dangerous'],
  ['volumes: [/etc:/etc]', 'volume.host-mount'],
  ['volumes: [./a:/a]', 'volume.host-mount'],
  ['volumes: [~/a:/a]', 'volume.host-mount'],
  ['volumes: ["C:\\\\a:/a"]', 'volume.host-mount'],
  ['volumes: [{ type: bind, source: /etc, target: /etc }]', 'volume.host-mount'],
  ['volumes: [{ type: volume, source: ../up, target: /etc }]', 'volume.host-mount'],
  ['volumes: [/data]', 'volume.anonymous'],
  ['volumes: [data:/data]', 'volume.unknown'],
  ['tmpfs: /run', 'mount.reserved'],
  ['tmpfs: /run/wetee/x', 'mount.reserved'],
  ['tmpfs: /run/wetee.sock', 'mount.reserved'],
  ['tmpfs: /proc', 'mount.reserved'],
  ['tmpfs: /a/../run/wetee', 'mount.path'],
  ['tmpfs: [/a, /a]', 'mount.duplicate'],
  ['tmpfs: /tmp:size=1g', 'tmpfs.above-memory'],
  ['build: .', 'key.unsupported'],
  ['env_file: .env', 'key.unsupported'],
  ['extends: { service: x }', 'key.unsupported'],
  ['secrets: [a]', 'secret.unknown'],
  ['configs: [a]', 'key.unsupported'],
  ['networks: [outside]', 'key.unsupported'],
  ['init: true', 'key.unsupported'],
  ['mem_limit: 1g', 'key.unsupported'],
  ['imagee: x', 'key.unknown'],
  ['ports: ["80:80/udp"]', 'port.protocol'],
  ['ports: ["127.0.0.1:80:80"]', 'port.host-address'],
  ['ports: ["8000-8010"]', 'port.invalid'],
  ['ports: ["0"]', 'port.invalid'],
  ['ports: ["65536"]', 'port.invalid'],
  ['ports: [{ target: 80, app_protocol: constructor }]', 'value.invalid'],
  ['ports: ["80", "81:80"]', 'port.duplicate'],
  ['environment: { A: }', 'environment.from-host'],
  ['environment: [A]', 'environment.from-host'],
  ['environment: { A: true }', 'environment.boolean'],
  ['environment: { "A=B": c }', 'environment.name'],
  ['environment: { __proto__: c }', 'environment.name'],
  ['environment: [A=1, A=2]', 'environment.duplicate'],
  ['environment: { A: $HOME }', 'interpolation.unresolved'],
  ['environment: { A: "${B:?must}" }', 'interpolation.unresolved'],
  ['environment: { A: "${B" }', 'interpolation.invalid'],
  ['user: root', 'user.root'],
  ['user: "0"', 'user.root'],
  ['user: "0:1000"', 'user.root'],
  ['user: postgres', 'user.not-numeric'],
  ['working_dir: srv', 'value.invalid'],
  ['restart: sometimes', 'value.invalid'],
  ['restart: on-failure:3', 'restart.attempts'],
  ['command: ""', 'command.empty'],
  ['command: "a \'b"', 'command.quotes'],
  ['depends_on: [db]', 'depends-on.unknown'],
  ['depends_on: [web]', 'depends-on.cycle'],
  ['healthcheck: { interval: 5s }', 'healthcheck.test'],
  ['healthcheck: { test: [ls] }', 'healthcheck.test'],
  ['healthcheck: { test: a, interval: 10ms }', 'value.range'],
  ['deploy: { replicas: 0 }', 'value.range'],
  ['deploy: { replicas: 1001 }', 'value.range'],
  ['deploy: { resources: { limits: { cpus: "-1" } } }', 'value.invalid'],
  ['deploy: { resources: { limits: { memory: 3m } } }', 'value.range'],
  ['deploy: { resources: { limits: { cpus: 1 }, reservations: { cpus: 2 } } }', 'resources.differ'],
  ['deploy: { placement: {} }', 'key.unsupported'],
  ['read_only: maybe', 'value.type'],
  ['platform: linux/arm64', 'value.invalid'],
  ['image: b', 'yaml.duplicate-key'],
])('%s is refused as %s on its line', async (line, code) => {
  const problems = await problemsOf(service(line))
  expect(problems.map((problem) => problem.code)).toEqual([code])
  expect(problems[0]?.line).toBe(
    code === 'tmpfs.above-memory' ? 3 : code === 'depends-on.cycle' ? 1 : 5,
  )
})

test.each([
  ['', 'yaml.empty'],
  ['name: app', 'services.missing'],
  ['name: app\nservices: {}', 'services.missing'],
  ['services:\n  web: { image: a }', 'name.missing'],
  ['name: A b\nservices:\n  web: { image: a }', 'name.invalid'],
  [`name: ${'a'.repeat(33)}\nservices:\n  web: { image: a }`, 'name.invalid'],
  ['name: a\nservices:\n  Web: { image: a }', 'service.name'],
  ['name: a\nservices:\n  web: {}', 'image.missing'],
  ['name: a\nservices:\n  web: { image: "a b" }', 'image.reference'],
  ['name: a\nservices:\n  web: [', 'yaml.syntax'],
  ['name: a\n---\nname: b', 'yaml.documents'],
  ['name: a\nservices: { web: { image: !x a } }', 'yaml.syntax'],
  ['name: a\nservices: { web: *x }', 'yaml.alias'],
  [
    'name: a\nnetworks: { x: { external: true } }\nservices: { web: { image: a } }',
    'key.unsupported',
  ],
  [
    'name: a\nvolumes: { x: { external: true } }\nservices: { web: { image: a } }',
    'key.unsupported',
  ],
  ['name: a\nsecrets: { x: { file: b } }\nservices: { web: { image: a } }', 'secret.public'],
  ['name: a\nx-wetee: { tee: [nitro] }\nservices: { web: { image: a } }', 'value.invalid'],
  ['name: a\nx-wetee: { tee: [] }\nservices: { web: { image: a } }', 'value.range'],
  ['name: a\nx-wetee: { grace: 9000h }\nservices: { web: { image: a } }', 'value.range'],
  ['name: a\nx-wetee: { graze: 1h }\nservices: { web: { image: a } }', 'key.unknown'],
])('%j is refused as %s', async (text, code) => {
  expect((await problemsOf(text)).map((problem) => problem.code)).toContain(code)
})

test('two services on one port are refused, exposed ones too', async () => {
  const two = (a: string, b: string) =>
    `name: app\nservices:\n  a:\n    image: x\n    ${a}\n  b:\n    image: x\n    ${b}\n`
  for (const lines of [
    ['ports: ["80"]', 'ports: ["81:80"]'],
    ['expose: ["80"]', 'ports: ["80"]'],
  ] as const) {
    const problems = await problemsOf(two(lines[0], lines[1]))
    expect(problems).toMatchObject([{ code: 'port.shared', line: 8 }])
  }
  await expect(build(two('ports: ["80"]', 'ports: ["81"]'))).resolves.toBeDefined()
})

test('different numbers of replicas are refused, one number counts for all', async () => {
  const two = (a: number, b: string) =>
    `name: app\nservices:\n  a: { image: x, deploy: { replicas: ${a} } }\n  b: { image: x${b} }\n`
  expect(await problemsOf(two(2, ', deploy: { replicas: 3 }'))).toMatchObject([
    { code: 'replicas.differ', line: 4 },
  ])
  expect((await build(two(2, ''))).terms.replicas).toBe(2)
})

test('all problems are reported at once, in the order of the lines', async () => {
  const problems = await problemsOf(service('privileged: true', 'imagine: x', 'user: root'))
  expect(problems.map(({ code, line }) => [code, line])).toEqual([
    ['key.dangerous', 5],
    ['key.unknown', 6],
    ['user.root', 7],
  ])
})

test('an image that cannot be resolved is a problem at its line, with the reason', async () => {
  const refuse = buildManifest(service(), {
    resolveImage: () => Promise.reject(new Error('no such tag')),
    file: 'compose.yaml',
  })
  await expect(refuse).rejects.toMatchObject({ code: 'image.unresolved' })
  await expect(refuse).rejects.toThrow(/^compose.yaml:4:12 services.web.image: .*no such tag/)
  const wrong = buildManifest(service(), { resolveImage: () => Promise.resolve('latest') })
  await expect(wrong).rejects.toMatchObject({ code: 'image.unresolved' })
})

test('each image is asked for once, a pinned one too: it has to be there', async () => {
  const asked: string[] = []
  const text = `name: a\nservices:\n  x: { image: "r.test/a:1" }\n  y: { image: "r.test/a:1" }\n  z: { image: "r.test/b@${digest}" }\n`
  await buildManifest(text, {
    resolveImage: (reference) => {
      asked.push(reference)
      return Promise.resolve(digest)
    },
  })
  expect(asked).toEqual(['r.test/a:1', `r.test/b@${digest}`])
  const other = `sha256:${'cd'.repeat(32)}`
  const refuse = buildManifest(text, { resolveImage: () => Promise.resolve(other) })
  await expect(refuse).rejects.toThrow(/cannot find r\.test\/b@sha256:abab.*answered sha256:cdcd/)
})

test('a file or a manifest over its limit is refused', async () => {
  const long = `name: a\n#${'x'.repeat(262_144)}\nservices: { web: { image: a } }`
  expect(await problemsOf(long)).toMatchObject([{ code: 'compose.too-large' }])
  const values = Array.from({ length: 9 }, (_, i) => `  V${i}: ${'ab '.repeat(2600)}x`)
  expect(await problemsOf(service('environment:', ...values))).toMatchObject([
    { code: 'manifest.too-large' },
  ])
})

test('deep nesting, alias bombs and endless lists end in a problem, quickly', async () => {
  const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let i = 1; i < 12; i++)
    bomb.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`)
  const keys = Array.from({ length: 30_000 }, (_, i) => `k${i}:`).join('\n')
  for (const text of [
    '['.repeat(200_000),
    '{a: '.repeat(50_000),
    bomb.join('\n'),
    'a: &a [*a]',
    keys,
  ]) {
    const problems = await problemsOf(text)
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.length).toBeLessThanOrEqual(200)
  }
})

test('whatever the bytes, only ManifestError comes out', async () => {
  const pieces = ['name: a', 'services:', '  web:', '    image: a', '&a', '*a', '<<: *a', '${', '"']
  const texts = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(texts, fc.constantFrom(' ', '\n', ': '), async (parts, glue) => {
      const bytes = new TextEncoder().encode(parts.join(glue))
      await fuzzTargets['compose']?.(bytes)
      await fuzzTargets['manifest']?.(bytes)
    }),
    { numRuns: 300 },
  )
})

test('ManifestError keeps code, order and places', () => {
  const at = { line: 2, column: 3, path: 'a.b' }
  const error = new ManifestError([
    { code: 'b', message: 'second', ...at, line: 5 },
    { code: 'a', message: 'first', ...at },
  ])
  expect(error.code).toBe('a')
  expect(error.message).toBe('line 2:3 a.b: first [a]\nline 5:3 a.b: second [b]')
})

const updating = (rule: string) => `${service('ports: ["80"]')}\nx-wetee: { update: ${rule} }\n`

test.each([
  ['{}', { strategy: 'start-first' }],
  ['{ canaryPercent: 10 }', { strategy: 'start-first', canaryPercent: 10, canarySeconds: 60 }],
  [
    '{ canaryPercent: 50, canaryTime: 5m }',
    { strategy: 'start-first', canaryPercent: 50, canarySeconds: 300 },
  ],
  ['{ strategy: stop-first }', { strategy: 'stop-first' }],
])('an update of %s', async (rule, expected) => {
  const { document, warnings } = await build(updating(rule))
  expect(document.update).toEqual(expected)
  const interrupts = warnings.some(({ code }) => code === 'update.interrupts')
  expect(interrupts).toBe(expected.strategy === 'stop-first')
})

test.each([
  ['{ canaryPercent: 51 }', 'value.range'],
  ['{ canaryPercent: 0 }', 'value.range'],
  ['{ canaryTime: 5m }', 'update.canary'],
  ['{ strategy: stop-first, canaryPercent: 5 }', 'update.canary'],
  ['{ strategy: both }', 'value.invalid'],
])('an update of %s is refused', async (rule, code) => {
  expect((await problemsOf(updating(rule))).map((problem) => problem.code)).toContain(code)
})

describe('the owner`s key for logs', () => {
  const withKey = (key: string) =>
    build(`name: a\nservices: { web: { image: r.test/a:1 } }\nx-wetee: { logKey: ${key} }\n`)
  const hex = 'ab'.repeat(32)

  test('is taken in hex or base64url, and kept in hex', async () => {
    const base64 = Buffer.from(hex, 'hex').toString('base64url')
    for (const key of [`"${hex}"`, `"0x${hex}"`, `"${hex.toUpperCase()}"`, base64])
      expect((await withKey(key)).document.logKey, key).toBe(`0x${hex}`)
    const without = await build('name: a\nservices: { web: { image: r.test/a:1 } }\n')
    expect(without.document).not.toHaveProperty('logKey')
  })

  test.each([
    ['too short', `"${hex.slice(2)}"`],
    ['zero, which is no key', `"${'00'.repeat(32)}"`],
    ['zero in base64url', 'A'.repeat(43)],
    ['bits behind the end', `${'A'.repeat(42)}B`],
    ['words', 'secret'],
    ['a list', '[a]'],
  ])('is refused where it is %s', async (_what, key) => {
    await expect(withKey(key)).rejects.toMatchObject({ name: 'ManifestError' })
  })
})

test('commands are allowed where the file says so, which is said before signing, and nowhere else', async () => {
  const allowing = (text: string) => `${service('ports: ["80"]')}\nx-wetee: { exec: ${text} }\n`
  const { document, warnings } = await build(allowing('true'))
  expect(document.exec).toBe(true)
  expect(warnings.map(({ code }) => code)).toContain('exec.allowed')
  expect((await build(allowing('false'))).document).not.toHaveProperty('exec')
  expect((await problemsOf(allowing('sometimes'))).map(({ code }) => code)).toContain('value.type')
})

test('snapshots of volumes are allowed where the file says so, which is said before signing, and nowhere else', async () => {
  const allowing = (text: string) =>
    `${service('ports: ["80"]')}\nx-wetee: { snapshots: ${text} }\n`
  const { document, warnings } = await build(allowing('true'))
  expect(document.snapshots).toBe(true)
  expect(warnings.map(({ code }) => code)).toContain('snapshots.allowed')
  expect((await build(allowing('false'))).document).not.toHaveProperty('snapshots')
})

test('the chain is for those whose file names it: contracts in lower case, each once, or none', async () => {
  const chained = (text: string) => `${service('ports: ["80"]')}\nx-wetee: { chain: ${text} }\n`
  const [one, two] = ['0x' + 'aB'.repeat(20), '0x' + '0c'.repeat(20)]
  const { document } = await build(chained(`{ contracts: ["${one}", "${two}", "${one}"] }`))
  expect(document.chain).toEqual({ contracts: [two, one.toLowerCase()] })
  expect((await build(chained('{ contracts: [] }'))).document.chain).toEqual({ contracts: [] })
  expect((await build(service('ports: ["80"]'))).document).not.toHaveProperty('chain')
  const codes = async (text: string) => (await problemsOf(chained(text))).map(({ code }) => code)
  expect(await codes(`{ contracts: ["${one}00"] }`)).toEqual(['value.invalid'])
  expect(await codes(`{ contracts: all }`)).toEqual(['value.type'])
  expect(await codes(`{ contract: [] }`)).toEqual(['key.unknown'])
  const many = Array.from({ length: 33 }, (_, at) => `"0x${String(at).padStart(40, '0')}"`)
  expect(await codes(`{ contracts: [${many.join()}] }`)).toEqual(['value.range'])
})

const alerting = (text: string) => `${service('ports: ["80"]')}\nx-wetee: { alerts: ${text} }\n`

test('alerts: rules with the times of Compose, sorted, and an address that is public', async () => {
  const { document, warnings } = await build(
    alerting(
      '{ webhook: "https://hooks.example", rules: [{ name: slow, kind: above, series: responseMs, value: 500, for: 5m }, { name: full, kind: crosses, series: diskBytes, limit: diskLimitBytes, within: 1h, severity: error, remedy: clean up }] }',
    ),
  )
  const common = { forMs: 0, severity: 'warning', remedy: '' }
  expect(document.alerts).toEqual({
    webhook: 'https://hooks.example/',
    rules: [
      { ...common, name: 'full', kind: 'crosses', series: 'diskBytes', limit: 'diskLimitBytes' },
      { ...common, name: 'slow', kind: 'above', series: 'responseMs', value: 500, forMs: 300_000 },
    ].map((rule) =>
      rule.name === 'full'
        ? { ...rule, withinMinutes: 60, severity: 'error', remedy: 'clean up' }
        : rule,
    ),
  })
  expect(warnings.map(({ code }) => code)).toContain('alerts.public')
})

test.each([
  ['an address that is not https', '{ webhook: "http://hooks.example/" }'],
  ['an address with a password', '{ webhook: "https://me:secret@hooks.example/" }'],
  ['nothing', '{}'],
  ['an unknown series', '{ rules: [{ name: a, kind: above, series: mood, value: 1 }] }'],
  ['no value', '{ rules: [{ name: a, kind: above, series: restarts }] }'],
  [
    'two rules of one name',
    '{ rules: [{ name: a, kind: anomaly, series: restarts }, { name: a, kind: anomaly, series: cpuMilli }] }',
  ],
])('alerts with %s are refused', async (_, text) => {
  const codes = (await problemsOf(alerting(text))).map(({ code }) => code)
  expect(codes).toContain('value.invalid')
})
