// Cuts what a process writes into lines. Pure.

/** Longest text of one line, UTF-16 units; a longer line comes in pieces. */
export const MAX_LINE_LENGTH = 16_384

/** Cuts a byte stream of UTF-8 into lines without their ends; what is no UTF-8 becomes U+FFFD. Keeps at most one piece. */
export class LineSplitter {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  #rest = ''

  /** The lines that this chunk ends, and full pieces of one that it does not. */
  push(chunk: Uint8Array): string[] {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n')
    const last = pieces(lines.pop() ?? '')
    this.#rest = last.pop() ?? ''
    const whole = lines.some(({ length }) => length > MAX_LINE_LENGTH)
      ? lines.flatMap(pieces)
      : lines
    return last.length === 0 ? whole : [...whole, ...last]
  }

  /** What there is of a line that has not ended, as a line. */
  flush(): string[] {
    const rest = this.#rest
    this.#rest = ''
    return rest === '' ? [] : [rest]
  }
}

function pieces(line: string): string[] {
  const list: string[] = []
  for (let at = 0; at === 0 || at < line.length; at += MAX_LINE_LENGTH)
    list.push(line.slice(at, at + MAX_LINE_LENGTH))
  return list
}
