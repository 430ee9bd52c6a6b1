// Asks a person: a visible answer, or a hidden one; hands the terminal over to a command elsewhere. Terminal I/O.
import { on } from 'node:events'
import { createInterface } from 'node:readline/promises'
import type { ReadStream, WriteStream } from 'node:tty'
import type { TerminalSize } from '@wetee/sdk/node'
import { CliError } from './error.ts'

/** Standard input handed over to a command elsewhere. */
export type Attached = {
  readonly input: AsyncIterable<Uint8Array>
  /** Of the terminal, where it is one. */
  readonly terminal?: {
    readonly size: TerminalSize
    readonly sizes: AsyncIterable<TerminalSize>
  }
  /** Gives it back; it is not read any more. */
  close(): void
}

const maxSecretLength = 1024

/** One line of text. */
export async function ask(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  question: string,
  signal: AbortSignal,
): Promise<string> {
  const line = createInterface({ input, output })
  try {
    return await line.question(question, { signal })
  } catch {
    throw new CliError('aborted', 'stopped at the question')
  } finally {
    line.close()
  }
}

/** One line that is not shown while it is typed. Throws `aborted` at Ctrl-C. */
export function readSecret(
  input: ReadStream,
  output: WriteStream,
  question: string,
): Promise<string> {
  output.write(question)
  input.setRawMode(true)
  input.resume()
  let typed = ''
  return new Promise((resolve, reject) => {
    const finish = (act: () => void) => {
      input.setRawMode(false)
      input.pause()
      input.off('data', read)
      output.write('\n')
      act()
    }
    const read = (chunk: Buffer) => {
      for (const key of chunk.toString('utf8')) {
        if (key === '\r' || key === '\n') return finish(() => resolve(typed))
        if (key === '\u0003' || key === '\u0004')
          return finish(() => reject(new CliError('aborted', 'stopped at the password')))
        if (key === '\u007f' || key === '\b') typed = typed.slice(0, -1)
        else if (typed.length < maxSecretLength) typed += key
      }
    }
    input.on('data', read)
  })
}

/** Standard input as it comes; `asTerminal`: key by key, Ctrl-C too. Throws `usage` where that is no terminal. */
export function attach(input: ReadStream, output: WriteStream, asTerminal: boolean): Attached {
  const close = () => void input.destroy()
  if (!asTerminal) return { input, close }
  if (!input.isTTY || !output.isTTY)
    throw new CliError('usage', '--tty: standard input and output are no terminal')
  const ended = new AbortController()
  const size = () => ({ columns: output.columns, rows: output.rows })
  return {
    input: keysOf(input),
    terminal: { size: size(), sizes: sizesOf(output, size, ended.signal) },
    close: () => {
      ended.abort()
      input.setRawMode(false)
      close()
    },
  }
}

/** Until then Ctrl-C is this program's. */
async function* keysOf(input: ReadStream): AsyncGenerator<Uint8Array, void, undefined> {
  input.setRawMode(true)
  for await (const keys of input as AsyncIterable<Buffer>) yield keys
}

async function* sizesOf(
  output: WriteStream,
  size: () => TerminalSize,
  signal: AbortSignal,
): AsyncGenerator<TerminalSize, void, undefined> {
  try {
    for await (const _ of on(output, 'resize', { signal })) yield size()
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
