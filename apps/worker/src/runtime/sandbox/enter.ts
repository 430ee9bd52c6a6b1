// The order that enter.pl reads: who a container's program runs as, with which variables, and what it is. Pure.
import { join } from 'node:path'
import { RuntimeError } from '../runtime-error.ts'

/** Program that reads the order. */
export const ENTER_PROGRAM = join(import.meta.dirname, 'enter.pl')

/** What is left to do when the root is in place. */
export type EnterOrder = {
  readonly root: string
  readonly uid: number
  readonly gid: number
  /** Not root on the host: the user is made by a user namespace. */
  readonly mapped: boolean
  /** Most processes by resource limit, where no control group does it; 0 for none. Only counts with `mapped`. */
  readonly processes: number
  /** Descriptor 4 becomes the program's standard input, which is empty else. */
  readonly hasInput: boolean
  readonly workingDirectory: string
  /** Seccomp filter; empty for none. */
  readonly filter: Uint8Array
  readonly environment: Readonly<Record<string, string>>
  /** Not empty; the first word is looked up in the container's PATH. */
  readonly program: readonly string[]
}

/** Bytes for the standard input of enter.pl. Throws RuntimeError `container.invalid`. */
export function encodeEnter(order: EnterOrder): Uint8Array {
  const variables = Object.entries(order.environment).map(([name, value]) => `${name}=${value}`)
  const texts = [
    order.root,
    order.uid,
    order.gid,
    order.mapped ? 1 : 0,
    order.processes,
    order.hasInput ? 1 : 0,
    order.workingDirectory,
    Buffer.from(order.filter).toString('hex'),
    variables.length,
    ...variables,
    ...order.program,
  ].map(String)
  if (texts.some((text) => text.includes('\0')))
    throw new RuntimeError('container.invalid', 'a word of the command holds a NUL')
  if (order.program[0] === undefined || order.program[0] === '')
    throw new RuntimeError('container.invalid', 'neither the image nor the spec names a program')
  return Buffer.from(`${texts.join('\0')}\0`)
}
