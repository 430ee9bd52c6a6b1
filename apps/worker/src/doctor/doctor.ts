// Everything that a worker depends on, in the order in which one would look. Reads files, network I/O, may start a container.
import type { WorkerConfig } from '../config.ts'
import { chainRows } from './chain.ts'
import { agentRows, engineRows, runningWorker, volumeRows } from './engine.ts'
import { clockRow, diskRows, portRows } from './host.ts'
import { kernelRows } from './kernel.ts'
import { askTimeServer } from './ntp.ts'
import { attempt, error, ok, warning, type Row } from './row.ts'
import { teeRows } from './tee.ts'

/** Rows under one heading. */
export type Section = { readonly title: string; readonly rows: readonly Row[] }

/** What the doctor is asked. */
export type DoctorOptions = {
  readonly config: WorkerConfig
  /** Name or address of a time server to ask; none by itself. */
  readonly ntp?: string
  readonly signal: AbortSignal
  /** Wall clock, milliseconds. */
  readonly nowMs: () => number
}

/** Looks at everything; what cannot be looked at is a row, so that it never throws. */
export async function examine(options: DoctorOptions): Promise<readonly Section[]> {
  const { config, signal, nowMs, ntp } = options
  const running = await runningWorker(config)
  let registered: string | undefined
  const chain = attempt('network.profile', async () => {
    const { rows, identity } = await chainRows(config, { signal, nowMs: nowMs() })
    registered = identity === undefined ? undefined : String(identity.workerId)
    return rows
  })
  const time =
    ntp === undefined
      ? []
      : attempt('clock.unknown', async () => [clockRow(await askTimeServer(ntp, nowMs), ntp)])
  const network = await chain
  const foreign =
    running !== undefined && registered !== undefined && running.workerId !== registered
  const own = foreign ? undefined : running
  return [
    { title: 'Network', rows: [...network, ...(await time)] },
    {
      title: 'Engine',
      rows: [
        ...(await attempt('engine.unfit', () => engineRows(config, own))),
        ...(await attempt('agent.image', () => agentRows(config))),
        ...volumeRows(),
      ],
    },
    { title: 'TEE', rows: await attempt('tee.unreachable', () => teeRows(config.platform)) },
    {
      title: 'Machine',
      rows: [
        ...(await attempt('kernel.unreadable', () => kernelRows())),
        ...(await attempt('host.disk', () => diskRows(config.stateDir))),
        ...(await attempt('port.api', () => portRows(config, own !== undefined))),
      ],
    },
    { title: 'Worker', rows: workerRows(running, foreign, config) },
  ]
}

function workerRows(
  running: Awaited<ReturnType<typeof runningWorker>>,
  foreign: boolean,
  { api }: WorkerConfig,
): Row[] {
  if (running === undefined)
    return [
      warning(
        'worker.stopped',
        'the worker is not running; applications that run go on, and are not renewed',
        'systemctl start wetee-worker',
      ),
    ]
  if (foreign)
    return [
      error(
        'worker.foreign',
        `at ${api.host}:${api.port} another worker answers: number ${running.workerId}`,
        'choose another api.port',
      ),
    ]
  const { workerId, conditions } = running
  return [ok('worker.running', `worker ${workerId} is running`), ...conditions]
}
