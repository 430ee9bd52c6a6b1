// Logins at registries as `docker login` keeps them: in its config.json, or with a credential helper. Reads a file, starts a process.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Credentials } from '@wetee/image'
import type { Context } from './context.ts'
import { CliError } from './error.ts'

const MAX_BYTES = 1_048_576
const HELPER_MS = 20_000
/** Under which name Docker keeps the login of its own registry. */
const DOCKER_HUB = 'https://index.docker.io/v1/'

/**
 * The login for a registry (`host[:port]`), where there is one. Throws CliError `registry.login-unreadable` for a file or a helper that
 * is there and cannot be used.
 */
export function dockerLogin(
  { env, homeDir }: Pick<Context, 'env' | 'homeDir'>,
  registry: string,
): Credentials | undefined {
  const path = join(env['DOCKER_CONFIG'] ?? join(homeDir, '.docker'), 'config.json')
  const config = readConfig(path)
  const names = registry === 'docker.io' ? [DOCKER_HUB] : [registry, `https://${registry}`]
  for (const name of names) {
    const helper = textOf(config['credHelpers'], name)
    if (helper !== undefined) return askHelper(helper, name, env)
    const auth = textOf(objectOf(config['auths'])[name], 'auth')
    if (auth !== undefined && auth !== '') return decode(auth, path)
    const store = textOf(config, 'credsStore')
    if (store !== undefined && name in objectOf(config['auths'])) return askHelper(store, name, env)
  }
  return undefined
}

function readConfig(path: string): Readonly<Record<string, unknown>> {
  try {
    const text = readFileSync(path, 'utf8')
    if (text.length > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`)
    return objectOf(JSON.parse(text))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw unreadable(path, cause)
  }
}

function decode(auth: string, path: string): Credentials {
  const [, username, password] =
    /^([^:]+):(.+)$/s.exec(Buffer.from(auth, 'base64').toString('utf8')) ?? []
  if (username === undefined || password === undefined)
    throw unreadable(path, new Error('no login'))
  return { username, password }
}

/** The protocol of docker-credential-helpers: the name goes in, an object comes out. */
function askHelper(helper: string, name: string, env: Context['env']): Credentials | undefined {
  const program = `docker-credential-${helper}`
  if (!/^[\w.-]{1,64}$/.test(helper)) throw unreadable(program, new Error('no name of a program'))
  const { stdout, status, error } = spawnSync(program, ['get'], {
    ...{ input: name, encoding: 'utf8', timeout: HELPER_MS, maxBuffer: MAX_BYTES },
    env: { ...env },
  })
  if (error !== undefined) throw unreadable(program, error)
  // It says so on stdout and ends with 1.
  if (status !== 0 && stdout.includes('credentials not found')) return undefined
  try {
    const answer = objectOf(JSON.parse(stdout))
    const username = textOf(answer, 'Username')
    const password = textOf(answer, 'Secret')
    if (username !== undefined && password !== undefined) return { username, password }
  } catch {
    // What it said may be a secret: it is not repeated.
  }
  throw unreadable(program, new Error('no login in its answer'))
}

function unreadable(what: string, cause: unknown): CliError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new CliError(
    'registry.login-unreadable',
    `the login for the registry, ${what}: ${why}; try \`docker login\` again`,
    { cause },
  )
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Record<string, unknown>) : {}
}

function textOf(value: unknown, key: string): string | undefined {
  const text = objectOf(value)[key]
  return typeof text === 'string' ? text : undefined
}
