// The calls of the owner API, and the OpenAPI document made of them. Pure.
import * as z from 'zod'
import { execFrameSchema, execInputSchema, execSchema, terminalSizeSchema } from './exec-order.ts'
import { bundleEntrySchema, bundleSchema } from './failure-review.ts'
import { ownerErrorStatus } from './owner-error.ts'
import {
  challengeSchema,
  errorSchema,
  eventsQuerySchema,
  eventsSchema,
  exceptionsSchema,
  logLineSchema,
  logQuerySchema,
  metricsSchema,
  openSessionSchema,
  restoreFrameSchema,
  sessionSchema,
  snapshotOrderSchema,
  viewerSchema,
  viewersSchema,
  volumesSchema,
} from './schemas.ts'

/** A call as it is documented. */
export type OwnerRoute = {
  readonly method: 'get' | 'post' | 'delete'
  readonly path: string
  readonly summary: string
  /** Whoever asks; else only who is signed in. */
  readonly open?: true
  readonly query?: z.ZodObject
  readonly body?: z.ZodType
  /** Of status 200; absent: 204 without a body. */
  readonly answer?: z.ZodType
  /** Default application/json. */
  readonly type?: 'application/x-ndjson' | 'application/octet-stream'
}

const anyObject = z.looseObject({})

/** Every call there is. */
export const ownerRoutes: readonly OwnerRoute[] = [
  {
    method: 'get',
    path: '/.well-known/wetee/evidence',
    summary: 'Evidence of this instance, which names the TLS key of this connection',
    open: true,
    answer: anyObject,
  },
  {
    method: 'get',
    path: '/v1/openapi.json',
    summary: 'This document',
    open: true,
    answer: anyObject,
  },
  {
    method: 'get',
    path: '/v1/session',
    summary: 'What the owner has to sign (EIP-4361)',
    open: true,
    answer: challengeSchema,
  },
  {
    method: 'post',
    path: '/v1/session',
    summary: 'Sign in with the signed message',
    open: true,
    body: openSessionSchema,
    answer: sessionSchema,
  },
  { method: 'delete', path: '/v1/session', summary: 'Sign out' },
  {
    method: 'get',
    path: '/v1/logs',
    summary: 'Lines of the services, oldest first, one JSON object a line',
    query: logQuerySchema,
    answer: logLineSchema,
    type: 'application/x-ndjson',
  },
  {
    method: 'get',
    path: '/v1/events',
    summary: 'What has happened to this instance since its agent began, the newest 1,000',
    query: eventsQuerySchema,
    answer: eventsSchema,
  },
  {
    method: 'get',
    path: '/v1/metrics',
    summary: 'What the agent itself can see and count',
    answer: metricsSchema,
  },
  {
    method: 'get',
    path: '/v1/exceptions',
    summary: 'Exceptions in the logs, grouped, the one seen last first',
    answer: exceptionsSchema,
  },
  {
    method: 'get',
    path: '/v1/bundles',
    summary: 'Failure bundles that this agent has in memory, the newest first',
    answer: z.object({ bundles: z.array(bundleEntrySchema) }),
  },
  {
    method: 'get',
    path: '/v1/bundles/:id',
    summary: 'A failure bundle: last lines, events and state when something failed',
    answer: bundleSchema,
  },
  {
    method: 'get',
    path: '/v1/viewers',
    summary: 'Who may read beside the owner, at this instance',
    answer: viewersSchema,
  },
  {
    method: 'post',
    path: '/v1/viewers',
    summary: 'Let an account read logs, events, metrics, exceptions and bundles of this instance',
    body: viewerSchema,
  },
  { method: 'delete', path: '/v1/viewers/:account', summary: 'Take that back' },
  {
    method: 'post',
    path: '/v1/exec',
    summary:
      'Runs a command in a service where the manifest allows it: output as it comes, then how it ended',
    body: execSchema,
    answer: execFrameSchema,
    type: 'application/x-ndjson',
  },
  {
    method: 'post',
    path: '/v1/exec/:id/input',
    summary: 'Input of a command that runs; answered when it is on its way to the command',
    body: execInputSchema,
  },
  {
    method: 'post',
    path: '/v1/exec/:id/size',
    summary: 'Another size of the terminal of a command that runs',
    body: terminalSizeSchema,
  },
  {
    method: 'get',
    path: '/v1/volumes',
    summary: 'Volumes of this replica, and the service that snapshots are read through',
    answer: volumesSchema,
  },
  {
    method: 'post',
    path: '/v1/volumes/:name/snapshot',
    summary: 'What a volume holds, sealed to a key, where the manifest allows it',
    body: snapshotOrderSchema,
    answer: z.string().meta({ format: 'binary' }),
    type: 'application/octet-stream',
  },
  {
    method: 'post',
    path: '/v1/volumes/:name/restore',
    summary: 'Puts an archive in the place of what a volume holds, where the manifest allows it',
    answer: restoreFrameSchema,
    type: 'application/x-ndjson',
  },
]

/** OpenAPI 3.1 of all calls. */
export function openApiDocument(): unknown {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of ownerRoutes) {
    const path = route.path.replaceAll(/:([a-z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'WeTEE owner API',
      version: '1',
      description:
        'Answered by the agent of an instance, inside its TEE. Check its evidence and pin its TLS key before you sign in.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'From POST /v1/session' },
      },
      schemas: { Error: schemaOf(errorSchema, 'output') },
    },
  }
}

function operationOf({ summary, path, open, query, body, answer, type }: OwnerRoute): unknown {
  const parameters = [
    ...[...path.matchAll(/:([a-z]+)/g)].map(([, name]) => ({
      ...{ name, in: 'path', required: true, schema: { type: 'string' } },
    })),
    ...Object.entries<z.core.$ZodType>(query?.shape ?? {}).map(([name, field]) => {
      const { description, ...schema } = schemaOf(field, 'input')
      return { name, in: 'query', ...(description === undefined ? {} : { description }), schema }
    }),
  ]
  return {
    summary,
    security: open === true ? [] : [{ token: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: json(schemaOf(body, 'input')) } }),
    responses: {
      ...(answer === undefined
        ? { '204': { description: 'Done' } }
        : {
            '200': {
              description: summary,
              content: { [type ?? 'application/json']: { schema: schemaOf(answer, 'output') } },
            },
          }),
      default: {
        description: `Refused: ${Object.keys(ownerErrorStatus).join(', ')}`,
        content: json({ $ref: '#/components/schemas/Error' }),
      },
    },
  }
}

function json(schema: unknown) {
  return { 'application/json': { schema } }
}

function schemaOf(schema: z.core.$ZodType, io: 'input' | 'output'): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io })
  return rest
}
