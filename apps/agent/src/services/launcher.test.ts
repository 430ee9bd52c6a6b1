// The launcher: the committed program does what it says, and is what its source gives.
import { execFileSync, spawn, spawnSync, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  buildLauncher,
  findToolchain,
  launcherPath,
  sha256,
  toolchainPath,
  type Toolchain,
} from '../../launcher/build.ts'

const recorded = JSON.parse(readFileSync(toolchainPath, 'utf8')) as Toolchain
const runs = process.platform === 'linux' && process.arch === 'x64'

let base: string
beforeAll(() => void (base = mkdtempSync(join(tmpdir(), 'wetee-la-'))))
afterAll(() => rmSync(base, { recursive: true, force: true }))

/** A folder as the agent makes it: the program, and beside it pipes and variables. */
function folderWith(variables: Record<string, string> | Buffer, program = launcherPath): string {
  const folder = mkdtempSync(join(base, 'f'))
  copyFileSync(program, join(folder, 'launch'))
  chmodSync(join(folder, 'launch'), 0o555)
  makePipes(folder)
  const text = Buffer.isBuffer(variables)
    ? variables
    : Buffer.from(
        Object.entries(variables)
          .map(([name, value]) => `${name}=${value}\0`)
          .join(''),
      )
  writeFileSync(join(folder, 'environment'), text)
  return folder
}

function makePipes(folder: string): void {
  execFileSync(launcherPath, ['--fifos', join(folder, 'out'), join(folder, 'err')], { env: {} })
}

/** Reads what is in a pipe now. */
function drain(pipe: number, into: Buffer[]): void {
  const part = Buffer.alloc(65_536)
  for (;;)
    try {
      const got = readSync(pipe, part)
      into.push(Buffer.from(part.subarray(0, got)))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return
      throw error
    }
}

/** Starts a command, and returns what arrived in the pipes and what on the output that the launcher itself was given. */
async function launch(
  folder: string,
  command: string[],
  options: SpawnOptions & { input?: string; program?: string } = {},
) {
  const { input = '', program = join(folder, 'launch'), ...rest } = options
  const pipes = ['out', 'err'].map((name) =>
    openSync(join(folder, name), constants.O_RDWR | constants.O_NONBLOCK),
  )
  const parts: Buffer[][] = [[], []]
  const drainAll = () => pipes.forEach((pipe, at) => drain(pipe, parts[at]!))
  const child = spawn(program, command, { env: { PATH: '/usr/bin:/bin' }, ...rest, stdio: 'pipe' })
  child.stdin?.on('error', () => undefined)
  child.stdin?.end(input)
  const engine: Buffer[] = []
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => engine.push(chunk))
  const timer = setInterval(drainAll, 1)
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null]
  clearInterval(timer)
  drainAll()
  for (const pipe of pipes) closeSync(pipe)
  const [stdout = '', stderr = ''] = parts.map((each) => Buffer.concat(each).toString())
  return { status, signal, stdout, stderr, engine: Buffer.concat(engine).toString() }
}

/** Prints its variables as the kernel gave them to it. */
const showEnvironment = ['cat', '/proc/self/environ']

test('the committed program is the one that was recorded, and small', () => {
  const bytes = readFileSync(launcherPath)
  expect(sha256(bytes)).toBe(recorded.sha256)
  expect(bytes.length).toBeLessThan(16_384)
  // ELF, 64 bits, executable (not position independent), x86-64.
  expect([...bytes.subarray(0, 5)]).toEqual([0x7f, 0x45, 0x4c, 0x46, 2])
  expect(bytes.readUInt16LE(16)).toBe(2)
  expect(bytes.readUInt16LE(18)).toBe(62)
})

const tools = findToolchain()
/** CI has to compare; a person's machine says why it did not. */
const notCompared = (why: string, skip: () => void) => {
  if (process.env['CI'] === 'true') throw new Error(`the launcher has to be rebuilt in CI: ${why}`)
  console.log(`skipped: the launcher is not rebuilt: ${why}`)
  skip()
}

test('the source gives the bytes of the committed program', ({ skip }) => {
  if (tools === undefined) return notCompared('gcc for x86-64 is missing (Debian: gcc)', skip)
  const built = buildLauncher()
  // Twice the same, whichever compiler it is.
  expect(sha256(buildLauncher())).toBe(sha256(built))
  const { compiler, linker } = recorded
  const same = tools.compiler === compiler && tools.linker === linker
  if (!same && sha256(built) !== recorded.sha256)
    return notCompared(
      `the program was made by ${compiler} with ${linker}, and here are ${tools.compiler} with ${tools.linker}, which give other bytes: use those, or build it anew (node apps/agent/launcher/build.ts) and commit it`,
      skip,
    )
  expect(sha256(built)).toBe(recorded.sha256)
})

const programs = (): [string, () => string][] => [
  ['the committed program', () => launcherPath],
  [
    'the program built here',
    () => {
      const path = join(base, 'built')
      writeFileSync(path, buildLauncher(), { mode: 0o755 })
      return path
    },
  ],
]

describe.runIf(runs)(`launcher`, () => {
  test.each(tools === undefined ? programs().slice(0, 1) : programs())(
    '%s adds variables, and those that come later win',
    async (_what, program) => {
      const folder = folderWith(
        Buffer.from('DB=first\0PASSWORD=a b=\nc\0DB=second\0EMPTY=\0'),
        program(),
      )
      const { stdout, stderr, status } = await launch(folder, showEnvironment, {
        env: { PATH: '/usr/bin:/bin', PASSWORD: 'inherited', OTHER: 'kept', DB_: 'kept too' },
      })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      const variables = stdout.split('\0').slice(0, -1).sort()
      expect(variables).toEqual([
        'DB=second',
        'DB_=kept too',
        'EMPTY=',
        'OTHER=kept',
        'PASSWORD=a b=\nc',
        'PATH=/usr/bin:/bin',
      ])
    },
  )

  test('arguments arrive as they are, the first is the command as it was given', async () => {
    const folder = folderWith({})
    const script = 'printf "%s|" "$0" "$@"'
    expect((await launch(folder, ['sh', '-c', script, 'zero', 'a b', '', '$x'])).stdout).toBe(
      'zero|a b||$x|',
    )
  })

  test('a command is looked for in PATH: the one of the file, then of the container, then the usual one', async () => {
    const folder = folderWith({})
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'tool'), '#!/bin/sh\necho found\n', { mode: 0o755 })
    expect((await launch(folder, ['tool'], { env: { PATH: `/nowhere::${bin}` } })).stdout).toBe(
      'found\n',
    )
    // An empty part of PATH is the working folder.
    expect((await launch(folder, ['tool'], { env: { PATH: '/nowhere:' }, cwd: bin })).stdout).toBe(
      'found\n',
    )
    expect((await launch(folder, ['true'], { env: {} })).status).toBe(0)
    const other = folderWith({ PATH: bin })
    expect((await launch(other, ['tool'], { env: { PATH: '/nowhere' } })).stdout).toBe('found\n')
    // With a slash nothing is looked for.
    expect((await launch(folder, ['./tool'], { cwd: bin })).stdout).toBe('found\n')
    expect((await launch(folder, ['./tool'], { cwd: folder, env: { PATH: bin } })).status).toBe(127)
  })

  test('the file is the one beside the program, however that was called', async () => {
    const folder = folderWith({ WHERE: 'beside' })
    const print = ['sh', '-c', 'printf %s "$WHERE"']
    expect((await launch(folder, print, { cwd: '/', argv0: '/somewhere/else' })).stdout).toBe(
      'beside',
    )
    for (const [program, cwd] of [
      ['./launch', folder],
      [`../${folder.split('/').at(-1)}/launch`, folder],
    ] as const)
      expect((await launch(folder, print, { program, cwd, env: {} })).stdout).toBe('beside')
  })

  test('a command that is not there ends with 127, one that may not be run with 126, none with 127', async () => {
    const folder = folderWith({ SECRET: 'hunter2' })
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'locked'), '#!/bin/sh\n', { mode: 0o644 })
    writeFileSync(join(bin, 'nonsense'), 'no program\n', { mode: 0o755 })
    const cases: [string[], number, string][] = [
      [['no-such-command'], 127, 'wetee launch: no-such-command: not found\n'],
      [[''], 127, 'wetee launch: : cannot be run (error 002)\n'],
      [['/no/such/command'], 127, 'wetee launch: /no/such/command: cannot be run (error 002)\n'],
      [['locked'], 126, 'wetee launch: locked: may not be run (error 013)\n'],
      [[`${bin}/locked`], 126, `wetee launch: ${bin}/locked: cannot be run (error 013)\n`],
      [['nonsense'], 126, `wetee launch: ${bin}/nonsense: cannot be run (error 008)\n`],
      [[bin], 126, `wetee launch: ${bin}: cannot be run (error 013)\n`],
    ]
    for (const [command, status, stderr] of cases)
      expect(await launch(folder, command, { env: { PATH: `${bin}:/bin` } })).toEqual({
        ...{ status, stderr, signal: null, stdout: '', engine: '' },
      })
    expect(await launch(folder, [])).toMatchObject({
      ...{ status: 127, stderr: '', engine: 'wetee launch: no command was given\n' },
    })
  })

  test('without its file, or with a broken one, nothing is started and no value is shown', async () => {
    const gone = folderWith({})
    rmSync(join(gone, 'environment'))
    expect(await launch(gone, ['true'])).toMatchObject({
      status: 126,
      stderr: `wetee launch: ${gone}/environment: cannot be opened (error 002)\n`,
    })
    const folder = folderWith({})
    rmSync(join(folder, 'environment'))
    mkdirSync(join(folder, 'environment'))
    expect(await launch(folder, ['true'])).toMatchObject({ status: 126 })
    for (const [text, why] of [
      ['A=hunter2', 'does not end with a zero byte'],
      ['A=1\0hunter2\0', 'an entry is not NAME=value'],
      ['=hunter2\0', 'an entry is not NAME=value'],
      ['\0', 'an entry is not NAME=value'],
      [`A=${'x'.repeat(4 << 20)}\0`, 'too large'],
    ] as const) {
      const { status, stderr } = await launch(folderWith(Buffer.from(text)), ['true'])
      expect({ status, why: stderr.includes(why) }, stderr).toEqual({ status: 126, why: true })
      expect(stderr).not.toContain('hunter2')
    }
    expect((await launch(folderWith(Buffer.from('')), ['true'])).status).toBe(0)
  })

  test('a large environment passes, one that the kernel does not take is refused', async () => {
    const folder = folderWith(
      Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`V${i}`, 'x'.repeat(16_000)])),
    )
    const many = Object.fromEntries(
      Array.from({ length: 4_000 }, (_, i) => [`INHERITED_${i}`, '1']),
    )
    const { stdout, status } = await launch(folder, showEnvironment, {
      env: { ...many, PATH: '/bin' },
    })
    expect(status).toBe(0)
    expect(stdout.split('\0')).toHaveLength(64 + 4_000 + 1 + 1)
    expect(stdout).toContain(`V63=${'x'.repeat(16_000)}\0`)
    // One variable has at most 128 KiB (MAX_ARG_STRLEN).
    expect(await launch(folderWith({ A: 'x'.repeat(140_000) }), ['/bin/true'])).toMatchObject({
      status: 126,
      stderr: 'wetee launch: /bin/true: cannot be run (error 007)\n',
    })
    const crowd = folderWith(Buffer.from('A=1\0'.repeat(100_000)))
    expect((await launch(crowd, ['true'])).status).toBe(0)
    const names = Array.from({ length: 17_000 }, (_, i) => `N${i}=\0`).join('')
    expect(await launch(folderWith(Buffer.from(names)), ['true'])).toMatchObject({
      status: 126,
      stderr: 'wetee launch: too many variables\n',
    })
  })

  test('exit codes, signals, standard input and the process itself are those of the command', async () => {
    const folder = folderWith({ CODE: '42' })
    expect((await launch(folder, ['sh', '-c', 'exit $CODE'])).status).toBe(42)
    expect((await launch(folder, ['sh', '-c', 'kill -TERM $$'])).signal).toBe('SIGTERM')
    expect((await launch(folder, ['cat'], { input: 'through' })).stdout).toBe('through')
    const pipe = openSync(join(folder, 'out'), constants.O_RDWR | constants.O_NONBLOCK)
    const child = spawn(join(folder, 'launch'), [
      'sh',
      '-c',
      'trap "exit 9" TERM; echo $$; read -r line',
    ])
    const said: Buffer[] = []
    while (said.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      drain(pipe, said)
    }
    closeSync(pipe)
    // It became the command, it did not start one beside it.
    expect(Buffer.concat(said).toString().trim()).toBe(String(child.pid))
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    child.stdin.end()
    expect((await exited)[0]).toBe(9)
  })

  test('takes words and standard input from files beside it, which who starts it does not see', async () => {
    const folder = folderWith({ WHO: 'me' })
    const words = ['sh', '-c', 'cat; printf "|%s|%s" "$WHO" "$1"; exit 7', 'zero', 'a b']
    writeFileSync(join(folder, 'command'), words.map((word) => `${word}\0`).join(''))
    writeFileSync(join(folder, 'input'), 'read me')
    const { status, stdout, engine } = await launch(folder, ['--given'], { input: 'not me' })
    expect({ status, stdout, engine }).toEqual({ status: 7, stdout: 'read me|me|a b', engine: '' })
  })

  test.each([
    ['no words', ''],
    ['words that do not end', 'true'],
  ])('with %s nothing is run', async (_, command) => {
    const folder = folderWith({})
    writeFileSync(join(folder, 'command'), command)
    writeFileSync(join(folder, 'input'), '')
    const { status, stderr } = await launch(folder, ['--given'])
    expect({ status, stderr }).toMatchObject({
      status: 126,
      stderr: expect.stringContaining('does not end') as string,
    })
    rmSync(join(folder, 'input'))
    expect((await launch(folder, ['--given'])).status).toBe(126)
  })

  test.each([
    ['at a terminal', [0x73, 0, 4, 0, 80, 0, 24]],
    ['without one', [0x70, 0, 0]],
  ])('ATTACK a command %s ends when whoever gives it input is gone', async (_, first) => {
    const folder = folderWith({})
    execFileSync(launcherPath, ['--fifos', join(folder, 'in')], { env: {} })
    const words = ['sh', '-c', 'trap "" HUP; echo $$; exec sleep 100']
    writeFileSync(join(folder, 'command'), words.map((word) => `${word}\0`).join(''))
    const flags = constants.O_RDWR | constants.O_NONBLOCK
    const [input, out] = ['in', 'out'].map((name) => openSync(join(folder, name), flags))
    writeSync(input!, Buffer.from(first))
    const child = spawn(join(folder, 'launch'), ['--given'], { stdio: 'ignore' })
    const said: Buffer[] = []
    while (said.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      drain(out!, said)
    }
    const command = Number(Buffer.concat(said).toString())
    expect(command).not.toBe(child.pid)
    closeSync(input!)
    expect((await once(child, 'exit'))[0]).toBe(137)
    while (existsSync(`/proc/${command}/exe`))
      await new Promise((resolve) => setTimeout(resolve, 1))
    closeSync(out!)
  })

  test.each([
    ['nothing', []],
    ['half a frame', [0x73, 0, 4, 0]],
    ['input before anything else', [0x64, 0, 1, 65]],
    ['a size of another form', [0x73, 0, 3, 0, 80, 0]],
    ['a frame that is too large', [0x64, 0xff, 0xff]],
  ])('ATTACK with %s in its pipe of input nothing is run', (_, first) => {
    const folder = folderWith({})
    execFileSync(launcherPath, ['--fifos', join(folder, 'in')], { env: {} })
    writeFileSync(join(folder, 'command'), `touch\0${join(folder, 'ran')}\0`)
    const input = openSync(join(folder, 'in'), constants.O_RDWR | constants.O_NONBLOCK)
    if (first.length > 0) writeSync(input, Buffer.from(first))
    expect(spawnSync(join(folder, 'launch'), ['--given'], { timeout: 5_000 }).status).toBe(126)
    closeSync(input)
    expect(existsSync(join(folder, 'ran'))).toBe(false)
  })

  test('the command inherits no open file of it, and no link of it is needed', async () => {
    const folder = folderWith({})
    const { stdout: open } = await launch(folder, ['sh', '-c', 'ls /proc/$$/fd'])
    const alone = execFileSync('sh', ['-c', 'ls /proc/$$/fd'], { stdio: ['pipe', 'pipe', 'pipe'] })
    expect(open).toEqual(alone.toString())
    const link = join(base, 'link')
    symlinkSync(join(folder, 'launch'), link)
    // Beside the link there is nothing: a link elsewhere brings its own pipes or none.
    expect(spawnSync(link, ['true'], { env: {} }).status).toBe(120)
  })

  describe('output', () => {
    test('goes into the pipes, each into its own, and nothing of it to where the launcher was started', async () => {
      const script = 'echo one; echo two >&2; echo three >/dev/stdout; echo four >>/proc/self/fd/2'
      expect(await launch(folderWith({}), ['sh', '-c', script])).toEqual({
        ...{ status: 0, signal: null, engine: '' },
        ...{ stdout: 'one\nthree\n', stderr: 'two\nfour\n' },
      })
    })

    test('ATTACK of a command that does not start, or of a broken file, is not said where the host reads it', async () => {
      const folder = folderWith({})
      expect(await launch(folder, ['hunter2'])).toMatchObject({ status: 127, engine: '' })
      writeFileSync(join(folder, 'environment'), 'broken')
      expect(await launch(folder, ['true'])).toMatchObject({ status: 126, engine: '' })
    })

    test.each([
      ['a missing pipe', (path: string) => rmSync(path), 'cannot be opened (error 002)'],
      [
        'a file in its place',
        (path: string) => (rmSync(path), writeFileSync(path, '')),
        'is no pipe (error 009)',
      ],
      [
        'a folder in its place',
        (path: string) => (rmSync(path), mkdirSync(path)),
        'cannot be opened (error 021)',
      ],
    ])('ATTACK %s ends with 120 and one line, and nothing is started', (_what, damage, why) => {
      for (const name of ['out', 'err']) {
        const folder = folderWith({ SECRET: 'hunter2' })
        damage(join(folder, name))
        const mark = join(folder, 'started')
        const { status, stderr } = spawnSync(join(folder, 'launch'), ['touch', mark], { env: {} })
        expect({ status, stderr: stderr.toString() }).toEqual({
          ...{ status: 120, stderr: `wetee launch: ${folder}/${name}: ${why}\n` },
        })
        expect(existsSync(mark)).toBe(false)
      }
    })

    test('stays in the pipe while nobody reads: no writer is ended by it, and the next reader has all', async () => {
      const folder = folderWith({})
      const child = spawn(join(folder, 'launch'), ['sh', '-c', 'echo first; read -r go; echo last'])
      const open = () => openSync(join(folder, 'out'), constants.O_RDWR | constants.O_NONBLOCK)
      const one: Buffer[] = []
      for (let pipe = open(); one.length === 0; closeSync(pipe), pipe = open()) {
        await new Promise((resolve) => setTimeout(resolve, 1))
        drain(pipe, one)
      }
      const next = open()
      child.stdin.end('go\n')
      expect((await once(child, 'exit'))[0]).toBe(0)
      const two: Buffer[] = []
      drain(next, two)
      closeSync(next)
      expect(Buffer.concat([...one, ...two]).toString()).toBe('first\nlast\n')
    })

    test('has room in the pipe for a reader that is away for a moment', async () => {
      const folder = folderWith({})
      const open = openSync(join(folder, 'out'), constants.O_RDWR | constants.O_NONBLOCK)
      const child = spawn(join(folder, 'launch'), ['sh', '-c', 'head -c 250000 /dev/zero'])
      expect((await once(child, 'exit'))[0]).toBe(0)
      const all: Buffer[] = []
      drain(open, all)
      closeSync(open)
      expect(Buffer.concat(all)).toHaveLength(250_000)
    })
  })

  describe('--fifos', () => {
    test('makes pipes that every user may open, whatever the umask, and leaves those that are there', () => {
      const folder = mkdtempSync(join(base, 'p'))
      const paths = ['a', 'b'].map((name) => join(folder, name))
      const make = (...list: string[]) => {
        const script = `umask 077; exec "$@"`
        return spawnSync('sh', ['-c', script, 'sh', launcherPath, '--fifos', ...list])
      }
      expect(make(...paths).status).toBe(0)
      for (const path of paths) {
        expect(statSync(path).isFIFO()).toBe(true)
        expect(statSync(path).mode & 0o777).toBe(0o666)
      }
      const before = statSync(paths[0]!).ino
      expect(make(...paths).status).toBe(0)
      expect(statSync(paths[0]!).ino).toBe(before)
      const refused = make(join(folder, 'no/such'))
      expect(refused.status).toBe(126)
      expect(refused.stderr.toString()).toContain('no/such: cannot be made (error 002)')
    })
  })
})
