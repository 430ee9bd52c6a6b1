// Whether containers can be run here, and the agent image. Starts a container where no worker runs that has done so already.
import { join } from 'node:path'
import { verifyLayout } from '@wetee/image'
import { z } from 'zod'
import type { WorkerConfig } from '../config.ts'
import { engineUnreachable } from '../observe/watch.ts'
import { openRuntime } from '../runtime/index.ts'
import { findVolumeTools } from '../volumes/volume-tools.ts'
import { codeOf, messageOf } from '../worker-error.ts'
import { error, ok, rowOf, warning, type Row } from './row.ts'

/** What the API of a running worker says of its engine and of itself. */
export type RunningWorker = {
  readonly workerId: string
  readonly runtime: string
  readonly warnings: readonly string[]
  readonly conditions: readonly Row[]
}

const workerSchema = z.object({
  workerId: z.string().max(20),
  runtime: z.string().max(32),
  capabilities: z.object({ warnings: z.array(z.string().max(1_000)).max(32) }),
})
const healthSchema = z.object({
  conditions: z
    .array(
      z.object({
        code: z.string().max(100),
        severity: z.enum(['info', 'warning', 'error']),
        text: z.string().max(2_000),
        remedy: z.string().max(1_000),
      }),
    )
    .max(256),
})
const API_TIMEOUT_MS = 5_000
const ENGINE_TIMEOUT_MS = 60_000
const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined }

/** The worker that answers at the API of this configuration; `undefined` where none does. */
export async function runningWorker({
  api: { host, port },
}: Pick<WorkerConfig, 'api'>): Promise<RunningWorker | undefined> {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const read = async <T>(path: string, schema: z.ZodType<T>) => {
    const answer = await fetch(url + path, { signal: AbortSignal.timeout(API_TIMEOUT_MS) })
    return schema.parse(await answer.json())
  }
  try {
    const { workerId, runtime, capabilities } = await read('/v1/worker', workerSchema)
    const { conditions } = await read('/health', healthSchema)
    return {
      workerId,
      runtime,
      warnings: capabilities.warnings,
      conditions: conditions.map(rowOf),
    }
  } catch {
    return undefined
  }
}

/** What the engine enforces: as the running worker has found, else by a trial container now. */
export async function engineRows(
  { runtime: { kind, socketPath, allowSandbox }, stateDir }: WorkerConfig,
  running: RunningWorker | undefined,
): Promise<Row[]> {
  if (running !== undefined) return capabilityRows(running.runtime, running.warnings)
  const signal = AbortSignal.timeout(ENGINE_TIMEOUT_MS)
  try {
    const runtime = await openRuntime({
      kind,
      stateDir: join(stateDir, 'runtime'),
      ...(socketPath === undefined ? {} : { socketPath }),
      allowSandbox,
      log: { ...QUIET, error: () => undefined },
      signal,
    })
    try {
      const { warnings } = await runtime.probe({ signal })
      return capabilityRows(runtime.name, warnings)
    } finally {
      await runtime.close()
    }
  } catch (cause) {
    if (codeOf(cause) === 'engine.unreachable') return [rowOf(engineUnreachable(cause))]
    return [
      error(
        codeOf(cause),
        messageOf(cause),
        'apt-get install docker.io iptables; systemctl enable --now docker',
      ),
    ]
  }
}

function capabilityRows(name: string, warnings: readonly string[]): Row[] {
  return [
    ok('engine.runs', `${name} runs containers`),
    ...warnings.map((text) =>
      warning('engine.capability', text, 'see docs/reference/runtime.md, Which one'),
    ),
  ]
}

/** Whether volumes can be kept here; without them other applications run all the same. */
export function volumeRows(): Row[] {
  try {
    findVolumeTools()
    return [
      ok('volume.available', 'volumes can be kept: gocryptfs on ext4; this host sees their keys'),
    ]
  } catch (cause) {
    const remedy = 'apt-get install gocryptfs fuse3 e2fsprogs mount; run the worker as root'
    return [warning(codeOf(cause), messageOf(cause), remedy)]
  }
}

/** Whether the agent image is there, and every byte of it as its digest says. */
export async function agentRows({
  agentImage: { layout, digest },
}: Pick<WorkerConfig, 'agentImage'>): Promise<Row[]> {
  try {
    await verifyLayout(layout, digest)
    return [ok('agent.image', `the agent image is whole: ${digest}`)]
  } catch (cause) {
    return [
      error(
        'agent.image',
        `the agent image ${digest} in ${layout}: ${messageOf(cause)}`,
        'node apps/agent/build.ts makes it, or copy the layout of the release; agentImage.digest names it',
      ),
    ]
  }
}
