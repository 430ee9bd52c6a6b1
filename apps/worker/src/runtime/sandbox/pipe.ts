// Named pipes: a program may open its /dev/stdout anew, which a socket pair does not let it. Makes files, starts mkfifo.
import { spawnSync } from 'node:child_process'
import { constants, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'

/** The end that is read, and the descriptor of the other one. */
export type Pipe = { readonly socket: Socket; readonly write: number }

/** Makes a pipe at a path, in place of what is there. Throws Error when it cannot be made. */
export function makePipe(path: string, mkfifo: string): Pipe {
  rmSync(path, { force: true })
  const { status } = spawnSync(mkfifo, ['-m', '600', path], { stdio: 'ignore' })
  if (status !== 0) throw new Error(`${path} could not be made`)
  const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const write = openSync(path, constants.O_WRONLY)
  const socket = new Socket({ fd: read, readable: true, writable: false })
  socket.on('error', () => undefined)
  return { socket, write }
}
