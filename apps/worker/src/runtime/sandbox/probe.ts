// What the sandbox can enforce on this machine, found out by running programs of the host in it. Starts containers through its caller.
import { lstatSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Capabilities, Limits, Mount } from '../runtime.ts'
import { RuntimeError } from '../runtime-error.ts'
import type { Ground, Launch } from './launch.ts'

/** How a trial container went. */
export type Outcome = {
  readonly exitCode: number
  readonly oomKilled: boolean
  readonly stdout: string
}

const MIB = 1_048_576
const TRIAL_PIDS = 24
const GENEROUS: Limits = { cpuMilli: 1_000, memoryBytes: 64 * MIB, pids: TRIAL_PIDS }
/** What the host's programs need of its root. */
const HOST_FOLDERS = ['usr', 'bin', 'sbin', 'lib', 'lib32', 'lib64']

/** Prints what the kernel says of the process, and how writing and forking went. */
const LOOK = `
open my $status, '<', '/proc/self/status'; print grep { /^(NoNewPrivs|CapEff|CapPrm|Seccomp):/ } <$status>;
print 'write: ', (open(my $file, '>', '/trial') ? 'done' : $!{EROFS} ? 'EROFS' : $!), "\\n";
my $forks = 0; for (1 .. ${TRIAL_PIDS * 2}) { my $pid = fork; last unless defined $pid;
  if ($pid == 0) { sleep 60; exit } $forks++ } print "forks: $forks\\n";`
/** Prints how much of one CPU half a second of work got. */
const WORK = `
sub up { open my $file, '<', '/proc/uptime'; (split ' ', <$file>)[0] }
sub used { my ($user, $system) = times; $user + $system }
my ($from, $before) = (up(), used()); my $now = $from; while ($now < $from + 0.5) { $now = up() }
print 'share: ', (used() - $before) / ($now - $from), "\\n";`
const GROW = `my @kept; push @kept, 'x' x ${4 * MIB} for 1 .. 32; print "grown\\n";`

/**
 * Runs the trials; `run` starts a container and waits for its end. Throws RuntimeError `engine.unfit` where no container can
 * be started at all.
 */
export async function probeSandbox(
  ground: Ground,
  run: (launch: Launch) => Promise<Outcome>,
): Promise<Capabilities> {
  const trial = (name: string, script: string, limits: Limits) =>
    run(hostLaunch(ground.tools.perl, name, script, limits))
  let look: Outcome
  try {
    look = await trial('look', `use Errno; ${LOOK}`, GENEROUS)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new RuntimeError('engine.unfit', `${UNFIT} ${reason}`, { cause: error })
  }
  const [work, grow] = await Promise.all([
    trial('work', WORK, { ...GENEROUS, cpuMilli: 100 }),
    trial('grow', GROW, { ...GENEROUS, memoryBytes: 16 * MIB }),
  ])
  const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)$`, 'm').exec(look.stdout)?.[1]
  const forks = Number(field('forks') ?? Number.NaN)
  const share = Number(/^share: (\S+)$/m.exec(work.stdout)?.[1] ?? Number.NaN)
  const none = (name: string) => /^0+$/.test(field(name) ?? '')
  const found = {
    memoryLimit: grow.oomKilled,
    // A busy machine gives a small share as well: only where it was asked for.
    cpuLimit: share < 0.4 && ground.bases.some(({ controllers }) => controllers.includes('cpu')),
    pidsLimit: forks < TRIAL_PIDS,
    readOnlyRoot: field('write') === 'EROFS',
    seccomp: field('Seccomp') === '2',
    dropCapabilities: none('CapEff') && none('CapPrm') && field('NoNewPrivs') === '1',
    egress: false,
  }
  return {
    ...found,
    hostFolders: true,
    singleContainers: true,
    isolation: 'namespace',
    warnings: warningsOf(found, ground.mapped),
  }
}

const UNFIT =
  'no container can be started here. As an ordinary user this needs user namespaces (sysctl user.max_user_namespaces, ' +
  'kernel.apparmor_restrict_unprivileged_userns); in a container it needs --privileged. The system says:'

function hostLaunch(perl: string, name: string, script: string, limits: Limits): Launch {
  const found = HOST_FOLDERS.flatMap((folder): { folder: string; link?: string }[] => {
    const stat = lstatSync(`/${folder}`, { throwIfNoEntry: false })
    if (stat?.isSymbolicLink() === true) return [{ folder, link: readlinkSync(`/${folder}`) }]
    return stat?.isDirectory() === true ? [{ folder }] : []
  })
  const mounts = found.flatMap(({ folder, link }): Mount[] =>
    link === undefined ? [{ source: `/${folder}`, target: `/${folder}`, readOnly: true }] : [],
  )
  return {
    name,
    makeRoot: (path) => {
      mkdirSync(path)
      for (const { folder, link } of found)
        if (link !== undefined) symlinkSync(link, join(path, folder))
      return Promise.resolve()
    },
    readOnlyRoot: true,
    tmpfs: [],
    mounts,
    limits,
    user: '65534:65534',
    workingDirectory: '/',
    environment: {},
    program: [perl, '-e', script],
  }
}

type Found = Omit<Capabilities, 'hostFolders' | 'singleContainers' | 'isolation' | 'warnings'>

function warningsOf(found: Found, mapped: boolean): string[] {
  const lacks = Object.entries(MISSING).flatMap(([name, text]) =>
    found[name as keyof Found] ? [] : [text],
  )
  return [DEVELOPMENT_ONLY, ...(mapped ? [ONE_USER] : []), ...lacks]
}

const DEVELOPMENT_ONLY =
  'containers run in the built-in sandbox, which shares the kernel with this machine and is for development only.'
const ONE_USER =
  'without root, files of images and volumes belong to one user, whatever the image says: a container may change all of its own.'
const MISSING: Readonly<Record<keyof Found, string>> = {
  memoryLimit:
    'memory is not limited: a container may take all of this machine (needs control groups: root, or a delegated cgroup v2).',
  cpuLimit: 'CPU is not limited: a container may slow down everything on this machine.',
  pidsLimit: 'processes are not limited: a container may stop this machine by making them.',
  readOnlyRoot:
    'roots are not read-only: a container may change its own files though it was told not to.',
  seccomp: 'system calls are not filtered: a container reaches every part of the kernel.',
  dropCapabilities: 'capabilities are not dropped: do not run what you do not trust.',
  egress: 'containers have no way out: they reach the agent and each other, but no other machine.',
}
