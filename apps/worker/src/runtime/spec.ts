// What every driver checks of a spec and fills in before it acts. Pure.
import { ImageError } from '@wetee/image'
import type { ContainerSpec, PodSpec } from './runtime.ts'
import { RuntimeError } from './runtime-error.ts'

/** Longest text of one log line, UTF-16 units; a longer line comes in pieces. */
export const MAX_LINE_LENGTH = 16_384

const POD_ID = /^[a-z0-9][a-z0-9-]{0,62}$/
const CONTAINER_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/
const HOST_NAME = /^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/
const VARIABLE = /^[^=\0]+$/
const MEMORY_NAME = /^[a-z0-9][a-z0-9_-]{0,79}$/
const MAX_MEMORY_VOLUMES = 32
const MAX_MOUNTS = 256
const NOBODY = '65534:65534'

/** Whether a pod with the labels `found` is one that `list` was asked for. */
export function isListed(
  found: Readonly<Record<string, string>>,
  asked: Readonly<Record<string, string>>,
): boolean {
  if (found['wetee.worker'] === undefined) return false
  return Object.entries(asked).every(([name, value]) => found[name] === value)
}

/** Throws RuntimeError `pod.invalid`. */
export function checkPod(spec: PodSpec): void {
  checkWholePod(spec)
  for (const field of ['disks', 'containers', 'initdata'] as const)
    if (spec[field] !== undefined)
      throw invalidPod(`${spec.id}: this engine takes no ${field} with a pod`)
}

/** What holds for a pod of any engine. Throws RuntimeError `pod.invalid`. */
export function checkWholePod({ id, labels, hostNames, memory = [] }: PodSpec): void {
  if (!POD_ID.test(id)) throw invalidPod(`expected a pod id of [a-z0-9-]{1,63}, got ${quote(id)}`)
  for (const name of hostNames)
    if (!HOST_NAME.test(name)) throw invalidPod(`${id}: ${quote(name)} is no host name`)
  for (const [name, value] of Object.entries(labels))
    if (name === '' || /[=\0]/.test(name) || value.includes('\0'))
      throw invalidPod(`${id}: ${quote(name)} is no label`)
  if (memory.length > MAX_MEMORY_VOLUMES)
    throw invalidPod(`${id}: more than ${MAX_MEMORY_VOLUMES} memory volumes`)
  for (const [index, { name, sizeBytes }] of memory.entries()) {
    if (!MEMORY_NAME.test(name) || memory.findIndex((other) => other.name === name) !== index)
      throw invalidPod(`${id}: ${quote(name)} is no name for a memory volume, or given twice`)
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1)
      throw invalidPod(`${id}: ${name} has ${sizeBytes} bytes, not a whole number`)
  }
}

/** Throws RuntimeError `container.invalid`. */
export function checkContainer(spec: ContainerSpec): void {
  const { name, environment, tmpfs, mounts, limits, workingDirectory } = spec
  const fail = (text: string): never => {
    throw new RuntimeError('container.invalid', `${quote(name)}: ${text}`)
  }
  if (!CONTAINER_NAME.test(name)) fail('expected a name of [a-z0-9_-]{1,63}')
  for (const [key, value] of Object.entries(environment))
    if (!VARIABLE.test(key) || value.includes('\0')) fail(`${quote(key)} is no variable`)
  const targets = [...tmpfs, ...mounts].map(({ target }) => target)
  if (targets.length > MAX_MOUNTS) fail(`more than ${MAX_MOUNTS} mounts`)
  for (const [index, target] of targets.entries()) {
    if (!isPlainPath(target) || target === '/') fail(`${quote(target)} is no place for a mount`)
    if (targets.indexOf(target) !== index) fail(`${target} is mounted twice`)
  }
  for (const mount of mounts)
    if ('source' in mount && !isPlainPath(mount.source))
      fail(`${quote(mount.source)}: not absolute`)
    else if ('memory' in mount && mount.target.includes(':'))
      fail(`${quote(mount.target)}: a colon is no place for memory`)
  if (workingDirectory !== undefined && !workingDirectory.startsWith('/'))
    fail('the working directory is not absolute')
  const { cpuMilli, memoryBytes, pids } = limits
  const sizes = tmpfs.map(({ sizeBytes }) => sizeBytes)
  for (const value of [cpuMilli, memoryBytes, pids, ...sizes])
    if (!Number.isSafeInteger(value) || value < 1) fail(`a limit is ${value}, not a whole number`)
}

/** Throws RuntimeError `container.invalid` where a container mounts a memory volume that its pod does not have. */
export function checkMemory(
  pod: { readonly id: string; readonly memory: readonly string[] },
  { name, mounts }: Pick<ContainerSpec, 'name' | 'mounts'>,
): void {
  for (const mount of mounts)
    if ('memory' in mount && !pod.memory.includes(mount.memory))
      throw new RuntimeError(
        'container.invalid',
        `${quote(name)}: pod ${pod.id} has no memory volume ${quote(mount.memory)}`,
      )
}

/** Who a container runs as: never root, whoever asks for it. Names are looked up in the image by the driver. */
export function userOf(asked: string | undefined, ofImage: string): string {
  const user = asked ?? ofImage
  const [name = '', group] = user.split(':')
  if (name === '' || name === 'root' || /^0+$/.test(name)) return NOBODY
  if (group === undefined && /^[0-9]+$/.test(name)) return `${name}:${name}`
  return user
}

/** What is wrong with an image, in this package's words. */
export function imageError(error: unknown): unknown {
  if (!(error instanceof ImageError)) return error
  const mismatch = /^blob\./.test(error.code)
  return new RuntimeError(
    mismatch ? 'image.digest-mismatch' : 'image.invalid',
    `the image cannot be run (${error.code}): ${error.message}`,
    { cause: error },
  )
}

function isPlainPath(path: string): boolean {
  if (!path.startsWith('/') || path.includes('\0')) return false
  return !path.split('/').some((part) => part === '.' || part === '..')
}

function invalidPod(message: string): RuntimeError {
  return new RuntimeError('pod.invalid', message)
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}
