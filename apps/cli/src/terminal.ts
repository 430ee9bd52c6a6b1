// Asks a person: a visible answer, or a hidden one. Terminal I/O.
import { createInterface } from 'node:readline/promises'
import type { ReadStream, WriteStream } from 'node:tty'
import { CliError } from './error.ts'

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
