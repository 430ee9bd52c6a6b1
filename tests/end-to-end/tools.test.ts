// The wetee command as a user runs it, against a running network; and what `verify` says when one byte is changed.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { startWorker } from '@wetee/devnet/workers'
import { fetchEvidence, verify, type VerifyReport } from '@wetee/sdk'
import { createTlsIdentity } from '@wetee/certificates'
import { startGitServer, type GitServer } from './testing/git-server.ts'
import { makePushedRepository, startWatch } from './testing/pushed-program.ts'
import { eventually, startDevnet, type RunningDevnet } from './testing/running-devnet.ts'
import { SteadyLoad } from './testing/steady-load.ts'
import { runTutorial } from './testing/tutorial.ts'

const cli = join(import.meta.dirname, '../../apps/cli/bin/wetee.mjs')
const composeFile = join(import.meta.dirname, '../../examples/hello/compose.yaml')
const builder = join(import.meta.dirname, '../../apps/builder')
const LIMIT_MS = 480_000
let devnet: RunningDevnet

beforeAll(async () => {
  // Long enough for a machine that has much to do while the worker is away.
  devnet = await startDevnet('sandbox', { leaseSeconds: 300n })
  const { network } = devnet
  const text = readFileSync(composeFile, 'utf8')
  const registry = `127.0.0.1:${network.ports.registry}`
  writeFileSync(compose(), text.replaceAll('127.0.0.1:5780', registry))
})
beforeEach(() => {
  onTestFailed(() => void process.stderr.write(devnet.logs()))
})
afterAll(() => devnet.close())

const compose = () => join(devnet.folder, 'compose.yaml')

type Ran<T> = { readonly code: number; readonly json: T }

/** Runs `wetee ... --json` in a process of its own. */
function wetee<T>(...args: readonly string[]): Promise<Ran<T>> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, WETEE_NETWORK: join(devnet.folder, 'network.json') }
    const options = { env, timeout: 180_000, maxBuffer: 16_777_216 }
    execFile(process.execPath, [cli, ...args, '--json'], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code)
      try {
        resolve({ code, json: JSON.parse(stdout) as T })
      } catch {
        reject(new Error(`wetee ${args.join(' ')}: exit ${code}, no JSON: ${stdout}${stderr}`))
      }
    })
  })
}

type Failure = { readonly error: { readonly code: string; readonly message: string } }

test(
  'an application is deployed, given its secret, verified, watched, scaled and terminated by the commands of the tutorial',
  async () => {
    const { output, commands } = await runTutorial('first-application.md', devnet)
    expect(commands).toBeGreaterThan(20)
    expect(output).toContain('greeting_key')
  },
  LIMIT_MS,
)

test(
  'votes and providers are as the tutorial shows them',
  async () => {
    const { output } = await runTutorial('take-part.md', devnet)
    expect(output).toContain('A lower fee')
  },
  LIMIT_MS,
)

test('lists, state and logs of an application are JSON', async () => {
  const listed = await wetee<{ apps: { name: string; state: string }[] }>('list')
  expect(JSON.stringify(listed.json)).toContain('"hello"')
  const shown = await wetee<{ state: string; liveReplicas: number }>('show', 'hello')
  expect(shown).toMatchObject({ code: 0, json: { state: 'active', liveReplicas: 1 } })
  expect(JSON.stringify((await wetee<unknown>('logs', 'hello')).json)).toContain('listening')
  expect((await wetee('doctor')).code).toBe(0)
  expect((await wetee<Failure>('verify', 'notes')).code).not.toBe(0)
}, 180_000)

const node = '/usr/local/bin/node'
/** `wetee app exec` as a person runs it; at a terminal of 91 columns by `script`, which makes one. */
function weteeExec(words: readonly string[], app = 'shell', atTerminal = false) {
  const env = { ...process.env, WETEE_NETWORK: join(devnet.folder, 'network.json') }
  const command = [process.execPath, cli, 'app', 'exec', app, 'web', ...words]
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const child = atTerminal
    ? spawn('script', ['-qefc', `stty cols 91 rows 31; exec ${quoted}`, '/dev/null'], { env })
    : spawn(command[0]!, command.slice(1), { env })
  let said = ''
  let wake: () => void = () => undefined
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      wake()
    })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number, said }))
  void ended.then(() => wake())
  return {
    ...{ child, ended },
    heard: async (text: string) => {
      while (!said.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended without ${text}: ${said}`)
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}

/** A volume that is saved, changed, and put back. */
async function saveAndPutBack(): Promise<void> {
  const key = join(devnet.folder, 'snapshot.key')
  const file = join(devnet.folder, 'data.snapshot')
  expect((await wetee('logs', 'key', '--out', key)).code).toBe(0)
  const run = (script: string) => weteeExec(['--', node, '-e', script]).ended
  const write = (text: string) => `fs.writeFileSync('/data/kept','${text}')`
  const read = "console.log(fs.readdirSync('/data')+' '+fs.readFileSync('/data/kept'))"
  expect(await run(write('secret-content'))).toEqual({ code: 0, said: '' })
  const saved = await wetee('app', 'snapshot', 'shell', '--key', key, '--out', file)
  expect(saved).toMatchObject({ code: 0, json: { volume: 'data', replica: 0 } })
  expect(readFileSync(file).includes('secret-content')).toBe(false)
  await run(`${write('changed')};fs.writeFileSync('/data/later','')`)
  const restored = await wetee('app', 'restore', 'shell', 'data', '--key', key, '--file', file)
  expect(restored).toMatchObject({ code: 0, json: { restored: 'data' } })
  expect(await run(read)).toEqual({ code: 0, said: 'kept secret-content\n' })
}

test('a command is run in a service, with its input while it runs, and at a terminal; its volume is saved and put back', async () => {
  const file = join(devnet.folder, 'shell.yaml')
  const text = readFileSync(compose(), 'utf8').trimEnd()
  const mounted = text.replace("user: '1000:1000'", "$&\n    volumes: ['data:/data']")
  writeFileSync(file, `${mounted}\n  exec: true\n  snapshots: true\nvolumes:\n  data: {}\n`)
  expect((await wetee('deploy', file, '--name', 'shell', '--wait', '--yes')).code).toBe(0)
  const plain = weteeExec(['--', node, '-p', 'process.stdout.isTTY??"none"'])
  expect(await plain.ended).toEqual({ code: 0, said: 'none\n' })

  await saveAndPutBack()

  const echo = 'process.stdin.on("data",d=>console.log("got "+d)).on("end",()=>process.exit(6))'
  const piped = weteeExec(['-i', '--', node, '-e', echo])
  piped.child.stdin.write('one')
  await piped.heard('got one')
  piped.child.stdin.end('two')
  expect(await piped.ended).toMatchObject({ code: 6, said: 'got one\ngot two\n' })

  // As one text: node colours numbers at a terminal.
  const screen = `const o=process.stdout;console.log(["at",process.stdin.isTTY,o.columns,o.rows].join(" "))
    process.on("SIGINT",()=>{console.log("interrupted");process.exit(9)});setInterval(()=>{},1e6)`
  const words = ['-it', '--', node, '-e', screen]
  const terminal = weteeExec(words, 'shell', true)
  await terminal.heard('at true 91 31')
  terminal.child.stdin.write('\u0003')
  expect(await terminal.ended).toMatchObject({
    code: 9,
    said: expect.stringContaining('interrupted') as string,
  })
  const refused = await weteeExec(['--', node], 'hello').ended
  expect(refused).toMatchObject({ said: expect.stringContaining('exec.not-allowed') as string })
  expect((await wetee('terminate', 'shell', '--yes')).code).toBe(0)
}, 400_000)

test('wrong input is refused with a stable code and an exit code, and nothing is sent', async () => {
  const bad = join(devnet.folder, 'bad.yaml')
  writeFileSync(
    bad,
    readFileSync(compose(), 'utf8').replace('ports:', 'privileged: true\n    ports:'),
  )
  const refused = await wetee<Failure>('deploy', bad, '--name', 'bad', '--yes')
  expect(refused.code).toBe(7)
  expect(JSON.stringify(refused.json)).toMatch(/privileged/)
  const poor = await wetee<Failure>(
    'deploy',
    compose(),
    '--name',
    'poor',
    '--deposit',
    '0.0001',
    '--yes',
  )
  expect(poor).toMatchObject({ code: 4, json: { error: { code: 'deploy.deposit-too-low' } } })
  const rich = await wetee<Failure>(
    'deploy',
    compose(),
    '--name',
    'rich',
    '--deposit',
    '5000',
    '--yes',
  )
  expect(rich).toMatchObject({ code: 4, json: { error: { code: 'account.funds' } } })
  const missing = join(devnet.folder, 'missing.yaml')
  const unknown = `wetee/hello@sha256:${'0'.repeat(64)}`
  writeFileSync(missing, readFileSync(compose(), 'utf8').replace('wetee/hello:1', unknown))
  const absent = await wetee<Failure>('deploy', missing, '--name', 'absent', '--yes')
  expect(absent).toMatchObject({ code: 7, json: { error: { code: 'image.unresolved' } } })
  expect(JSON.stringify((await wetee('list', '--all')).json)).not.toMatch(
    /"(bad|poor|rich|absent)"/,
  )
})

const weteeVerify = (...args: readonly string[]) => wetee<VerifyReport>('verify', ...args)
const evidence = async () => {
  const { sdk, url } = devnet.application
  return (await fetchEvidence(sdk.transport, url)).text
}
const saved = (text: string) => {
  const file = join(devnet.folder, 'evidence.json')
  writeFileSync(file, text)
  return file
}

test('verification holds for the running application and for its saved evidence', async () => {
  expect(await weteeVerify('hello')).toMatchObject({ code: 0, json: { ok: true, simulated: true } })
  const file = saved(await evidence())
  expect(await weteeVerify('--evidence', file)).toMatchObject({ code: 0, json: { ok: true } })
})

test('one changed byte of the manifest makes verify name the manifest alone', async () => {
  const document = JSON.parse(await evidence()) as { manifest: string }
  document.manifest = document.manifest.replace('"Hello"', '"Jello"')
  const report = await weteeVerify('--evidence', saved(JSON.stringify(document)))
  expect(report).toMatchObject({ code: 1, json: { ok: false, failed: ['manifest'] } })
})

test('one changed byte of the quote makes verify name the quote alone', async () => {
  const document = JSON.parse(await evidence()) as { quote: string }
  const quote = Buffer.from(document.quote, 'base64')
  quote[200] = (quote[200] ?? 0) ^ 1
  document.quote = quote.toString('base64')
  const report = await weteeVerify('--evidence', saved(JSON.stringify(document)))
  expect(report).toMatchObject({ code: 1, json: { ok: false, failed: ['quote'] } })
})

test('a host that answers with another TLS key makes verify name the channel alone', async () => {
  const proxy = await startImpostor()
  const { port } = proxy.address() as AddressInfo
  try {
    const report = await weteeVerify(`https://127.0.0.1:${port}`)
    expect(report).toMatchObject({ code: 1, json: { ok: false, failed: ['channel'] } })
  } finally {
    proxy.close()
  }
})

/** Whether the example is there and proves itself. */
const isVerified = async () => {
  const { sdk, url } = devnet.application
  return (await verify(sdk, { url }).catch(() => undefined))?.ok === true
}

test('one changed byte of the image makes verify name the images alone, and the agent closes its gate', async () => {
  const { sdk, url } = devnet.application
  // The worker takes such an instance away as soon as it looks: here it looks late, so that there is time to ask.
  await devnet.network.children.kill('worker')
  startWorker(devnet.network, { intervals: { watchMs: 30_000 } })
  await eventually('the worker to adopt the application', isVerified)
  const blob = largestText(join(devnet.folder, 'worker/images'), 'GREETING')
  const bytes = readFileSync(blob)
  const at = bytes.indexOf('GREETING')
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(blob, bytes)
  // The worker takes such an instance away at once: there is a second or so in which it can be asked.
  const report = await eventually('the agent to see the change', async () => {
    const found = await verify(sdk, { url }).catch(() => undefined)
    return found?.ok === false ? found : undefined
  })
  expect(report.failed).toEqual(['images'])
  expect((await sdk.transport.get(url, { maxBytes: 65_536 })).status).toBe(503)
  await eventually('an instance with the image of the manifest', isVerified, 120_000)
})

/** A program that says its number, and stops when it is told to. */
const program = (number: number) => ({
  'package.json': '{ "scripts": { "start": "node server.mjs" } }',
  'server.mjs': `import { createServer } from 'node:http'
const server = createServer((_, response) => response.end('pushed ${number}'))
server.listen(process.env.PORT)
process.on('SIGTERM', () => server.close())
`,
  'compose.yaml': readFileSync(compose(), 'utf8'),
})

test(
  'what is pushed to a branch is built and comes to serve, and no request fails meanwhile',
  async () => {
    const { network, application, folder } = devnet
    // The test before has left one that looks late.
    await network.children.kill('worker')
    startWorker(network)
    await eventually('the worker to adopt the application', isVerified)
    const repository = makePushedRepository(folder)
    const target = `127.0.0.1:${network.ports.registry}/you/app`
    const commit = repository.push(program(1))
    const robot = await makeRobot()
    const added = await wetee('app', 'deploy-key', 'add', 'hello', robot.address, '--yes')
    expect(added.code).toBe(0)
    // Only now: what is awaited above holds this process, in which kept connections would grow old and be hung up.
    const load = new SteadyLoad(application.url, 50)
    const words = [
      'watch',
      String(application.appId),
      '--git',
      repository.url,
      '--branch',
      'main',
      '--service',
      'web',
    ]
    const limits = ['--every', '1', '--min-interval', '0', '--yes', '--json']
    const places = [
      '--push',
      target,
      '--cache',
      join(folder, 'build'),
      '--state',
      join(folder, 's'),
    ]
    const env = { ...robot.env, WETEE_NETWORK: join(folder, 'network.json') }
    const watch = startWatch([cli, ...words, ...limits, ...places, ...robot.words], env)
    try {
      await watch.said('served', commit)
      const { body } = await application.sdk.transport.get(application.url, { maxBytes: 65_536 })
      expect(new TextDecoder().decode(body)).toBe('pushed 1')
      await load.stop()
      const shown = () => wetee<ShownApp>('show', 'hello')
      const { version } = (await shown()).json
      await wetee('app', 'deploy-key', 'revoke', 'hello', robot.address, '--yes')
      repository.push(program(2))
      // The contract refuses it, and no other commit would cure that: the command ends by itself.
      expect(await watch.ended()).toMatchObject({
        code: 4,
        errors: expect.stringMatching(/DeployKeyUnknown|app\.key-unknown/) as unknown,
      })
      expect((await shown()).json).toMatchObject({ version: { version: version.version } })
    } finally {
      await load.stop()
      await watch.stop()
    }
    const { answered, failures, keys } = load.take()
    expect(failures).toEqual([])
    expect(answered).toBeGreaterThan(100)
    expect(keys).toBe(2)
  },
  LIMIT_MS,
)

test(
  'an application in a TEE builds a commit and signs it: from the image anybody comes to the commit, and nobody to another',
  async () => {
    const { network, folder } = devnet
    const registry = `127.0.0.1:${network.ports.registry}`
    const cache = ['--cache', join(folder, 'build')]
    const run = <T>(...words: readonly string[]) => wetee<T>('build', ...words, ...cache)
    const sources = join(folder, 'builder-source')
    execFileSync(process.execPath, [join(builder, 'write-source.ts'), sources])
    const ours = [
      '--source',
      join(folder, 'builder-source'),
      '--push',
      `${registry}/wetee/builder:1`,
    ]
    const { digest: builderImage } = (await run<{ digest: string }>(...ours)).json
    const file = join(folder, 'builder.yaml')
    writeFileSync(
      file,
      readFileSync(join(builder, 'compose.yaml'), 'utf8').replaceAll('127.0.0.1:5780', registry),
    )
    expect((await wetee('deploy', file, '--name', 'builder', '--wait', '--yes')).code).toBe(0)

    const repository = makePushedRepository(folder, 'built')
    const commit = repository.push(program(1))
    const source = ['--git', repository.url, '--commit', commit]
    const provenance = join(folder, 'provenance.json')
    const record = join(folder, 'record.json')
    const kept = ['--provenance', provenance, '--record', record]
    const target = ['--push', `${registry}/you/built`, ...kept]
    type Built = { digest: string; ok: boolean; source: { commit: string } }
    const built = await run<Built>('--builder', 'builder', ...source, ...target)
    expect(built).toMatchObject({
      code: 0,
      json: { ok: true, simulated: true, source: { commit } },
    })
    const { digest } = built.json

    // Whoever has the record may send it: the contract looks at the builder's lease.
    expect(await wetee('app', 'record-build', record, '--yes')).toMatchObject({ code: 0 })
    expect(await wetee('app', 'record-build', record, '--yes')).toMatchObject({
      json: { error: { code: 'contract.BuildKnown' } },
    })
    // Its base is the Node of its own image, which is this machine's: built here, it is the same.
    const verified = ['--verify', `${registry}/you/built@${digest}`]
    expect((await run(...source, ...verified)).code).toBe(0)
    const check = (...words: readonly string[]) =>
      wetee<{ failed?: string }>('build', '--check-provenance', provenance, '--image', ...words)
    expect((await check(digest, '--builder', 'builder')).code).toBe(0)
    expect((await check(digest, '--builder-image', builderImage)).code).toBe(0)
    const failing = async (...words: readonly string[]) => (await check(...words)).json.failed
    expect(await failing(digest, '--builder', 'hello')).toBe('evidence')
    expect(await failing(digest, '--builder-image', digest)).toBe('builder')
    expect(await failing(builderImage, '--builder', 'builder')).toBe('image')
    const signed = JSON.parse(readFileSync(provenance, 'utf8')) as {
      envelope: { payload: string }
    }
    const statement = Buffer.from(signed.envelope.payload, 'base64').toString()
    const other = statement.replaceAll(commit, '9'.repeat(40))
    signed.envelope.payload = Buffer.from(other).toString('base64')
    writeFileSync(provenance, JSON.stringify(signed))
    expect(await failing(digest, '--builder', 'builder')).toBe('signature')
    expect((await wetee('terminate', 'builder', '--yes')).code).toBe(0)
  },
  LIMIT_MS,
)

test(
  'a key that is bound to a builder proposes what that builder has built of its repository, and nothing else',
  async () => {
    const { network, application, folder } = devnet
    const registry = `127.0.0.1:${network.ports.registry}`
    const cache = ['--cache', join(folder, 'build')]
    const repository = makePushedRepository(folder, 'bound')
    const commit = repository.push(program(3))
    const git = await startGitServer(fileURLToPath(repository.url))
    try {
      const builderAppId = await deployBuilderBeside(git, registry)
      const robot = await makeRobot('bound-robot')
      const bound = ['--builder', builderAppId, '--repository', git.url]
      const added = await wetee(
        ...['app', 'deploy-key', 'add', 'hello', robot.address],
        ...['--min-interval', '0', ...bound, '--yes'],
      )
      expect(added.code).toBe(0)
      const home = join(folder, 'bound-home')
      mkdirSync(home)
      writeFileSync(join(home, 'ca.pem'), git.certPem)
      writeFileSync(join(home, '.gitconfig'), `[http]\n\tsslCAInfo = ${join(home, 'ca.pem')}\n`)
      const env = { ...robot.env, HOME: home, WETEE_NETWORK: join(folder, 'network.json') }
      const watch = (state: string, ...words: readonly string[]) =>
        startWatch(
          [
            ...[cli, 'watch', String(application.appId), '--git', git.url, '--branch', 'main'],
            ...['--service', 'web', '--push', `${registry}/you/app`, ...cache, ...robot.words],
            ...['--state', join(folder, state), '--once', '--min-interval', '0', '--yes', '--json'],
            ...words,
          ],
          env,
        )
      const { version } = (await wetee<ShownApp>('show', 'hello')).json
      // Built here the image is the same, and nobody has recorded it.
      const alone = await watch('alone').ended()
      expect([alone.code, alone.errors]).toEqual([
        expect.any(Number),
        expect.stringContaining('BuildMissing'),
      ])
      expect((await wetee<ShownApp>('show', 'hello')).json).toMatchObject({ version })

      const there = watch('there', '--builder', builderAppId)
      expect(await there.ended()).toMatchObject({ code: 0 })
      expect(there.lines.map(({ event }) => event)).toEqual([
        ...['building', 'pushing', 'recording', 'proposing', 'sent'],
        ...['waiting', 'serving', 'served'],
      ])
      expect(there.lines.at(-1)).toMatchObject({ event: 'served', commit })
      const { body } = await application.sdk.transport.get(application.url, { maxBytes: 65_536 })
      expect(new TextDecoder().decode(body)).toBe('pushed 3')

      // The builder's repository server has not gone on: what was pushed since is not built.
      repository.push(program(4))
      const ahead = watch('there', '--builder', builderAppId)
      const { code, errors } = await ahead.ended()
      expect(code).not.toBe(0)
      expect(JSON.stringify(ahead.lines) + errors).toContain('builder.branch-differs')
      expect((await wetee('terminate', builderAppId, '--yes')).code).toBe(0)
    } finally {
      git.close()
    }
  },
  // It makes three images and starts an application beside all others.
  2 * LIMIT_MS,
)

/**
 * A builder whose repository server is reached from its container, as containers of the sandbox reach no other machine: a second service
 * beside it, at the same address, with what the server says now. Answers the application's number.
 */
async function deployBuilderBeside(git: GitServer, registry: string): Promise<string> {
  const { folder } = devnet
  const cache = ['--cache', join(folder, 'build')]
  const pushed = async (name: string, files: Readonly<Record<string, string | Buffer>>) => {
    const source = join(folder, `${name}-source`)
    mkdirSync(source, { recursive: true })
    for (const [path, text] of Object.entries(files)) writeFileSync(join(source, path), text)
    const target = ['--push', `${registry}/wetee/${name}`]
    const { json } = await wetee<{ pushed: { reference: string } }>(
      ...['build', '--source', source, ...target, ...cache],
    )
    return json.pushed.reference
  }
  execFileSync(process.execPath, [
    join(builder, 'write-source.ts'),
    join(folder, 'seeing-builder-source'),
  ])
  const image = await pushed('seeing-builder', { 'ca.pem': git.certPem })
  const server = await pushed('git-server', {
    'package.json': '{ "scripts": { "start": "node server.mjs" } }',
    ...{ 'key.pem': git.keyPem, 'cert.pem': git.certPem, refs: git.advertisement() },
    'server.mjs': `import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
const [key, cert, refs] = ['key.pem', 'cert.pem', 'refs'].map((name) => readFileSync(name))
createServer({ key, cert }, (_, response) => {
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' })
  response.end(refs)
}).listen(${git.port}, '127.0.0.1')
`,
  })
  const file = join(folder, 'seeing-builder.yaml')
  const ours = readFileSync(join(builder, 'compose.yaml'), 'utf8')
    .replace('127.0.0.1:5780/wetee/builder:1', image)
    .replace(
      '    read_only: true',
      '    environment: { NODE_EXTRA_CA_CERTS: /app/ca.pem }\n    read_only: true',
    )
  writeFileSync(file, ours.replace('x-wetee:', `  git:\n    image: ${server}\nx-wetee:`))
  const words = ['deploy', file, '--name', 'seeing-builder', '--wait', '--yes']
  const deployed = await wetee<{ appId: string }>(...words)
  expect(deployed.code).toBe(0)
  return deployed.json.appId
}

type ShownApp = { readonly version: { readonly version: number } }

/** An account of its own with a keystore of its own, which pays for its transactions and owns nothing. */
async function makeRobot(name = 'robot') {
  const { folder } = devnet
  const passwordFile = join(folder, `${name}-password`)
  writeFileSync(passwordFile, 'a password of a robot')
  const env = { ...process.env, WETEE_HOME: join(folder, name) }
  const made = execFileSync(
    process.execPath,
    [cli, 'account', 'create', 'robot', '--password-file', passwordFile, '--json'],
    { env, encoding: 'utf8' },
  )
  const { address } = JSON.parse(made) as { address: string }
  const profile = readFileSync(join(folder, 'network.json'), 'utf8')
  const { rpcUrls } = JSON.parse(profile) as { rpcUrls: [string] }
  const params = [address, '0xde0b6b3a7640000']
  await fetch(rpcUrls[0], {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'anvil_setBalance', params }),
  })
  const words = ['--account', 'robot', '--password-file', passwordFile, '--deploy-key']
  return { address, env, words }
}

/** Serves the application's own evidence under a TLS key of its own. */
async function startImpostor(): Promise<Server> {
  const identity = await createTlsIdentity({ commonName: 'impostor' })
  const server = createServer({ key: identity.keyPem, cert: identity.certPem }, (_, response) => {
    evidence().then(
      (text) => response.end(text),
      () => response.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

/** The largest blob below `folder` that contains `text`: the layer with the application's source. */
function largestText(folder: string, text: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort((a, b) => statSync(b).size - statSync(a).size)
  const found = files.find((file) => readFileSync(file).includes(text))
  if (found === undefined) throw new Error(`no blob below ${folder} contains ${text}`)
  return found
}
