// Files of a simulated kernel: trees at mount points, faults and delays at will. No I/O.
import { setImmediate as turn } from 'node:timers/promises'
import { systemError, type DeviceFiles } from '../files.ts'

/** What is mounted somewhere; paths are split at `/`, errors carry the system's codes. */
export type SimulatedTree = {
  list(path: readonly string[]): string[]
  mkdir(path: readonly string[]): void
  rmdir(path: readonly string[]): void
  read(path: readonly string[]): Uint8Array
  write(path: readonly string[], bytes: Uint8Array): void
}

/** One call, before it acts. */
export type SimulatedCall = {
  readonly operation: 'mkdir' | 'rmdir' | 'read' | 'write' | 'list'
  readonly path: string
}

/** How a simulated machine can be disturbed. */
export type SimulatedFiles = DeviceFiles & {
  /**
   * Called before every call that comes through `DeviceFiles`: what it throws the caller gets, what it awaits delays the
   * call, and what it does to the trees directly is another program.
   */
  intercept(hook: ((call: SimulatedCall) => void | Promise<void>) | undefined): void
}

/** Files with trees at absolute paths. Whatever lies elsewhere is not there (ENOENT). */
export function createSimulatedFiles(
  mounts: Readonly<Record<string, SimulatedTree>>,
): SimulatedFiles {
  let hook: ((call: SimulatedCall) => void | Promise<void>) | undefined
  const find = (path: string): [SimulatedTree, string[]] => {
    for (const [root, tree] of Object.entries(mounts)) {
      if (path === root) return [tree, []]
      if (path.startsWith(`${root}/`)) return [tree, path.slice(root.length + 1).split('/')]
    }
    throw systemError('ENOENT', path)
  }
  const call = async <T>(
    operation: SimulatedCall['operation'],
    path: string,
    act: (tree: SimulatedTree, parts: string[]) => T,
  ): Promise<T> => {
    // As with the thread pool of Node, other work gets its turn between two calls.
    await turn()
    await hook?.({ operation, path })
    const [tree, parts] = find(path)
    return act(tree, parts)
  }
  return {
    intercept: (other) => void (hook = other),
    mkdir: (path) => call('mkdir', path, (tree, parts) => tree.mkdir(parts)),
    rmdir: (path) => call('rmdir', path, (tree, parts) => tree.rmdir(parts)),
    readdir: (path, maxEntries) =>
      call('list', path, (tree, parts) => tree.list(parts).slice(0, maxEntries)),
    readFile: (path, maxBytes) =>
      call('read', path, (tree, parts) => {
        const bytes = tree.read(parts)
        if (bytes.length > maxBytes) throw systemError('EFBIG', path)
        return bytes.slice()
      }),
    writeFile: (path, bytes) => call('write', path, (tree, parts) => tree.write(parts, bytes)),
  }
}
