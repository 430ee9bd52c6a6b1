// What a push webhook says: the branch, the commit and the repository, in the forms of GitHub, Gitea and GitLab. Pure.
import { BuildError } from '../error.ts'

/** A push to a branch or tag of one repository. */
export type PushEvent = {
  /** In full: `refs/heads/main`. */
  readonly ref: string
  /** Whole name of the commit that the ref is said to be at; undefined where the ref is gone. */
  readonly commit?: string
  /** Addresses of the repository, as it names itself. */
  readonly urls: readonly string[]
}

/** Larger payloads are refused unread. */
export const maxWebhookBytes = 2 ** 21

const maxTextBytes = 2048
/** Payloads of other events may look like a push: GitHub's of a pull request has `before` and `after` too. */
const otherEvents = ['pull_request', 'merge_request', 'object_attributes', 'issue', 'comment']
const urlKeys = ['clone_url', 'ssh_url', 'git_http_url', 'git_ssh_url']

/** Reads one. Throws BuildError `build.webhook-invalid`. */
export function parsePushEvent(body: Uint8Array): PushEvent {
  if (body.length > maxWebhookBytes) throw invalid(`larger than ${maxWebhookBytes} bytes`)
  const document = readObject(body)
  const other = otherEvents.find((key) => Object.hasOwn(document, key))
  if (other !== undefined) throw invalid(`no push: it has ${other}`)
  const kind = document['object_kind']
  if (kind !== undefined && kind !== 'push') throw invalid('no push to a branch')
  const ref = textOf(document, 'ref', /^refs\/(?:heads|tags)\/[^\s\u0000-\u001f\u007f]{1,255}$/)
  for (const name of ['before', 'after']) textOf(document, name, commitPattern)
  const after = textOf(document, 'after', commitPattern)
  const repository = document['repository']
  if (!isObject(repository)) throw invalid('without a repository')
  const urls = urlKeys
    .filter((key) => Object.hasOwn(repository, key))
    .map((key) => textOf(repository, key, /^\S+$/))
  if (urls.length === 0) throw invalid('without an address of its repository')
  return { ref, urls, ...(/^0+$/.test(after) ? {} : { commit: after }) }
}

const commitPattern = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

function readObject(body: Uint8Array): Readonly<Record<string, unknown>> {
  let document: unknown
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (cause) {
    throw new BuildError('build.webhook-invalid', 'the payload is no JSON', { cause })
  }
  if (!isObject(document)) throw invalid('no object')
  return document
}

function textOf(from: Readonly<Record<string, unknown>>, key: string, pattern: RegExp): string {
  const text = Object.hasOwn(from, key) ? from[key] : undefined
  if (typeof text === 'string' && text.length <= maxTextBytes && pattern.test(text)) return text
  throw invalid(`without a ${key} that can be used`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(what: string): BuildError {
  return new BuildError('build.webhook-invalid', `the payload is ${what}`)
}
