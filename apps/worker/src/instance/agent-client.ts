// The worker's calls to the agent of one instance, over the agent's own socket. Does socket I/O.
import { callToWire, type BridgeCall } from '@wetee/chain'
import { requestSocket } from '@wetee/tee-device'
import { z } from 'zod'
import type { Hex } from '../chain/records.ts'
import type { FailureNotice } from '../reconcile/failures.ts'
import type { VolumeSecret } from '../volumes/volumes.ts'
import { codeOf } from '../worker-error.ts'
import type { GuestSockets } from './socket-folder.ts'

const stateSchema = z.object({
  state: z.enum(['measuring', 'verified', 'attested', 'lapsed', 'failed']),
  code: z.string().max(100).optional(),
  instanceKey: z.string().max(42).optional(),
  /** Of clients, open. */
  connections: z.int().min(0).optional(),
  /** They are sent elsewhere; there is no way back. */
  draining: z.boolean().optional(),
  leaseNotAfter: z.string().max(20).optional(),
})
const keySchema = z.object({
  key: z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)]),
  networkKey: z.string().regex(/^0x0[23][0-9a-f]{64}$/),
})

function volumeSecret(answer: unknown): VolumeSecret {
  const { key, networkKey } = keySchema.parse(answer)
  return { key: Buffer.from(key.slice(2), 'hex'), networkKey }
}
const readySchema = z.object({
  signature: z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{130}$/)]),
})

const callResultSchema = z.object({
  callId: z
    .string()
    .regex(/^(0|[1-9][0-9]{0,19})$/)
    .transform(BigInt),
  status: z.int().min(100).max(999),
  /** At most 16 KiB. */
  payload: z.templateLiteral(['0x', z.string().regex(/^(?:[0-9a-f]{2}){0,16384}$/)]),
  signature: z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{130}$/)]),
  /** Base64. */
  body: z.string().max(1_500_000).optional(),
})

/** What an agent has signed about the answer to a call. */
export type CallResult = z.infer<typeof callResultSchema>

/** What an agent says of itself. */
export type AgentReport = z.infer<typeof stateSchema>

/** Calls of `agent.sock`; all throw TeeError when it does not answer, and ZodError when it answers something else. */
export type AgentClient = {
  state(): Promise<AgentReport>
  ready(): Promise<Hex>
  drain(): Promise<void>
  renew(): Promise<void>
  /** 32 bytes that this host sees: of a volume that the manifest names, the same for all versions of the application. */
  volumeKey(name: string): Promise<VolumeSecret>
  /** The same under the network's older key; undefined where there is none that lives. */
  olderVolumeKey(name: string): Promise<VolumeSecret | undefined>
  /** Tells it what has failed, so that it keeps what there is to know. */
  failure(notice: FailureNotice): Promise<void>
  /** Has a call of a contract carried out; asked again it gives the same answer. */
  call(asked: { call: BridgeCall; definition: string; args: Hex }): Promise<CallResult>
  /** Mode `platform`: evidence of the machine, as JSON. */
  evidence(): Promise<unknown>
}

/** The agent asks the dsecret nodes when it has not got it yet. */
const KEY_TIMEOUT_MS = 30_000
const MAX_EVIDENCE_BYTES = 262_144
/** The agent asks the dsecret nodes, then the application. */
const CALL_TIMEOUT_MS = 90_000
/** An answer of 1 MiB in base64. */
const MAX_RESULT_BYTES = 1_600_000

/** A client for the agent whose sockets lie in `folder`; connects anew for every call. */
export function openAgentClient(folder: GuestSockets, signal: AbortSignal): AgentClient {
  const call = (
    method: 'GET' | 'POST',
    path: string,
    timeoutMs: number,
    body: object = {},
    maxBytes = MAX_EVIDENCE_BYTES,
  ) =>
    folder.reach('agent.sock', (socketPath) =>
      requestSocket({
        socketPath,
        method,
        path,
        ...(method === 'POST' ? { body } : {}),
        maxBytes,
        timeoutMs,
        signal,
      }),
    )
  return {
    state: async () => stateSchema.parse(await call('GET', '/v1/state', 2_000)),
    ready: async () => readySchema.parse(await call('POST', '/v1/ready', 5_000)).signature,
    drain: async () => void (await call('POST', '/v1/drain', 5_000)),
    renew: async () => void (await call('POST', '/v1/renew', 5_000)),
    volumeKey: async (name) =>
      volumeSecret(await call('POST', '/v1/volume-key', KEY_TIMEOUT_MS, { name })),
    olderVolumeKey: async (name) => {
      try {
        const asked = { name, older: true }
        return volumeSecret(await call('POST', '/v1/volume-key', KEY_TIMEOUT_MS, asked))
      } catch (error) {
        if (codeOf(error) === 'key.no-older') return undefined
        throw error
      }
    },
    failure: async (notice) => void (await call('POST', '/v1/failure', 1_000, notice)),
    call: async ({ call: asked, ...texts }) => {
      const body = { call: callToWire(asked), ...texts }
      return callResultSchema.parse(
        await call('POST', '/v1/call', CALL_TIMEOUT_MS, body, MAX_RESULT_BYTES),
      )
    },
    evidence: () => call('GET', '/v1/evidence', 30_000),
  }
}
