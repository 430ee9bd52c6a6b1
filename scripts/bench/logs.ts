// The way of log lines: one application at 20 MB/s through launcher, pipe, the agent's memory, sealed to its owner and kept by a worker; and
// what a writer is held to at most, beside `cat` through a pipe. Starts processes, writes to a temporary folder.
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chainRecords, decodeLines, openRecord, parseRecord } from '@wetee/sealed-log'
import { makeReaderKeys, type ReaderKeys } from '@wetee/sealing'
import { startRelay } from '@wetee/worker/relay'
import { SealedStore, sealedLimits } from '@wetee/worker/sealed-store'
import { root } from '../run.ts'
import { compare, type Measured } from './measure.ts'

/** What the agent has counted. */
type AgentReport = { readonly lines: number; readonly bytes: number; readonly rssMiB: number }
type LogsReport = AgentReport & { readonly sealedLines: number; readonly unbroken: boolean }

const LINE_BYTES = 100
const LINES = 2_000_000
/** Lines in a burst and bursts in a second: 20 MB/s. */
const BURST = 10_000
const BURSTS_PER_SECOND = 20
const MAX_RSS_MIB = 384
const line = 'x'.repeat(LINE_BYTES - 1)
const paced = `const l=(${JSON.stringify(line)}+"\\n").repeat(${BURST});let n=0;const t=performance.now();
const go=()=>{for(;n<${LINES / BURST}&&n<(performance.now()-t)*${BURSTS_PER_SECOND / 1_000};n++)require("fs").writeSync(1,l);
if(n<${LINES / BURST})setTimeout(go,5)};go()`
const flat = `yes ${line} | head -n ${LINES}`

/** Rows: loss and memory at 20 MB/s; and the fastest that lines are taken, which blocks the writer and loses none of its bytes. */
export async function benchLogs(): Promise<Measured[]> {
  const at20 = await run([process.execPath, '-e', paced])
  const full = await run(['sh', '-c', flat])
  const cat = await timed(spawn('sh', ['-c', `${flat} | cat | cat >/dev/null`]))
  const lost = LINES - at20.report.sealedLines + (at20.report.unbroken ? 0 : LINES)
  const seconds = LINES / (BURST * BURSTS_PER_SECOND)
  const whole = { name: `${LINES} lines written`, value: LINES }
  return [
    // Over 1 by as many as were lost.
    compare('logs.lost-at-20-MB/s', LINES + lost, 'lines', whole, 1),
    compare(
      'logs.duration-at-20-MB/s',
      at20.seconds,
      's',
      { name: `${LINE_BYTES}-byte lines at 20 MB/s`, value: seconds },
      1.1,
    ),
    compare(
      'logs.memory-at-20-MB/s',
      at20.report.rssMiB,
      'MiB',
      { name: 'the limit of an agent', value: MAX_RSS_MIB },
      1,
    ),
    compare(
      'logs.taken',
      full.seconds,
      's/200 MB',
      { name: 'yes | head | cat | cat, the same lines', value: cat },
      60,
    ),
  ]
}

async function run(command: readonly string[]): Promise<{ seconds: number; report: LogsReport }> {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-lb-'))
  const appBytes = { ...sealedLimits.appBytes, logs: 1 << 30 }
  const store = new SealedStore(join(folder, 'sealed.db'), Date.now, { ...sealedLimits, appBytes })
  const worker = await startRelay({
    socketPath: join(folder, 'worker.sock'),
    actions: {
      ...{ head: refuse, collateral: refuse, isListed: () => false },
      sealed: (kind, bytes) => store.put(1n, kind, bytes),
    },
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  })
  const { bytes: logKey, ...keys } = await makeReaderKeys()
  const program = join(root, 'apps/agent/src/testing/logs-bench-agent.ts')
  const agent = fork(program, [folder, Buffer.from(logKey).toString('hex')], {
    execArgv: ['--max-old-space-size=192'],
  })
  try {
    await once(agent, 'message')
    const launcher = join(folder, 'services/web/launch')
    const seconds = await timed(
      spawn(launcher, command, { stdio: ['ignore', 'ignore', 'inherit'] }),
    )
    agent.send(LINES)
    const [report] = (await once(agent, 'message')) as [AgentReport]
    if (report.bytes !== LINES * LINE_BYTES || report.lines !== LINES)
      throw new Error(`${report.lines} lines and ${report.bytes} bytes came of ${LINES} lines`)
    return { seconds, report: { ...report, ...(await readBack(store, keys)) } }
  } finally {
    agent.kill('SIGKILL')
    await worker.close()
    store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the owner finds in the worker's store. */
async function readBack(store: SealedStore, keys: ReaderKeys) {
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
  const [chain] = chainRecords(records)
  return { sealedLines, unbroken: chain?.gaps.length === 0 && chain.broken.length === 0 }
}

const ignore = () => undefined
const refuse = () => Promise.reject(new Error('not here'))

async function timed(child: ChildProcess): Promise<number> {
  const startedAt = performance.now()
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`the writer ended with ${code}`)
  return (performance.now() - startedAt) / 1_000
}
