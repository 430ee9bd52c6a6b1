// What is mounted into a container's root and in which order, and the shell script that does it. Pure.
import { RuntimeError } from '../runtime-error.ts'

/** Something to mount at `place`, a path inside the root without any link on its way. */
export type MountStep = { readonly place: string } & (
  | { readonly kind: 'tmpfs'; readonly sizeBytes: number; readonly mode: '1777' | '0755' }
  | { readonly kind: 'proc' }
  | {
      readonly kind: 'bind'
      readonly source: string
      readonly isFolder: boolean
      readonly readOnly: boolean
    }
)

/** What the script needs. */
export type SetupPlan = {
  /** Absolute; everything is mounted inside. */
  readonly root: string
  readonly readOnlyRoot: boolean
  /** From `orderSteps`. */
  readonly steps: readonly MountStep[]
  /** `cgroup.procs` files to join. */
  readonly joins: readonly string[]
  readonly mount: string
  /** Pipe for what goes wrong. */
  readonly messages: string
  /** Becomes process 1. */
  readonly program: readonly string[]
}

/** Every container has these; a spec may mount below /dev, not over them. */
export const OWN_STEPS: readonly MountStep[] = [
  { kind: 'tmpfs', place: '/dev', sizeBytes: 65_536, mode: '0755' },
  { kind: 'proc', place: '/proc' },
]
/** Used unless the spec has one of its own at this place. */
export const SHARED_MEMORY: MountStep = {
  kind: 'tmpfs',
  place: '/dev/shm',
  sizeBytes: 64 << 20,
  mode: '1777',
}

const DEVICES = ['null', 'zero', 'full', 'random', 'urandom']
/** Terminals of the container's own, and no more than it can use. */
const TERMINALS = 'newinstance,ptmxmode=0666,mode=0620,max=64,nosuid,noexec'
const LINKS = [
  ['/proc/self/fd', 'fd'],
  ['/proc/self/fd/0', 'stdin'],
  ['/proc/self/fd/1', 'stdout'],
  ['/proc/self/fd/2', 'stderr'],
]
const HIDDEN = ['kcore', 'keys', 'kmsg', 'latency_stats', 'sched_debug', 'timer_list', 'kallsyms']
const EMPTIED = ['acpi', 'scsi', 'asound']
const READ_ONLY = ['bus', 'fs', 'irq', 'sys', 'sysrq-trigger']

/**
 * Outer places before inner ones. Throws RuntimeError `container.invalid` where a place is taken twice or lies inside of a
 * mounted folder of the host: a container that ran before may have put a link there, and what is mounted over a link lands
 * wherever it points.
 */
export function orderSteps(steps: readonly MountStep[]): MountStep[] {
  const places = new Map(steps.map((step) => [step.place, step]))
  if (places.size !== steps.length) {
    const twice = steps.find((step) => places.get(step.place) !== step)
    throw invalid(`${twice?.place ?? ''} is mounted twice, or is the sandbox's own`)
  }
  for (const { place } of steps) {
    const parent = parentOf(place, places)
    if (parent !== undefined && parent.kind !== 'tmpfs')
      throw invalid(`${place} lies inside of the mount ${parent.place}: mount it elsewhere`)
    if (parent?.place === '/dev' && place !== SHARED_MEMORY.place)
      throw invalid(`${place}: devices are the sandbox's own`)
  }
  return steps.toSorted((a, b) => depth(a.place) - depth(b.place))
}

/** The innermost of the mounts around a place. */
function parentOf(place: string, places: ReadonlyMap<string, MountStep>): MountStep | undefined {
  for (let path = outer(place); path !== ''; path = outer(path)) {
    const found = places.get(path)
    if (found !== undefined) return found
  }
  return undefined
}

/** The script: it runs as process 1 of the container with the host's root still around it. */
export function setupScript(plan: SetupPlan): string {
  const { root, readOnlyRoot, steps, joins, mount, messages, program } = plan
  const run = (...words: readonly string[]) => words.map(quote).join(' ')
  const at = (path: string) => `${root}${path}`
  // Flags that the file system came with may not be taken away in a user namespace: `noexec` is the one not given anyway.
  const remount = (path: string, flags: string) => {
    const words = (all: string) => run(mount, '-n', '-c', '-o', `remount,bind,${all}`, path)
    return `${words(flags)} 2>/dev/null || ${words(`${flags},noexec`)}`
  }
  const bind = (source: string, path: string) => run(mount, '-n', '-c', '--bind', source, path)
  const make = (path: string, isFolder: boolean) =>
    isFolder ? run('mkdir', '-p', path) : `${run('mkdir', '-p', outer(path))}; : > ${quote(path)}`
  const places = new Map(steps.map((step) => [step.place, step]))
  const lines = ['set -e', `exec 2> ${quote(messages)}`]
  lines.push('read -r pid rest < /proc/self/stat', 'echo "pid $pid" >&2')
  lines.push(bind(root, root))
  for (const step of steps) {
    const path = at(step.place)
    if (parentOf(step.place, places) !== undefined)
      lines.push(make(path, step.kind !== 'bind' || step.isFolder))
    if (step.kind === 'tmpfs') {
      const { sizeBytes, mode } = step
      // Its size is counted in pages: what is asked for is never passed.
      const options = `nosuid,nodev,mode=${mode},size=${sizeBytes}`
      lines.push(run(mount, '-n', '-c', '-t', 'tmpfs', '-o', options, 'tmpfs', path))
    } else if (step.kind === 'proc')
      lines.push(run(mount, '-n', '-c', '-t', 'proc', '-o', 'nosuid,nodev,noexec', 'proc', path))
    else {
      lines.push(bind(step.source, path))
      lines.push(remount(path, step.readOnly ? 'ro,nosuid,nodev' : 'nosuid,nodev'))
    }
  }
  for (const name of DEVICES) {
    const path = at(`/dev/${name}`)
    lines.push(`: > ${quote(path)}`, bind(`/dev/${name}`, path))
  }
  // Where the kernel has none, commands that want a terminal are told so.
  const terminals = at('/dev/pts')
  const mountTerminals = run(
    mount,
    '-n',
    '-c',
    '-t',
    'devpts',
    '-o',
    TERMINALS,
    'devpts',
    terminals,
  )
  lines.push(run('mkdir', terminals))
  lines.push(
    `if ${mountTerminals} 2>/dev/null; then ${run('ln', '-s', 'pts/ptmx', at('/dev/ptmx'))}; fi`,
  )
  for (const [target = '', name = ''] of LINKS)
    lines.push(run('ln', '-s', target, at(`/dev/${name}`)))
  lines.push(remount(at('/dev'), 'ro,nosuid,noexec'))
  const where = (names: readonly string[], body: string) =>
    `for name in ${names.join(' ')}; do path=${quote(at('/proc/'))}$name; [ ! -e "$path" ] || { ${body}; }; done`
  const it = (...words: string[]) => `${run(mount, '-n', '-c', ...words)} "$path"`
  lines.push(where(HIDDEN, it('--bind', '/dev/null')))
  lines.push(where(EMPTIED, it('-t', 'tmpfs', '-o', 'ro,size=0,nr_inodes=1', 'tmpfs')))
  const readOnly = it('-o', 'remount,bind,ro,nosuid,nodev,noexec')
  lines.push(where(READ_ONLY, `${run(mount, '-n', '-c', '--bind')} "$path" "$path"; ${readOnly}`))
  lines.push(remount(root, readOnlyRoot ? 'ro,nosuid,nodev' : 'nosuid,nodev'))
  for (const file of joins) lines.push(`echo 0 > ${quote(file)}`)
  lines.push(`exec ${run(...program)}`)
  return `${lines.join('\n')}\n`
}

/** One word of a POSIX shell. Texts with NUL cannot be one; none gets here. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

function outer(place: string): string {
  return place.slice(0, place.lastIndexOf('/'))
}

function depth(place: string): number {
  return place.split('/').length
}

function invalid(message: string): RuntimeError {
  return new RuntimeError('container.invalid', message)
}
