// The worker's HTTP API on loopback: health and status. Pure routes over a port; the server is elsewhere.
import { Hono, type Context } from 'hono'
import { cors } from 'hono/cors'
import { stream } from 'hono/streaming'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Hex } from '../chain/records.ts'
import type { Condition } from '@wetee/daemon'
import type { Log } from '../log.ts'
import { codeOf, messageOf, WorkerError } from '../worker-error.ts'
import { addMonitorRoutes, type MonitorSources } from './monitor-api.ts'
import { addRelayRoutes, type RelaySources } from './relay-api.ts'
import type { SealedEntry, SealedKind, SealedStore } from '../sealed/sealed-store.ts'
import type { SignIn } from './sign-in.ts'

/** An instance as the API shows it; the host's word, never proof. */
export type InstanceView = {
  readonly id: string
  readonly version: number
  readonly replica: number
  readonly state: string
  readonly code?: string
  /** It takes traffic: attested, answering, healthy. */
  readonly ready: boolean
  /** Why it is not well, where a healthcheck fails. */
  readonly unhealthy?: string
  readonly restarts: number
  readonly urls: readonly {
    readonly service: string
    readonly target: number
    readonly url: string
  }[]
  /** Where its agent answers its owner; TLS ends there. */
  readonly ownerUrl?: string
}

/** A version that shall run here, and how much of it has been pulled. */
export type VersionView = {
  readonly version: number
  readonly role: 'current' | 'pending'
  readonly replicas: number
  readonly images: { readonly pulled: number; readonly total: number }
}

/** What the API shows. */
export type ApiSources = {
  readonly worker: () => {
    readonly workerId: bigint
    readonly endpoint: string
    readonly runtime: string
    readonly capabilities: unknown
    readonly simulated: boolean
  }
  readonly conditions: () => readonly Condition[]
  /** Evidence behind one of the machine's last proofs, by its digest in hex without `0x`. */
  readonly evidence: (digest: string) => string | undefined
  /** An answer of which only the digest went on chain, by it in hex without `0x`. */
  readonly answer: (digest: string) => Uint8Array | undefined
  readonly metrics: () => Promise<{ contentType: string; text: string }>
  /** `undefined`: not an application of this worker. */
  readonly app: (appId: bigint) => Promise<
    | {
        readonly owner: Hex
        readonly versions: readonly VersionView[]
        readonly instances: readonly InstanceView[]
        readonly conditions: readonly Condition[]
      }
    | undefined
  >
  /** Evidence of the instance of a version, or that has the traffic of a replica, as its agent shows it now; `undefined`: there is none. */
  readonly appEvidence: (
    appId: bigint,
    replica: number,
    version: number | undefined,
  ) => Promise<string | undefined>
  readonly relay: RelaySources
  readonly monitor: MonitorSources
  /** Records that instances have sealed to their owners. */
  readonly sealed: Pick<SealedStore, 'list' | 'read'>
  readonly chainId: number
  readonly signIn: SignIn
  readonly log: Log
}

/** Routes of docs/reference/interfaces.md, section Worker. */
export function workerApi(sources: ApiSources): Hono {
  const app = new Hono()
  app.onError((error, c) => refuse(c, sources.log, error))
  app.notFound((c) =>
    c.json({ error: { code: 'request.unknown', message: 'there is nothing here' } }, 404),
  )
  // Pages from anywhere: what is not public asks for a signature in a header, which a page without it cannot send.
  app.use(
    '/v1/*',
    cors({
      origin: '*',
      allowMethods: ['GET', 'POST', 'PUT'],
      allowHeaders: ['authorization', 'content-type'],
      maxAge: 600,
    }),
  )
  addStatusRoutes(app, sources)
  addApplicationRoutes(app, sources)
  addRelayRoutes(app, sources.relay)
  addMonitorRoutes(app, sources.monitor, (header, owner) =>
    sources.signIn.verify(header, { ...audienceOf(sources), owner }),
  )
  addSessionRoutes(app, sources)
  return app
}

/** What a sign-in is for. */
const audienceOf = ({ worker, chainId }: ApiSources) => ({
  domain: new URL(worker().endpoint).host,
  chainId,
})

/** The worker itself, and what only the digest of is on chain. */
function addStatusRoutes(app: Hono, sources: ApiSources): void {
  app.get('/health', (c) => {
    const conditions = sources.conditions()
    const ok = !conditions.some(({ severity }) => severity === 'error')
    return c.json({ ok, conditions }, ok ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    const { contentType, text } = await sources.metrics()
    return c.body(text, 200, { 'content-type': contentType })
  })
  app.get('/v1/worker', (c) => {
    const { workerId, ...rest } = sources.worker()
    return c.json({ workerId: String(workerId), ...rest })
  })
  app.get('/v1/evidence/:digest', (c) => {
    const text = sources.evidence(c.req.param('digest'))
    if (text !== undefined) return c.body(text, 200, { 'content-type': 'application/json' })
    const message = 'no proof of the last ones has this evidence'
    return c.json({ error: { code: 'evidence.unknown', message } }, 404)
  })
  app.get('/v1/answers/:digest', (c) => {
    const body = sources.answer(c.req.param('digest'))
    if (body === undefined)
      return c.json({ error: { code: 'answer.unknown', message: 'it is not kept here' } }, 404)
    // Whatever an application has written: nothing that a browser shows.
    return c.body(new Uint8Array(body), 200, {
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
    })
  })
}

function addApplicationRoutes(app: Hono, sources: ApiSources): void {
  app.get('/v1/apps/:appId', async (c) => {
    const appId = parseAppId(c.req.param('appId'))
    const found = await sources.app(appId)
    if (found === undefined) throw unknownApp(appId)
    const { versions, instances, conditions } = found
    return c.json({ appId: String(appId), versions, instances, conditions })
  })
  app.get('/v1/apps/:appId/evidence', async (c) => {
    const appId = parseAppId(c.req.param('appId'))
    const { replica = '0', version, ...rest } = c.req.query()
    const isVersion = version === undefined || /^[1-9][0-9]{0,9}$/.test(version)
    if (!/^[0-9]{1,3}$/.test(replica) || !isVersion || Object.keys(rest).length > 0)
      throw new WorkerError('request.invalid', 'expected replica=number, version=number')
    const wanted = version === undefined ? undefined : Number(version)
    const text = await sources.appEvidence(appId, Number(replica), wanted)
    if (text === undefined)
      throw new WorkerError('evidence.pending', 'there is no evidence to be had now: ask again')
    c.header('cache-control', 'no-store')
    return c.body(text, 200, { 'content-type': 'application/json' })
  })
}

function addSessionRoutes(app: Hono, sources: ApiSources): void {
  const { signIn, sealed } = sources
  app.post('/v1/session', async (c) => {
    const session = await signIn.open(c.req.header('authorization'), audienceOf(sources))
    c.header('cache-control', 'no-store')
    return c.json(session)
  })
  // Whoever signs in: it is the key that opens it, not this worker.
  app.get('/v1/apps/:appId/sealed', async (c) => {
    const appId = parseAppId(c.req.param('appId'))
    await signIn.verify(c.req.header('authorization'), audienceOf(sources))
    const { kind, since } = parseSealedQuery(c.req.query())
    return sendSealed(c, sealed, sealed.list(appId, kind, since))
  })
}

/** Each record with its length before it, 4 bytes, big-endian; one in memory at a time. */
function sendSealed(
  c: Context,
  store: ApiSources['sealed'],
  entries: readonly SealedEntry[],
): Response {
  c.header('content-type', 'application/octet-stream')
  c.header('cache-control', 'no-store')
  return stream(c, async (out) => {
    for (const { id } of entries) {
      if (out.aborted) return
      const bytes = store.read(id)
      if (bytes === undefined) continue
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      await out.write(length)
      await out.write(bytes)
    }
  })
}

function parseSealedQuery(query: Record<string, string>): {
  kind: SealedKind | undefined
  since: number
} {
  const { kind, since = '0', ...rest } = query
  const known = kind === undefined || kind === 'logs' || kind === 'bundle'
  if (known && /^[0-9]{1,15}$/.test(since) && Object.keys(rest).length === 0)
    return { kind, since: Number(since) }
  throw new WorkerError('request.invalid', 'expected kind=logs or bundle, since=milliseconds')
}

function parseAppId(text: string): bigint {
  if (/^[1-9][0-9]{0,19}$/.test(text)) return BigInt(text)
  throw new WorkerError('request.invalid', `"${text.slice(0, 40)}" is no application id`)
}

function unknownApp(appId: bigint): WorkerError {
  return new WorkerError('instance.unknown', `application ${appId} is not on this worker`)
}

function refuse(c: Context, log: Log, error: unknown): Response {
  const code = codeOf(error)
  const status: ContentfulStatusCode =
    code === 'request.invalid'
      ? 400
      : code === 'auth.not-owner'
        ? 403
        : code.startsWith('auth.')
          ? error instanceof WorkerError && error.retryable
            ? 503
            : 401
          : code === 'instance.unknown'
            ? 404
            : code === 'request.too-many'
              ? 429
              : 503
  if (status === 503) log.warn({ code, error: messageOf(error) }, 'request failed')
  const message = error instanceof WorkerError ? error.message : 'not available now: try again'
  return c.json({ error: { code, message } }, status)
}
