// Starts one container in a pod: root, mounts, user, then a supervisor that takes it from there. Does file I/O, starts processes.
import { spawn } from 'node:child_process'
import { chmodSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { ContainerSpec, Limits } from '../runtime.ts'
import { RuntimeError } from '../runtime-error.ts'
import { checkMemory, MAX_LINE_LENGTH } from '../spec.ts'
import { carryMounts } from './carry.ts'
import { cgroupFolders, type CgroupBase } from './cgroup.ts'
import { encodeEnter, ENTER_PROGRAM } from './enter.ts'
import { orderSteps, OWN_STEPS, setupScript, SHARED_MEMORY, type MountStep } from './mount-plan.ts'
import { enterPod } from './pod-holder.ts'
import { resolveUser, RootTree } from './root-tree.ts'
import { writePlace, type Place, type PodRecord } from './state.ts'
import type { SupervisorOrder, SupervisorReport } from './supervisor.ts'
import { TOOL_ENVIRONMENT, type Tools } from './tools.ts'

/** What this machine lets the sandbox do. */
export type Ground = {
  readonly tools: Tools
  /** Not root: everything happens in user namespaces with one user. */
  readonly mapped: boolean
  readonly bases: readonly CgroupBase[]
  /** Tells groups of this state folder from those of others. */
  readonly tag: string
  readonly filter: Uint8Array
  /** Text of /etc/resolv.conf where pods have a way out. */
  readonly resolver?: string
}

/** A container whose image has been looked up. */
export type Launch = Pick<ContainerSpec, 'name' | 'readOnlyRoot' | 'tmpfs' | 'mounts'> & {
  readonly limits: Limits
  /** Fills the folder of the root, which is not there yet. */
  readonly makeRoot: (path: string) => Promise<void>
  /** `name[:group]` or numbers; see userOf. */
  readonly user: string
  readonly workingDirectory: string
  readonly environment: Readonly<Record<string, string>>
  readonly program: readonly string[]
}

const SUPERVISOR = join(import.meta.dirname, 'supervisor.ts')
/** See parent.pl. */
export const PARENT_PROGRAM = join(import.meta.dirname, 'parent.pl')
const START_TIMEOUT_MS = 60_000
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Starts the container in `folder`, which keeps its root, state and log. Throws RuntimeError. */
export async function launch(
  ground: Ground,
  pod: PodRecord,
  folder: string,
  spec: Launch,
): Promise<void> {
  const { tools, mapped, bases } = ground
  checkMemory({ id: pod.id, memory: pod.memory.map(({ name }) => name) }, spec)
  const tree = new RootTree(join(folder, 'root'))
  await spec.makeRoot(tree.path)
  const steps = mountSteps(spec, tree, join(folder, '../../memory'))
  const { uid, gid } = resolveUser(spec.user, tree)
  const workingDirectory = spec.workingDirectory === '' ? '/' : spec.workingDirectory
  if (!steps.some(({ place }) => `${workingDirectory}/`.startsWith(`${place}/`)))
    tree.make(workingDirectory, 'folder')
  tree.replace('/etc/hosts', hostsFile(pod))
  tree.replace('/etc/hostname', `${pod.id}\n`)
  tree.replace('/etc/resolv.conf', ground.resolver ?? '')
  // With one user only, the image's files are the container's own; its top folder at least stays closed.
  if (mapped) chmodSync(tree.path, 0o555)
  const group = groupOf(ground, pod.id, spec.name)
  const script = setupScript({
    root: tree.path,
    readOnlyRoot: spec.readOnlyRoot,
    steps,
    joins: cgroupFolders(bases, group).map((path) => join(path, 'cgroup.procs')),
    mount: tools.mount,
    messages: join(folder, 'setup.pipe'),
    program: [tools.perl, ENTER_PROGRAM],
  })
  writeFileSync(join(folder, 'setup.sh'), script, { mode: 0o600 })
  const counted = bases.some(({ controllers }) => controllers.includes('pids'))
  const place: Place = {
    root: tree.path,
    uid,
    gid,
    processes: mapped && !counted ? spec.limits.pids : 0,
    workingDirectory,
    environment: { PATH: DEFAULT_PATH, HOSTNAME: pod.id, HOME: '/', ...spec.environment },
  }
  writePlace(folder, place)
  const sources = steps.flatMap((step) => (step.kind === 'bind' ? [step.source] : []))
  await carryMounts(ground, pod.holder, sources)
  const { filter } = ground
  const program = { mapped, filter, hasInput: false, program: spec.program }
  const enter = encodeEnter({ ...place, ...program })
  await supervise(spec.name, {
    folder,
    command: command(ground, pod, join(folder, 'setup.sh')),
    enter: Buffer.from(enter).toString('base64'),
    bases,
    group,
    limits: spec.limits,
    mkfifo: tools.mkfifo,
    maxLineLength: MAX_LINE_LENGTH,
  })
}

/** Name of a container's control groups. */
export function groupOf({ tag }: Ground, podId: string, name: string): string {
  return `wetee-${tag}-${podId}-${name}`
}

/** From the supervisor to process 1: into the pod, into namespaces of its own, then parent.pl. */
function command({ tools, mapped }: Ground, { holder }: PodRecord, script: string): string[] {
  return [
    ...[tools.nsenter, ...enterPod(holder, mapped), '--'],
    ...[tools.unshare, '--mount', '--pid', '--propagation', 'private', '--'],
    ...[tools.perl, PARENT_PROGRAM, tools.sh, script],
  ]
}

function mountSteps({ tmpfs, mounts }: Launch, tree: RootTree, memory: string): MountStep[] {
  const own = OWN_STEPS.map((step) => ({ ...step, place: tree.makeTop(step.place.slice(1)) }))
  const asked: MountStep[] = tmpfs.map(({ target, sizeBytes }) => ({
    kind: 'tmpfs',
    place: tree.make(target, 'folder'),
    sizeBytes,
    mode: '1777',
  }))
  for (const mount of mounts) {
    const { target, readOnly } = mount
    const source = 'source' in mount ? mount.source : join(memory, mount.memory)
    const found = statSync(source, { throwIfNoEntry: false })
    if (found === undefined)
      throw new RuntimeError(
        'container.start-failed',
        `${source}, to be mounted at ${target}, is not there`,
      )
    const isFolder = found.isDirectory()
    const place = tree.make(target, isFolder ? 'folder' : 'file')
    asked.push({ kind: 'bind', place, source, isFolder, readOnly })
  }
  if (!asked.some(({ place }) => place === SHARED_MEMORY.place)) asked.push(SHARED_MEMORY)
  return orderSteps([...own, ...asked])
}

function hostsFile({ id, hostNames }: PodRecord): string {
  const names = ['localhost', id, ...hostNames]
  return `127.0.0.1 ${names.join(' ')}\n::1 localhost ip6-localhost ip6-loopback\n`
}

/** Starts a supervisor and waits until the container runs. Throws RuntimeError `container.start-failed`. */
async function supervise(name: string, order: SupervisorOrder): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--max-old-space-size=64', '--max-semi-space-size=2', SUPERVISOR],
    {
      cwd: '/',
      detached: true,
      env: TOOL_ENVIRONMENT,
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  )
  child.unref()
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify(order))
  const lines = createInterface({
    input: child.stdout,
    signal: AbortSignal.timeout(START_TIMEOUT_MS),
  })
  let answer: SupervisorReport = { error: 'its supervisor ended without a word' }
  for await (const line of lines) {
    answer = JSON.parse(line) as SupervisorReport
    break
  }
  child.stdout.destroy()
  if (answer.error === undefined) return
  child.kill('SIGTERM')
  throw new RuntimeError('container.start-failed', `${name} could not be started: ${answer.error}`)
}
