// Where control groups may be made, read from the text of /proc: v1, v2, or both at once. Pure.

/** What containers are limited by; `cpuacct` only counts, and only v1 has it apart. */
export type Controller = 'memory' | 'cpu' | 'cpuacct' | 'pids'

/** A hierarchy with some of the controllers, and the folders to make groups in, nearest first. */
export type Hierarchy =
  | { readonly version: 1; readonly controllers: readonly Controller[]; readonly folder: string }
  | { readonly version: 2; readonly folders: readonly string[] }

const CONTROLLERS: readonly Controller[] = ['memory', 'cpu', 'cpuacct', 'pids']

type CgroupMount = {
  readonly version: 1 | 2
  readonly controllers: readonly Controller[]
  /** The group that the mount shows as its top. */
  readonly root: string
  readonly place: string
}

/**
 * Every hierarchy that is mounted, v1 ones first: a controller is in one of them only.
 * `mountinfo` and `cgroup` are the files of that name in /proc/self. A v2 hierarchy comes with the own group and all its
 * parents: which of them gives controllers to its children has to be tried.
 */
export function planCgroups(mountinfo: string, cgroup: string): Hierarchy[] {
  const own = ownGroups(cgroup)
  const found = new Map<string, Hierarchy>()
  for (const mount of cgroupMounts(mountinfo)) {
    const { version, controllers, place } = mount
    if (version === 1 && controllers.length === 0) continue
    const key = version === 1 ? controllers.join() : 'unified'
    if (found.has(key)) continue
    const folder = folderOf(mount, own.get(controllers[0] ?? 'unified') ?? '/')
    found.set(
      key,
      version === 1 ? { version, controllers, folder } : { version, folders: upTo(place, folder) },
    )
  }
  return [...found.values()].sort((a, b) => a.version - b.version)
}

function cgroupMounts(mountinfo: string): CgroupMount[] {
  return mountinfo.split('\n').flatMap((line): CgroupMount[] => {
    const [before = '', after = ''] = line.split(' - ', 2)
    const [, , , root, place] = before.split(' ')
    const [type, , options = ''] = after.split(' ')
    if (root === undefined || place === undefined) return []
    if (type !== 'cgroup' && type !== 'cgroup2') return []
    const names = options.split(',')
    const controllers = type === 'cgroup' ? CONTROLLERS.filter((c) => names.includes(c)) : []
    const version = type === 'cgroup' ? 1 : 2
    return [{ version, controllers, root: unescape(root), place: unescape(place) }]
  })
}

/** Group of this process by controller; `unified` for v2. */
function ownGroups(cgroup: string): Map<string, string> {
  const groups = new Map<string, string>()
  for (const line of cgroup.split('\n')) {
    const [, id, names, path] = /^([0-9]+):([^:]*):(\/.*)$/.exec(line) ?? []
    if (names === undefined || path === undefined) continue
    for (const name of names.split(',')) groups.set(id === '0' ? 'unified' : name, path)
  }
  return groups
}

/** Folder of a group below its mount; the mount itself for a group outside of what it shows. */
function folderOf({ root, place }: CgroupMount, group: string): string {
  const top = root === '/' ? '' : root
  const inside = group === root || group.startsWith(`${top}/`)
  const rest = inside ? group.slice(top.length).replace(/\/+$/, '') : ''
  return rest.split('/').includes('..') ? place : `${place}${rest}`
}

/** A folder and its parents up to `top`. */
function upTo(top: string, folder: string): string[] {
  const folders = [folder]
  while (folder !== top && folder.startsWith(`${top}/`)) {
    folder = folder.slice(0, folder.lastIndexOf('/'))
    folders.push(folder)
  }
  return folders
}

function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  )
}
