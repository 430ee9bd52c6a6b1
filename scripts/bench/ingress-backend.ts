// What stands behind the ingress and behind nginx in the benchmark: forked with a socket's path and the length of the hello that every
// connection begins with. `D` sends a stream of bytes, `E` echoes. Serves a Unix socket.
import { createServer, type Socket } from 'node:net'

const [socketPath, helloBytes, streamBytes] = process.argv.slice(2)
const block = Buffer.alloc(65_536, 1)

createServer((socket) => {
  socket.on('error', () => undefined)
  let skip = Number(helloBytes)
  let echoes = false
  socket.on('data', (chunk: Buffer) => {
    if (echoes) {
      socket.write(chunk)
      return
    }
    const rest = chunk.subarray(Math.min(skip, chunk.length))
    skip -= chunk.length - rest.length
    if (rest.length === 0) return
    echoes = rest[0] === 69
    if (echoes) socket.write(rest)
    else send(socket, Number(streamBytes))
  })
}).listen(socketPath, () => process.send?.('listening'))

function send(socket: Socket, left: number): void {
  while (left > 0) {
    left -= block.length
    if (!socket.write(block)) {
      socket.once('drain', () => send(socket, left))
      return
    }
  }
  socket.end()
}
