// Planning from the text of /proc as it is on machines of several kinds.
import { expect, test } from 'vitest'
import { planCgroups } from './cgroup-plan.ts'

const line = (root: string, place: string, type: string, options: string) =>
  `30 24 0:27 ${root} ${place} rw,nosuid shared:9 - ${type} ${type} rw,${options}`

test('v1: a folder for each mounted controller, at the own group', () => {
  const mountinfo = [
    line('/', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'cpu,cpuacct'),
    line('/', '/sys/fs/cgroup/memory', 'cgroup', 'memory'),
    line('/', '/sys/fs/cgroup/pids', 'cgroup', 'pids'),
    line('/', '/sys/fs/cgroup/devices', 'cgroup', 'devices'),
    line('/', '/sys/fs/cgroup/systemd', 'cgroup', 'xattr,name=systemd'),
  ].join('\n')
  const cgroup =
    '4:memory:/user.slice/a b\n3:cpu,cpuacct:/\n2:pids:/user.slice\n1:name=systemd:/x\n'
  expect(planCgroups(mountinfo, cgroup)).toEqual([
    { version: 1, controllers: ['cpu', 'cpuacct'], folder: '/sys/fs/cgroup/cpu,cpuacct' },
    { version: 1, controllers: ['memory'], folder: '/sys/fs/cgroup/memory/user.slice/a b' },
    { version: 1, controllers: ['pids'], folder: '/sys/fs/cgroup/pids/user.slice' },
  ])
})

test('v2: the own group and its parents, nearest first', () => {
  const mountinfo = line('/', '/sys/fs/cgroup', 'cgroup2', 'nsdelegate')
  expect(planCgroups(mountinfo, '0::/user.slice/user-1000.slice/session-3.scope\n')).toEqual([
    {
      version: 2,
      folders: [
        '/sys/fs/cgroup/user.slice/user-1000.slice/session-3.scope',
        '/sys/fs/cgroup/user.slice/user-1000.slice',
        '/sys/fs/cgroup/user.slice',
        '/sys/fs/cgroup',
      ],
    },
  ])
})

test('hybrid: v1 first, the unified mount last', () => {
  const mountinfo = [
    line('/', '/sys/fs/cgroup/unified', 'cgroup2', 'nsdelegate'),
    line('/', '/sys/fs/cgroup/memory', 'cgroup', 'memory'),
  ].join('\n')
  expect(planCgroups(mountinfo, '4:memory:/job\n0::/\n')).toEqual([
    { version: 1, controllers: ['memory'], folder: '/sys/fs/cgroup/memory/job' },
    { version: 2, folders: ['/sys/fs/cgroup/unified'] },
  ])
})

test('a mount that shows a part of the hierarchy is looked at from there', () => {
  const mountinfo = line('/docker/abc', '/sys/fs/cgroup/memory', 'cgroup', 'memory')
  const folderFor = (group: string) => planCgroups(mountinfo, `4:memory:${group}\n`)
  const at = (folder: string) => [{ version: 1, controllers: ['memory'], folder }]
  expect(folderFor('/docker/abc')).toEqual(at('/sys/fs/cgroup/memory'))
  expect(folderFor('/docker/abc/in')).toEqual(at('/sys/fs/cgroup/memory/in'))
  expect(folderFor('/docker/abcd')).toEqual(at('/sys/fs/cgroup/memory'))
})

test('a group outside of the namespace does not lead out of the mount', () => {
  const mountinfo = line('/', '/sys/fs/cgroup', 'cgroup2', 'nsdelegate')
  expect(planCgroups(mountinfo, '0::/../../other\n')).toEqual([
    { version: 2, folders: ['/sys/fs/cgroup'] },
  ])
})

test('spaces in a mount point are read', () => {
  const mountinfo = line('/', '/mnt/a\\040b', 'cgroup', 'pids')
  expect(planCgroups(mountinfo, '2:pids:/\n')).toEqual([
    { version: 1, controllers: ['pids'], folder: '/mnt/a b' },
  ])
})

test.each(['', 'nonsense', '1 2 3\n - \n', '30 24 0:27 / /x rw - ext4 /dev/sda rw'])(
  'without control groups there is nothing: %j',
  (text) => {
    expect(planCgroups(text, text)).toEqual([])
  },
)
