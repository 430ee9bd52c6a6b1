// What instances have sealed to their owner and their worker keeps: fetched, opened, and checked for what is missing. Network I/O.
import {
  chainRecords,
  decodeLines,
  MAX_RECORD_BYTES,
  openRecord,
  parseRecord,
  SealedLogError,
  type ParsedRecord,
} from '@wetee/sealed-log'
import { makeStoredReaderKeys, readReaderKeys, type ReaderKeys } from '@wetee/sealing'
import * as z from 'zod'
import { SdkError } from '../error.ts'
import type { Network } from '../network.ts'
import { workerEndpoint, workerSignIn } from '../owner-json.ts'
import { transportError } from '../transport.ts'
import { joinUrl } from '../worker-api.ts'
import { failureBundleSchema, type FailureBundle, type LogLine } from '../owner/calls.ts'

const keyFileSchema = z.strictObject({
  format: z.literal('wetee/log-key/v1'),
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
  privateKey: z.string().regex(/^[0-9a-f]{64}$/),
})

/** The keys of such a file; `logKey` is the public one, 64 digits. */
export type LogKeys = ReaderKeys & { readonly logKey: string }

/** A new key that logs and bundles can be sealed to: what to put into the manifest, and the text of a file to keep secret. */
export async function makeLogKey(): Promise<{ readonly logKey: string; readonly file: string }> {
  const { publicKey, privateKey } = await makeStoredReaderKeys()
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  const file = {
    format: 'wetee/log-key/v1',
    publicKey: hex(publicKey),
    privateKey: hex(privateKey),
  }
  privateKey.fill(0)
  return { logKey: file.publicKey, file: `${JSON.stringify(file, undefined, 2)}\n` }
}

/** Reads such a file. Throws SdkError `log-key.invalid`. */
export async function readLogKey(text: string): Promise<LogKeys> {
  try {
    const { publicKey, privateKey } = keyFileSchema.parse(JSON.parse(text))
    const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
    const stored = { publicKey: bytes(publicKey), privateKey: bytes(privateKey) }
    return { ...(await readReaderKeys(stored)), logKey: publicKey }
  } catch (cause) {
    throw new SdkError('log-key.invalid', 'expected the file that `wetee logs key` has made', {
      cause,
    })
  }
}

/** What does not fit in what a worker gave; one sentence. */
export type SealedProblem = { readonly instanceKey?: string; readonly text: string }

/** Which records to open, and with which keys. */
export type SealedOptions = {
  readonly keys: ReaderKeys
  readonly since?: Date
  /** Also what is signed by keys that never had a lease: of an instance that failed before, or made up by anybody. */
  readonly unproven?: boolean
  readonly onProblem?: (problem: SealedProblem) => void
  readonly signal?: AbortSignal
}

/**
 * Lines that the application has sealed and its worker has kept, by time. Only those count whose key has had a lease of the application
 * on chain: anybody can seal to the owner's key. What is missing, broken, unproven or not sealed to this key is told to `onProblem`. Throws `app.not-found`, `account.missing`, `worker.refused`, `worker.unreachable`, `worker.answer-invalid`.
 */
export async function sealedLogs(
  network: Network,
  appId: bigint,
  options: SealedOptions,
): Promise<LogLine[]> {
  const lines: LogLine[] = []
  // Bundles are part of the same chains: all of it shows what is missing.
  await eachOpened(network, appId, options, ({ header }, content) => {
    if (header.kind !== 'logs') return
    const { version, replica } = header
    for (const { atMs, ...line } of decodeLines(content))
      lines.push({ ...line, version, replica, time: new Date(atMs).toISOString() })
  })
  const sinceMs = options.since?.getTime() ?? 0
  return lines
    .filter(({ time }) => Date.parse(time) >= sinceMs)
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time))
}

/** Failure bundles that were sealed and kept, the newest first. Throws as `sealedLogs`. */
export async function sealedBundles(
  network: Network,
  appId: bigint,
  options: SealedOptions,
): Promise<FailureBundle[]> {
  const bundles: FailureBundle[] = []
  await eachOpened(network, appId, options, ({ header }, content) => {
    if (header.kind !== 'bundle') return
    const text = new TextDecoder().decode(content)
    bundles.push(failureBundleSchema.parse(JSON.parse(text)))
  })
  return bundles.sort((a, b) => Date.parse(b.time) - Date.parse(a.time))
}

async function eachOpened(
  network: Network,
  appId: bigint,
  { keys, signal, unproven = false, onProblem = () => undefined }: SealedOptions,
  take: (record: ParsedRecord, content: Uint8Array) => void,
): Promise<void> {
  const records: ParsedRecord[] = []
  for (const bytes of await fetchRecords(network, appId, signal)) {
    const record = await parseRecord(bytes).catch((error: unknown) => problemOf(error, onProblem))
    if (record !== undefined && isOf(network, appId, record)) records.push(record)
    else if (record !== undefined)
      onProblem({ text: 'a record of another application was left out' })
  }
  const proven = await leasedKeys(network, appId)
  for (const { instanceKey, records: own, missingBefore, gaps, broken } of chainRecords(records)) {
    const say = (text: string) => onProblem({ instanceKey, text })
    if (!proven.has(instanceKey)) {
      say(
        `its key never had a lease of this application: ${own.length} records ${unproven ? 'prove nothing' : 'were left out'}`,
      )
      if (!unproven) continue
    }
    if (missingBefore > 0) say(`${missingBefore} records before the first have been dropped`)
    for (const index of gaps) say(`records before number ${index} are missing: taken out`)
    for (const index of broken) say(`record ${index} does not follow the one before it`)
    for (const record of own)
      try {
        take(record, await openRecord(record, keys))
      } catch (error) {
        if (error instanceof SealedLogError || error instanceof z.ZodError || isSyntax(error))
          say(`record ${record.header.index} does not open: sealed to another key, or damaged`)
        else throw error
      }
  }
}

/** Keys that were attested for the application at any time, in lower case. */
export async function leasedKeys(
  { reader }: Pick<Network, 'reader'>,
  appId: bigint,
): Promise<ReadonlySet<string>> {
  const { number } = await reader.finalized()
  const renewed = await reader.events('cloud', 'LeaseRenewed', { appId }, number)
  return new Set(renewed.map(({ args }) => String(args['instanceKey']).toLowerCase()))
}

function isSyntax(error: unknown): boolean {
  return error instanceof SyntaxError
}

function problemOf(error: unknown, onProblem: (problem: SealedProblem) => void): undefined {
  if (!(error instanceof SealedLogError)) throw error
  onProblem({ text: `a record was left out: ${error.message}` })
}

function isOf({ profile }: Network, appId: bigint, { header }: ParsedRecord): boolean {
  const { chainId, contracts } = profile
  return (
    header.chainId === String(chainId) &&
    header.cloud === contracts.cloud.toLowerCase() &&
    header.appId === String(appId)
  )
}

/** Everything that the worker has, each record after its length. */
async function fetchRecords(
  network: Network,
  appId: bigint,
  signal: AbortSignal | undefined,
): Promise<Uint8Array[]> {
  const endpoint = await workerEndpoint(network, appId)
  const url = joinUrl(endpoint, `/v1/apps/${appId}/sealed`)
  const authorization = await workerSignIn(network, endpoint, appId)
  try {
    const answer = await fetch(url, {
      headers: { authorization },
      redirect: 'manual',
      ...(signal === undefined ? {} : { signal }),
    })
    if (answer.status !== 200 || answer.body === null) {
      await answer.body?.cancel()
      throw new SdkError('worker.refused', `${url}: status ${answer.status}`, {
        retryable: answer.status >= 500,
      })
    }
    return await splitRecords(url, answer.body)
  } catch (cause) {
    if (cause instanceof SdkError) throw cause
    const error = transportError(url, cause, signal)
    throw error.code === 'transport.failed'
      ? new SdkError('worker.unreachable', error.message, { retryable: true, cause })
      : error
  }
}

/** A worker keeps 80 MiB of one application. */
const MAX_TOTAL_BYTES = 134_217_728

async function splitRecords(url: string, body: ReadableStream<Uint8Array>): Promise<Uint8Array[]> {
  const invalid = (why: string) => new SdkError('worker.answer-invalid', `${url}: ${why}`)
  const records: Uint8Array[] = []
  let chunks: Uint8Array[] = []
  let held = 0
  let total = 0
  let wanted = 4
  let isLength = true
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    total += chunk.length
    if (total > MAX_TOTAL_BYTES) throw invalid(`more than ${MAX_TOTAL_BYTES} bytes`)
    chunks.push(chunk)
    held += chunk.length
    while (held >= wanted) {
      const all: Uint8Array = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
      const part = all.subarray(0, wanted)
      chunks = [all.subarray(wanted)]
      held -= wanted
      if (isLength) {
        wanted = new DataView(part.buffer, part.byteOffset, 4).getUint32(0)
        if (wanted < 1 || wanted > MAX_RECORD_BYTES) throw invalid(`a record of ${wanted} bytes`)
      } else {
        records.push(Uint8Array.from(part))
        wanted = 4
      }
      isLength = !isLength
    }
  }
  if (held > 0 || !isLength) throw invalid('cut off within a record')
  return records
}
