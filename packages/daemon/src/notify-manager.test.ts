// What systemd is told, by a socket in its place.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { notifyManager } from './notify-manager.ts'

/** Node has no datagrams over Unix sockets. Says that it listens, then what it has heard. */
const LISTENER = `use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0); bind($s, sockaddr_un($ARGV[0])) or die;
  $| = 1; print "listening\\n"; recv($s, my $said, 4096, 0); print $said`
const isThere = (program: string) => spawnSync(program, ['--version']).error === undefined

test('where nobody waits nothing is told', async () => {
  expect(await notifyManager({})).toBe(false)
})

test.skipIf(!isThere('systemd-notify') || !isThere('perl'))(
  'the unit is ready and this process its main one',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wetee-notify-'))
    const socket = join(folder, 's')
    const listener = spawn('perl', ['-e', LISTENER, socket], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let heard = ''
    listener.stdout.on('data', (chunk) => (heard += String(chunk)))
    try {
      await once(listener.stdout, 'data')
      // Nobody confirms here that it was read: only what was said counts.
      void notifyManager({ ...process.env, NOTIFY_SOCKET: socket })
      await once(listener, 'exit')
      expect(heard).toContain('READY=1')
      expect(heard).toContain(`MAINPID=${process.pid}`)
    } finally {
      listener.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
