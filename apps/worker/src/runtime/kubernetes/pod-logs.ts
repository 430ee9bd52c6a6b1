// Lines that a container of a Pod has written. Does network I/O.
import type { LogLine } from '../runtime.ts'
import { MAX_LINE_LENGTH } from '../spec.ts'
import type { ApiClient } from './api-client.ts'
import { asRuntimeError, statusOf } from './api-error.ts'
import { collectionPath, type ApiObject } from './api-object.ts'
import { containerName } from './names.ts'

const MAX_LINE_BYTES = 4 << 20

/** The last `tail` lines and, while `follow`, new ones. Kubernetes does not say which stream they were written to. */
export async function* podLogs(
  client: ApiClient,
  { metadata }: ApiObject,
  container: string,
  { tail, follow, signal }: { tail: number; follow: boolean; signal?: AbortSignal },
): AsyncGenerator<LogLine> {
  const path = `${collectionPath('Pod', metadata.namespace)}/${metadata.name}/log`
  const query = {
    container: containerName(container),
    timestamps: 'true',
    tailLines: String(tail),
    ...(follow ? { follow: 'true' } : {}),
  }
  try {
    for await (const line of client.lines(
      path,
      { query, ...(signal ? { signal } : {}) },
      MAX_LINE_BYTES,
    ))
      yield* parseLine(line.toString('utf8'))
  } catch (error) {
    const status = statusOf(error)
    // 400: it has not been started yet.
    if (signal?.aborted === true || status === 404 || status === 400) return
    throw asRuntimeError('read logs', error)
  }
}

/** A line with its time in front; a long one in pieces. */
function* parseLine(line: string): Generator<LogLine> {
  const end = line.indexOf(' ')
  const atMs = Date.parse(line.slice(0, end === -1 ? undefined : end))
  const known = !Number.isNaN(atMs)
  const text = known ? (end === -1 ? '' : line.slice(end + 1)) : line
  for (let from = 0; from === 0 || from < text.length; from += MAX_LINE_LENGTH)
    yield {
      atMs: known ? atMs : 0,
      stream: 'stdout',
      text: text.slice(from, from + MAX_LINE_LENGTH),
    }
}
