// Whether what the worker has mounted for a service is memory. Reads the file system.
import { lstatSync, statfsSync } from 'node:fs'
import type { Log } from '../log.ts'
import { SecretError } from '../secrets/secret-error.ts'

/** `f_type` of tmpfs and ramfs (Linux, magic.h). */
const MEMORY_FILE_SYSTEMS = [0x0102_1994, 0x8584_58f6]

/**
 * Throws SecretError `<kind>.folder-missing` where `path` is no folder, `<kind>.not-memory` where it lies on a disk that the host
 * reads; a simulated TEE protects nothing from its host anyway, so there it is only said.
 */
export function checkMemoryFolder(
  path: string,
  kind: 'secrets' | 'service',
  { simulated, log }: { readonly simulated: boolean; readonly log: Log },
): void {
  let type: number
  try {
    if (!lstatSync(path).isDirectory()) throw new Error('no folder')
    type = statfsSync(path).type
  } catch (cause) {
    throw new SecretError(`${kind}.folder-missing`, `${path}: expected a folder`, { cause })
  }
  if (MEMORY_FILE_SYSTEMS.includes(type)) return
  const code = `${kind}.not-memory` as const
  if (!simulated) throw new SecretError(code, `${path}: expected a memory volume (tmpfs)`)
  log.warn({ code, path }, 'what belongs into memory lies on a disk of this simulated TEE')
}
