// A server as it is configured, and as it is asked: URL, key from a file, own certificates. Reads
// files.
import { EndorsementError } from '../error.ts'
import { readBounded } from '../cache/files.ts'
import { parseServerUrl } from './server-url.ts'

/** How to reach a server beside its URL. */
export type ServerAccess = {
  /** File with a key that goes into a header of every request to this server. */
  readonly keyFile?: string
  /** Name of that header; `Ocp-Apim-Subscription-Key` when absent. */
  readonly keyHeader?: string
  /** PEM file of certificates to trust instead of the system's. */
  readonly caFile?: string
}

/** A server, ready to be asked. */
export type Server = {
  /** Without a slash at its end. */
  readonly url: string
  readonly host: string
  /** Place in its list, from 0: lower is preferred. */
  readonly preference: number
  readonly headers: Readonly<Record<string, string>>
  readonly ca: string | undefined
}

const KEY_HEADER = 'Ocp-Apim-Subscription-Key'
const MAX_KEY_BYTES = 1_024
const MAX_CA_BYTES = 262_144

/** Checks the URL and reads the files. Throws EndorsementError `options.invalid`. */
export async function openServer(
  url: string,
  preference: number,
  { keyFile, keyHeader = KEY_HEADER, caFile }: ServerAccess,
): Promise<Server> {
  const base = parseServerUrl(url)
  if (!/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(keyHeader))
    throw invalid('expected the name of a header')
  const key = keyFile === undefined ? undefined : await readKey(keyFile)
  const ca = caFile === undefined ? undefined : await readBounded(caFile, MAX_CA_BYTES)
  if (caFile !== undefined && !ca?.includes('-----BEGIN CERTIFICATE-----'))
    throw invalid('certificate file: expected PEM')
  return {
    url: base,
    host: new URL(base).host,
    preference,
    headers: key === undefined ? {} : { [keyHeader]: key },
    ca,
  }
}

async function readKey(file: string): Promise<string> {
  const key = (await readBounded(file, MAX_KEY_BYTES))?.trim()
  if (key === undefined || !/^[\x21-\x7e]+$/.test(key))
    throw invalid(`key file: expected one word of at most ${MAX_KEY_BYTES} bytes`)
  return key
}

function invalid(message: string): EndorsementError {
  return new EndorsementError('options.invalid', message)
}
