// The agent's part of the way of logs, for the benchmark: makes pipes, reads, finds exceptions, seals, hands over to a worker's store. Forked
// with a folder and a key; says when it is ready and, asked, what it has counted. Does file and socket I/O.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { privateKeyToAccount } from 'viem/accounts'
import { launcherPath } from '../../launcher/build.ts'
import { createLog } from '../log.ts'
import { readPipes } from '../output/read-pipes.ts'
import { ServiceExceptions } from '../output/service-exceptions.ts'
import { ServiceOutput } from '../output/service-output.ts'
import { RecordSealer } from '../owner/record-sealer.ts'
import { prepareService } from '../services/service-folders.ts'
import { openWorkerClient } from '../worker/worker-client.ts'

const [, , folder, logKeyHex] = process.argv
if (folder === undefined || logKeyHex === undefined || process.send === undefined)
  throw new Error('forked with a folder and a key for logs')
const silent = () => undefined
const ended = new AbortController()
const logKey = new Uint8Array(Buffer.from(logKeyHex, 'hex'))
const services = join(folder, 'services')
mkdirSync(join(services, 'web'), { recursive: true })
const log = createLog(silent, Date.now)
const options = { folder: services, launcher: launcherPath, simulated: true, log }
prepareService({ name: 'web', hasVariables: false }, options)
const output = new ServiceOutput(['web'], Date.now)
new ServiceExceptions(output, Date.now)
const socketPath = join(folder, 'worker.sock')
const account = privateKeyToAccount(`0x${'42'.repeat(32)}`)
const worker = openWorkerClient(socketPath)
const sealer = new RecordSealer({
  place: {
    ...{ chainId: '1', cloud: `0x${'0c'.repeat(20)}`, appId: '1', version: 1, replica: 0 },
    instanceKey: account.address.toLowerCase() as `0x${string}`,
  },
  logKey,
  sign: (hash) => account.sign({ hash }),
  send: (kind, bytes, signal) => worker.sealed(kind, bytes, signal),
  ...{ output, log, signal: ended.signal, monotonicMs: () => performance.now() },
})
const isBehind = () => sealer.isBehind
const pipes = readPipes(services, output, () => performance.now(), isBehind)
const sealing = sealer.run()
let rssMiB = 0
setInterval(() => (rssMiB = Math.max(rssMiB, process.memoryUsage.rss() / 2 ** 20)), 100)
process.on('message', (lines: number) => void report(lines))
process.send('ready')

/** Once so many lines are sealed and kept, or nothing more has come for five seconds. */
async function report(lines: number): Promise<void> {
  for (let at = -1; output.count('web').lines < lines && at !== output.position;) {
    at = output.position
    await sleep(5_000)
  }
  ended.abort()
  await sealing
  const peak = rssMiB
  pipes.close()
  const { bytes, lines: read } = output.count('web')
  process.send?.({ lines: read, bytes, rssMiB: peak })
}
