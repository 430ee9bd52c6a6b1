// Asks sources for a price, all at once, each with bounds of its own. Network I/O.
import { parsePrice, valueAt } from './price.mjs'

const MAX_SOURCES = 16
const MAX_BYTES = 65_536

/**
 * Reads what SOURCES says: a JSON list of { url, pointer }, where `{symbol}` is replaced in both. Throws for anything else.
 */
export function parseSources(text) {
  const list = JSON.parse(text)
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_SOURCES)
    throw new Error(`SOURCES: expected a list of 1 to ${MAX_SOURCES}`)
  return list.map(({ url, pointer }, index) => {
    if (typeof url !== 'string' || !/^https?:$/.test(new URL(url).protocol))
      throw new Error(`SOURCES: ${index} has no http or https address`)
    if (typeof pointer !== 'string' || !/^(\/[^/]*)*$/.test(pointer))
      throw new Error(`SOURCES: ${index} has no JSON pointer`)
    return { url, pointer }
  })
}

/** The prices that came in time; a source that fails is left out. */
export async function askAll(sources, symbol, timeoutMs) {
  const asked = await Promise.all(sources.map((source) => ask(source, symbol, timeoutMs)))
  return asked.filter((price) => price !== undefined)
}

async function ask({ url, pointer }, symbol, timeoutMs) {
  try {
    const answer = await fetch(url.replaceAll('{symbol}', encodeURIComponent(symbol)), {
      redirect: 'error',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (answer.status !== 200) return undefined
    const document = JSON.parse(await readText(answer))
    return parsePrice(valueAt(document, pointer.replaceAll('{symbol}', symbol)))
  } catch {
    return undefined
  }
}

/** Throws above 64 KiB, whatever the answer says of its length. */
async function readText(answer) {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let size = 0
  for await (const chunk of answer.body) {
    size += chunk.length
    if (size > MAX_BYTES) throw new Error('too long')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
