// Bodies of HTTP answers, whole or line by line, never more than was asked for. Reads streams.
import type { Readable } from 'node:stream'

const NEWLINE = 0x0a

/** A whole body. Throws when it is larger than `maxBytes` or cut off. */
export async function readBody(stream: Readable, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) {
      stream.destroy()
      throw new Error(`an answer of more than ${maxBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Lines without their ends; what comes after the last end is dropped, and so is an error of the stream: both are its end. */
export async function* readLines(stream: Readable, maxLineBytes: number): AsyncGenerator<Buffer> {
  let rest: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of whileItLasts(stream)) {
      let from = 0
      for (;;) {
        const end = chunk.indexOf(NEWLINE, from)
        if (end === -1) break
        rest.push(chunk.subarray(from, end))
        yield Buffer.concat(rest)
        rest = []
        size = 0
        from = end + 1
      }
      const tail = chunk.subarray(from)
      size += tail.length
      if (size > maxLineBytes) throw new Error(`a line of more than ${maxLineBytes} bytes`)
      rest.push(tail)
    }
  } finally {
    stream.destroy()
  }
}

async function* whileItLasts(stream: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk
  } catch {
    // Cut off: the caller sees the end and asks again from where it was.
  }
}
