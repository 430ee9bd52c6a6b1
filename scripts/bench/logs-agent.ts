// The agent's part of the way of logs, for the benchmark: makes pipes, reads, finds exceptions, seals, hands over to a worker's store. Forked
// with a folder; says when it is ready and, asked, what it has counted. Does file and socket I/O.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeReaderKeys, type ReaderKeys } from '@wetee/sealing'
import { chainRecords, decodeLines, openRecord, parseRecord } from '@wetee/sealed-log'
import { privateKeyToAccount } from 'viem/accounts'
import { launcherPath } from '../../apps/agent/launcher/build.ts'
import { createLog } from '../../apps/agent/src/log.ts'
import { readPipes } from '../../apps/agent/src/output/read-pipes.ts'
import { ServiceExceptions } from '../../apps/agent/src/output/service-exceptions.ts'
import { ServiceOutput } from '../../apps/agent/src/output/service-output.ts'
import { RecordSealer } from '../../apps/agent/src/owner/record-sealer.ts'
import { prepareService } from '../../apps/agent/src/services/service-folders.ts'
import { openWorkerClient } from '../../apps/agent/src/worker/worker-client.ts'
import { SealedStore } from '../../apps/worker/src/sealed/sealed-store.ts'

/** What has been counted on the way. */
export type LogsReport = {
  readonly lines: number
  readonly bytes: number
  readonly sealedLines: number
  readonly unbroken: boolean
  readonly rssMiB: number
}

const folder = process.argv[2]
if (folder === undefined || process.send === undefined) throw new Error('forked with a folder')
const silent = () => undefined
const ended = new AbortController()
const { keys, logKey } = await ownerKeys()
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
  const store = new SealedStore(join(folder ?? '', 'sealed.db'), Date.now)
  const { bytes, lines: read } = output.count('web')
  const records = []
  const digests = new Set<string>()
  let sealedLines = 0
  for (const { id } of store.list(1n, 'logs', 0)) {
    const record = await parseRecord(store.read(id) ?? new Uint8Array(0))
    // One whose answer was lost has been sent again.
    if (digests.has(record.digest)) continue
    digests.add(record.digest)
    sealedLines += decodeLines(await openRecord(record, keys)).length
    records.push({ header: record.header, digest: record.digest, bytes: new Uint8Array(0) })
  }
  store.close()
  const [chain] = chainRecords(records)
  const unbroken = chain?.gaps.length === 0 && chain.broken.length === 0
  const found: LogsReport = { lines: read, bytes, sealedLines, unbroken, rssMiB: peak }
  process.send?.(found)
}

async function ownerKeys(): Promise<{ keys: ReaderKeys; logKey: Uint8Array }> {
  const { bytes, ...keys } = await makeReaderKeys()
  return { keys, logKey: bytes }
}
