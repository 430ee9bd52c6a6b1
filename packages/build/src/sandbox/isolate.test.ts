// Scripts of somebody else: what they can do, and what they try.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { unpackImage } from '@wetee/image'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stageFolder } from '../source/read-folder.ts'
import { temporaryFolder, writeFiles } from '../testing/folders.ts'
import { writeBuildRoot } from './build-root.ts'
import { makeOpenFolder, prepareRoot, runIsolated, type Script } from './isolate.ts'

const folder = temporaryFolder()
const root = join(folder.path, 'root')
const work = join(folder.path, 'work')
const secret = join(folder.path, 'secret')

beforeAll(async () => {
  await makeOpenFolder(folder.path)
  const layout = join(folder.path, 'layout')
  const { digest } = await writeBuildRoot(layout)
  await unpackImage(layout, digest, root)
  await prepareRoot(root)
  writeFiles(work, { 'a.txt': 'given' })
  writeFileSync(secret, 'of the machine', { mode: 0o644 })
}, 120_000)
afterAll(() => folder.dispose())

type Asked = Partial<Pick<Script, 'limits' | 'signal' | 'program'>>
/** Runs a shell script; answers what it printed, and the files it left. */
async function run(script: string, asked: Asked = {}) {
  const lines: string[] = []
  const program = ['/bin/sh', '-c', script]
  const environment = { PATH: '/usr/local/bin:/usr/bin:/bin' }
  const whole = { root, work, environment, program, onLog: (line: string) => void lines.push(line) }
  const files = await runIsolated({ ...whole, ...asked }, (left) =>
    Promise.resolve(readdirSync(left)),
  )
  return { text: lines.join('\n'), files }
}
const refusal = (code: string) => expect.objectContaining({ name: 'BuildError', code }) as unknown
const node = (text: string) => ['/usr/local/bin/node', '-e', text]

test('a script finds its source and tools, and what it leaves is taken', async () => {
  const { text, files } = await run(
    'cat a.txt; node -p 6*7; printf made > b.txt; echo "$((1+1))" >&2',
  )
  expect(text.split('\n').sort()).toEqual(['2', 'given42'])
  expect(files.sort()).toEqual(['a.txt', 'b.txt'])
})

test('what a script leaves is read within the same bounds as a source', async () => {
  const target = join(folder.path, 'taken')
  const environment = { PATH: '/usr/bin' }
  const script = { root, work, environment, program: ['/bin/sh', '-c', 'ln -s /etc/passwd leak'] }
  const taken = runIsolated(script, (left) => stageFolder(left, target))
  await expect(taken).rejects.toEqual(refusal('build.source-link'))
})

test('there is no network: not even what listens on this machine', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const program = node(
    `require('node:net').connect(${port},'127.0.0.1').on('connect',()=>{console.log('reached');process.exit()}).on('error',(e)=>console.log(e.code))`,
  )
  try {
    expect((await run('', { program })).text).toMatch(/ENETUNREACH|ECONNREFUSED/)
    expect((await run('ls /sys/class/net 2>/dev/null; cat /proc/net/dev')).text).not.toMatch(/eth0/)
  } finally {
    server.close()
  }
})

test("no file of the machine, no process of it, no variable of the builder's", async () => {
  process.env['WETEE_TEST_SECRET'] = 'hidden'
  const paths = [secret, folder.path, '/root', '/home', '/var', process.cwd()]
  const { text } = await run(
    `ls -d ${paths.join(' ')} 2>&1; ls /proc; env; cat /proc/1/environ 2>&1; true`,
  )
  delete process.env['WETEE_TEST_SECRET']
  for (const path of paths) expect(text).toMatch(new RegExp(`${path}'?: No such file`))
  expect(text).not.toContain('hidden')
  // Of those that start the sandbox.
  expect(text).not.toContain('LC_ALL')
  const processes = text.split('\n').filter((line) => /^[0-9]+$/.test(line))
  expect(processes.length).toBeLessThan(6)
})

test('its machine is read-only, and it has no right to change that', async () => {
  const attempts = [
    'echo x > /usr/bin/node2',
    'rm /usr/bin/cat',
    'echo x > /proc/sys/kernel/hostname',
    'mkdir /new',
    'chmod 777 /usr',
  ]
  for (const attempt of attempts) {
    const { text } = await run(`(${attempt}) 2>&1 || echo refused`)
    expect(text, attempt).toContain('refused')
  }
  // Where root builds, its files alone would refuse: that is not what keeps them as they are.
  expect((await run('cat /proc/self/mounts')).text).toMatch(/^\S+ \/ \S+ ro,/m)
  const status = (await run('cat /proc/self/status')).text
  expect(status).toMatch(/CapEff:\s*0+$/m)
  expect(status).toMatch(/CapBnd:\s*0+$/m)
  expect(status).toMatch(/NoNewPrivs:\s*1/)
})

test('it can make no namespace in which it would have rights', async () => {
  const { text } = await run('cat /proc/sys/user/max_user_namespaces; grep ^Cap /proc/1/status')
  expect(text.split('\n')[0]).toBe('0')
})

test('a script that never ends is ended, with all that it has started', async () => {
  const limits = { timeoutMs: 1_500 }
  const endless = run('(while :; do :; done) & sleep 1000', { limits })
  await expect(endless).rejects.toEqual(refusal('build.timeout'))
  const mine = readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === 'sleep\x001000\0'
    } catch {
      return false
    }
  })
  expect(mine).toEqual([])
})

test('the caller can stop it', async () => {
  const controller = new AbortController()
  const lines: string[] = []
  const script = {
    ...{ root, work, environment: { PATH: '/usr/bin' }, signal: controller.signal },
    program: ['/bin/sh', '-c', 'echo ready; sleep 1000'],
    onLog: (line: string) => {
      lines.push(line)
      controller.abort()
    },
  }
  const stopped = runIsolated(script, () => Promise.resolve())
  await expect(stopped).rejects.toEqual(refusal('build.aborted'))
  expect(lines).toEqual(['ready'])
})

test('what stays behind in the background is ended before the files are taken', async () => {
  const late = '(while :; do echo x >> late; sleep 0.01; done) > /dev/null 2>&1 & sleep 0.1; true'
  const script = { root, work, environment: { PATH: '/usr/bin' } }
  const program = ['/bin/sh', '-c', late]
  const [files, processes] = await runIsolated({ ...script, program }, (left) =>
    Promise.resolve([
      readdirSync(left),
      readdirSync(join(left, '../proc')).filter((name) => /^[0-9]+$/.test(name)),
    ]),
  )
  expect(files).toContain('late')
  // The first alone, which holds the files.
  expect(processes).toEqual(['1'])
})

test('files are bounded in size and in number', async () => {
  const limits = { workBytes: 8 * 2 ** 20, workFiles: 200 }
  const program = node(`require('fs').writeFileSync('/source/big',Buffer.alloc(16<<20))`)
  await expect(run('', { limits, program })).rejects.toEqual(refusal('build.script-failed'))
  const many = node(`for(let i=0;i<500;i++)require('fs').writeFileSync('/source/f'+i,'')`)
  const failing = run('', { limits, program: many })
  await expect(failing).rejects.toThrow("path: '/source/f")
})

test('memory, processes and output are bounded', async () => {
  const eats = node(`const a=[];for(;;)a.push(Buffer.alloc(16<<20,1))`)
  const limits = { memoryBytes: 512 * 2 ** 20, processes: 64, logBytes: 10_000, timeoutMs: 60_000 }
  await expect(run('', { limits, program: eats })).rejects.toEqual(refusal('build.script-failed'))
  const forks = run('i=0; while [ $i -lt 100 ]; do sleep 5 & i=$((i+1)); done', { limits })
  await expect(forks).rejects.toThrow(/fork/i)
  await expect(run('while :; do echo line; done', { limits })).rejects.toThrow('printed over 10000')
})

test('a script that fails says how, and gives nothing', async () => {
  await expect(run('echo broken >&2; exit 3')).rejects.toThrow('ended with 3: broken')
  await expect(run('kill -9 $$')).rejects.toThrow('ended with 137')
})

test('an image whose /tmp is a link leads no mount elsewhere', async () => {
  const other = join(folder.path, 'other')
  mkdirSync(other)
  symlinkSync('/etc', join(other, 'tmp'))
  await expect(prepareRoot(other)).rejects.toEqual(refusal('build.image-invalid'))
})
