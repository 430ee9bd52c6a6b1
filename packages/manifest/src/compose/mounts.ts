// `volumes` and `tmpfs` of a service: named volumes and memory only, never folders of the machine.
// Pure.
import {
  isContainerPath,
  limits,
  namePattern,
  reservedFolder,
  type Tmpfs,
  type VolumeMount,
} from '../document.ts'
import { amountOf, booleanOf, itemsOf, readKeys, textOf, unsupported } from './fields.ts'
import { printable } from './printable.ts'
import type { Notes, Place, Value } from './tree.ts'
import { parseBytes } from './units.ts'

/** A mount and where it was written. */
export type VolumeDraft = VolumeMount & { readonly at: Place }
/** A memory file system and where it was written. */
export type TmpfsDraft = Tmpfs & { readonly at: Place }

/** Size of a memory file system that names none. */
const defaultTmpfsBytes = 16 * 2 ** 20
const maxTmpfsBytes = 2 ** 40

/** `volumes`: `data:/var/lib/data[:ro|rw]` or the long form with type volume or tmpfs. */
export function readMounts(
  value: Value,
  notes: Notes,
): { readonly volumes: VolumeDraft[]; readonly tmpfs: TmpfsDraft[] } {
  const volumes: VolumeDraft[] = []
  const tmpfs: TmpfsDraft[] = []
  for (const item of itemsOf(value, notes, limits.volumes)) {
    const mount = item.kind === 'map' ? longForm(item, notes) : shortForm(item, notes)
    if (mount === undefined) continue
    if ('sizeBytes' in mount) tmpfs.push(mount)
    else volumes.push(mount)
  }
  return { volumes, tmpfs }
}

/** `tmpfs`: a folder or a list of them, with `:size=64m` where wanted. */
export function readTmpfs(value: Value, notes: Notes): TmpfsDraft[] {
  const items = value.kind === 'list' ? itemsOf(value, notes, limits.tmpfs) : [value]
  return items.flatMap((item) => {
    const text = textOf(item, notes, 'a folder')
    if (text === undefined) return []
    const [path = '', options, ...rest] = text.split(':')
    const size = /^size=(.*)$/.exec(options ?? '')?.[1]
    const sizeBytes = size === undefined ? defaultTmpfsBytes : parseBytes(size)
    const target = targetOf(path, item.at, notes)
    const wrong = rest.length > 0 || (options !== undefined && size === undefined)
    if (wrong || sizeBytes === undefined || sizeBytes < 1 || sizeBytes > maxTmpfsBytes) {
      const what = 'expected a folder such as /tmp, or /tmp:size=64m'
      notes.refuse(item.at, 'tmpfs.invalid', `${what}, got "${printable(text)}"`)
      return []
    }
    return target === undefined ? [] : [{ target, sizeBytes, at: item.at }]
  })
}

function shortForm(value: Value, notes: Notes): VolumeDraft | undefined {
  const text = textOf(value, notes, 'a volume such as data:/var/lib/data')
  if (text === undefined) return undefined
  const [source = '', path, mode, ...rest] = text.split(':')
  if (/^[./~]|\\|^[A-Za-z]$/.test(source) && path !== undefined) {
    hostMount(value.at, notes)
    return undefined
  }
  if (path === undefined) {
    notes.refuse(value.at, 'volume.anonymous', 'name the volume: data:/var/lib/data')
    return undefined
  }
  if (rest.length > 0 || (mode !== undefined && mode !== 'ro' && mode !== 'rw')) {
    notes.refuse(value.at, 'volume.invalid', 'expected name:/folder, name:/folder:ro or :rw')
    return undefined
  }
  return mountOf(source, path, mode === 'ro', value.at, notes)
}

function longForm(value: Value, notes: Notes): VolumeDraft | TmpfsDraft | undefined {
  let kind: string | undefined = 'volume'
  let source: string | undefined
  let target: string | undefined
  let readOnly = false
  let sizeBytes: number | undefined = defaultTmpfsBytes
  readKeys(value, notes, {
    type: (v) => (kind = textOf(v, notes, 'volume or tmpfs')),
    source: (v) => (source = textOf(v, notes, 'the name of a volume')),
    target: (v) => (target = textOf(v, notes, 'a folder in the container')),
    read_only: (v) => (readOnly = booleanOf(v, notes) ?? false),
    tmpfs: (v) =>
      readKeys(v, notes, {
        size: (s) => (sizeBytes = sizeOf(s, notes)),
        mode: unsupported('folders in memory are open to the service alone'),
      }),
    volume: unsupported('volumes are mounted whole and empty at first'),
    bind: unsupported('folders of the machine cannot be mounted'),
    consistency: unsupported('it has no meaning here'),
  })
  if (kind === 'bind' || kind === 'npipe' || kind === 'image' || kind === 'cluster') {
    hostMount(value.at, notes)
    return undefined
  }
  if (kind !== 'volume' && kind !== 'tmpfs') {
    if (kind !== undefined)
      notes.refuse(value.at, 'volume.invalid', 'expected type volume or tmpfs')
    return undefined
  }
  if (target === undefined || (kind === 'volume' && source === undefined)) {
    notes.refuse(value.at, 'volume.invalid', 'expected source (the volume’s name) and target')
    return undefined
  }
  if (kind === 'volume') return mountOf(source ?? '', target, readOnly, value.at, notes)
  const path = targetOf(target, value.at, notes)
  if (path === undefined || sizeBytes === undefined) return undefined
  return { target: path, sizeBytes, at: value.at }
}

function sizeOf(value: Value, notes: Notes): number | undefined {
  const what = 'a size such as 64m, at most 1t'
  return amountOf(value, notes, { what, parse: parseBytes, minimum: 1, maximum: maxTmpfsBytes })
}

function hostMount(at: Place, notes: Notes): void {
  const how = 'use a named volume, or put the files into the image'
  notes.refuse(at, 'volume.host-mount', `a folder of the machine cannot be mounted: ${how}`)
}

function mountOf(
  name: string,
  path: string,
  readOnly: boolean,
  at: Place,
  notes: Notes,
): VolumeDraft | undefined {
  const target = targetOf(path, at, notes)
  if (!namePattern.test(name)) {
    if (/[./~\\]/.test(name)) hostMount(at, notes)
    else notes.refuse(at, 'volume.name', 'expected a name of letters a-z, digits, - and _')
    return undefined
  }
  if (target === undefined) return undefined
  return { name, target, ...(readOnly ? { readOnly: true as const } : {}), at }
}

function targetOf(path: string, at: Place, notes: Notes): string | undefined {
  const target = path.length > 1 ? path.replace(/\/$/, '') : path
  if (!isContainerPath(target)) {
    const what = 'expected an absolute folder without . and .. and not the root'
    notes.refuse(at, 'mount.path', `${what}, got "${printable(path)}"`)
    return undefined
  }
  const reserved = reservedFolder(target)
  if (reserved === undefined) return target
  notes.refuse(at, 'mount.reserved', `${printable(path)} would cover ${reserved}: choose another`)
  return undefined
}
