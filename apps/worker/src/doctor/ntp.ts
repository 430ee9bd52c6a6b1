// One question to a time server: SNTP version 4 (RFC 4330). Does UDP I/O.
import { createSocket } from 'node:dgram'

const PACKET_BYTES = 48
/** Leap indicator 0, version 4, mode 3 (client). */
const CLIENT = 0x23
const MODE_SERVER = 4
/** From 1900 to 1970, seconds. */
const EPOCH_SECONDS = 2_208_988_800
const TIMEOUT_MS = 4_000
const PORT = 123

/** How far the local clock is ahead of `server`, seconds. Throws Error when there is no answer, or none of a time server. */
export async function askTimeServer(server: string, nowMs: () => number): Promise<number> {
  const socket = createSocket(server.includes(':') ? 'udp6' : 'udp4')
  try {
    return await new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`${server}: no answer`)), TIMEOUT_MS).unref()
      socket.once('error', reject)
      const request = Buffer.alloc(PACKET_BYTES)
      request[0] = CLIENT
      const sentMs = nowMs()
      socket.on('message', (answer) => {
        const serverMs = parseTimeAnswer(answer)
        if (serverMs === undefined) reject(new Error(`${server}: not the answer of a time server`))
        else resolve(((sentMs + nowMs()) / 2 - serverMs) / 1_000)
      })
      socket.connect(PORT, server, () => socket.send(request))
    })
  } finally {
    socket.close()
  }
}

/** The server's time, milliseconds since 1970; `undefined` for anything but the answer of a synchronized server. */
export function parseTimeAnswer(answer: Uint8Array): number | undefined {
  if (answer.length !== PACKET_BYTES) return undefined
  const view = Buffer.from(answer)
  const [head = 0, stratum = 0] = view
  // Leap indicator 3: its clock is not set. Stratum 0: it refuses.
  if ((head & 7) !== MODE_SERVER || head >> 6 === 3 || stratum < 1 || stratum > 15) return undefined
  const seconds = view.readUInt32BE(40)
  if (seconds === 0) return undefined
  const fraction = view.readUInt32BE(44) / 2 ** 32
  // The counter starts anew in 2036.
  const since1900 = seconds < EPOCH_SECONDS ? seconds + 2 ** 32 : seconds
  return (since1900 - EPOCH_SECONDS + fraction) * 1_000
}
