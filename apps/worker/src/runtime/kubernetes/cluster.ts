// Where a cluster's API is and who asks it: a kubeconfig file, or the service account of a pod. Reads files.
import { readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { RuntimeError } from '../runtime-error.ts'

/** What a connection needs. Keys and tokens stay in memory. */
export type Cluster = {
  /** `https:` without a path's end slash. */
  readonly server: string
  readonly ca: string | undefined
  readonly serverName?: string
  readonly certificate?: { readonly cert: Buffer; readonly key: Buffer }
  /** Bearer token, read anew: it is changed under the worker. */
  readonly token?: () => string
}

const MAX_FILE_BYTES = 1_048_576
const MAX_ALIASES = 10
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount'
const TOKEN_AGE_MS = 60_000

const text = z.string().max(MAX_FILE_BYTES)
const named = <T extends z.ZodType>(field: string, value: T) =>
  z.array(z.looseObject({ name: text, [field]: value })).max(1_000)

const clusterSchema = z.looseObject({
  server: text,
  'certificate-authority': text.optional(),
  'certificate-authority-data': text.optional(),
  'tls-server-name': text.optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'proxy-url': text.optional(),
})
const userSchema = z.looseObject({
  'client-certificate': text.optional(),
  'client-certificate-data': text.optional(),
  'client-key': text.optional(),
  'client-key-data': text.optional(),
  token: text.optional(),
  tokenFile: text.optional(),
})
const fileSchema = z.looseObject({
  'current-context': text,
  contexts: named('context', z.looseObject({ cluster: text, user: text })),
  clusters: named('cluster', clusterSchema),
  users: named('user', userSchema),
})

/** Ways to sign in that run programs or keep a password. */
const REFUSED = ['exec', 'auth-provider', 'username', 'password', 'as', 'impersonate']

/** The cluster of a kubeconfig's current context. Throws RuntimeError `engine.unfit`, which never repeats the file. */
export function readKubeconfig(file: string): Cluster {
  const folder = dirname(file)
  const fail = (what: string): never => {
    throw new RuntimeError('engine.unfit', `${file}: ${what}`)
  }
  const parsed = fileSchema.safeParse(readYaml(file, fail))
  if (!parsed.success) return fail('not a kubeconfig with a current context')
  const config = parsed.data
  const find = (list: readonly Record<string, unknown>[], name: string, field: string): unknown =>
    list.find((entry) => entry['name'] === name)?.[field]
  const context = z
    .looseObject({ cluster: text, user: text })
    .safeParse(find(config.contexts, config['current-context'], 'context'))
  if (!context.success) return fail('its current context is not there')
  const cluster = clusterSchema.safeParse(find(config.clusters, context.data.cluster, 'cluster'))
  const user = userSchema.safeParse(find(config.users, context.data.user, 'user'))
  if (!cluster.success || !user.success) return fail('cluster or user of its context is not there')
  if (cluster.data['insecure-skip-tls-verify'] === true)
    return fail('insecure-skip-tls-verify is not taken: name the certificate authority')
  if (cluster.data['proxy-url'] !== undefined) return fail('proxy-url is not supported')
  for (const field of REFUSED)
    if (user.data[field] !== undefined)
      return fail(`user.${field} is not supported: use a service account's token or a certificate`)
  const material = (
    fields: Readonly<Record<string, unknown>>,
    name: string,
  ): Buffer | undefined => {
    const inline = fields[`${name}-data`]
    if (typeof inline === 'string') return Buffer.from(inline, 'base64')
    const path = fields[name]
    return typeof path === 'string' ? readSmall(absolute(folder, path), fail) : undefined
  }
  const cert = material(user.data, 'client-certificate')
  const key = material(user.data, 'client-key')
  const { token, tokenFile } = user.data
  return {
    server: checkServer(cluster.data.server, fail),
    ca: material(cluster.data, 'certificate-authority')?.toString('utf8'),
    ...(cluster.data['tls-server-name'] === undefined
      ? {}
      : { serverName: cluster.data['tls-server-name'] }),
    ...(cert === undefined || key === undefined ? {} : { certificate: { cert, key } }),
    ...(tokenFile !== undefined
      ? { token: tokenOf(absolute(folder, tokenFile)) }
      : token === undefined
        ? {}
        : { token: () => token }),
  }
}

/** The cluster that this process runs in as a pod. Throws RuntimeError `engine.missing` outside of one. */
export function readServiceAccount(
  environment: Readonly<Record<string, string | undefined>>,
  folder = ACCOUNT,
): Cluster {
  const host = environment['KUBERNETES_SERVICE_HOST']
  const port = environment['KUBERNETES_SERVICE_PORT']
  const fail = (what: string): never => {
    throw new RuntimeError('engine.missing', what)
  }
  if (host === undefined || port === undefined)
    return fail('not in a pod: set runtime.kubernetes.kubeconfigFile')
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`
  return {
    server: checkServer(server, fail),
    ca: readSmall(join(folder, 'ca.crt'), fail).toString('utf8'),
    token: tokenOf(join(folder, 'token')),
  }
}

function checkServer(server: string, fail: (what: string) => never): string {
  const url = URL.canParse(server) ? new URL(server) : fail('the server is no URL')
  if (url.protocol !== 'https:') fail('the server is not reached by https')
  if (url.username !== '' || url.search !== '' || url.hash !== '')
    fail('the server is no plain URL')
  return url.href.replace(/\/+$/, '')
}

function readYaml(file: string, fail: (what: string) => never): unknown {
  const source = readSmall(file, fail).toString('utf8')
  try {
    return parse(source, { maxAliasCount: MAX_ALIASES, prettyErrors: false, logLevel: 'error' })
  } catch {
    return fail('not YAML')
  }
}

function readSmall(file: string, fail: (what: string) => never): Buffer {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch {
    return fail(`${file} cannot be read`)
  }
  return bytes.length > MAX_FILE_BYTES ? fail(`${file} is too large`) : bytes
}

/** A token file is rotated by the kubelet; one that cannot be read now may be in a second, until then the last one counts. */
function tokenOf(file: string): () => string {
  let last: { readonly token: string; readonly atMs: number } | undefined
  return () => {
    if (last !== undefined && performance.now() - last.atMs < TOKEN_AGE_MS) return last.token
    try {
      last = { token: readFileSync(file, 'utf8').trim(), atMs: performance.now() }
    } catch {
      if (last === undefined) throw new RuntimeError('engine.unreachable', `${file} cannot be read`)
    }
    return last.token
  }
}

function absolute(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path)
}
