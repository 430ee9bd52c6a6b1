// A Compose file to begin with, where whoever serves this console has put one beside it. Network I/O.
import { fetchTransport } from '@wetee/sdk'

const maxBytes = 65_536

/** Its text; null where there is none. */
export async function readExample(signal: AbortSignal): Promise<string | null> {
  const url = new URL('example.yaml', document.baseURI)
  url.hash = ''
  const answer = await fetchTransport.get(url.href, { maxBytes, signal })
  return answer.status === 200 ? new TextDecoder().decode(answer.body) : null
}
