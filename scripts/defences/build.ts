// Building strangers' source: isolation, links, bombs, huge trees, endless builds, poisoned caches. What would harm the machine when it is
// gone is not removed here: the namespace of processes (a sandbox ends by killing all that it sees), and the bound on memory.
import type { Defence } from './defence.ts'

const folder = 'packages/build/src'
const isolated = `${folder}/sandbox/isolate.test.ts`
const sources = `${folder}/source/source.test.ts`
const packages = `${folder}/node/packages.test.ts`
const builds = `${folder}/build.test.ts`
const program = `${folder}/sandbox/isolate-program.ts`
const isolate = `${folder}/sandbox/isolate.ts`
const writer = `${folder}/source/source-writer.ts`
const fetching = `${folder}/source/fetch-commit.ts`
const git = `${folder}/source/git-process.ts`
const addresses = `${folder}/source/git-url.ts`
const archives = `${folder}/node/unpack-packages.ts`
const python = `${folder}/python`
const pythons = `${python}/python.test.ts`
const fetched = `${folder}/dependency/fetch-files.ts`

const sandbox: readonly Defence[] = [
  {
    name: 'a build script has no network',
    file: isolate,
    remove: "'--pid', '--net', '--ipc'",
    by: "'--pid', '--ipc'",
    tests: [{ file: isolated, name: 'there is no network' }],
  },
  {
    name: 'a build script has no variable but those that it is given',
    file: program,
    remove: '%ENV = map { split /=/, $_, 2 } @environment;',
    by: '%ENV = ( %ENV, map { split /=/, $_, 2 } @environment );',
    tests: [{ file: isolated, name: 'no file of the machine, no process of it, no variable' }],
  },
  {
    name: 'the machine of a build script is read-only',
    file: program,
    remove: '$REMOUNT | $BIND | $RDONLY | $NOSUID',
    by: '$REMOUNT | $BIND | $NOSUID',
    tests: [{ file: isolated, name: 'its machine is read-only' }],
  },
  {
    name: 'a build script gets no capability back from a program',
    file: program,
    remove: "last unless kernel( 'prctl', 24, $capability, 0, 0, 0 )",
    by: 'last',
    tests: [{ file: isolated, name: 'it has no right to change that' }],
  },
  {
    name: 'a build script gains no right by starting a program',
    file: program,
    remove: "    must( 'prctl', 38, 1, 0, 0, 0 );\n",
    by: '',
    tests: [{ file: isolated, name: 'it has no right to change that' }],
  },
  {
    name: 'a build script makes no namespace of its own',
    file: program,
    remove: "syswrite( $limit, '0' )",
    by: "syswrite( $limit, '100' )",
    tests: [{ file: isolated, name: 'it can make no namespace' }],
  },
  {
    name: 'a build that never ends is ended',
    file: isolate,
    remove: '    AbortSignal.timeout(limits.timeoutMs),\n',
    by: '    AbortSignal.timeout(2 ** 31 - 1),\n',
    tests: [{ file: isolated, name: 'a script that never ends is ended' }],
  },
  {
    name: 'what a build script leaves behind is ended before its files are taken',
    file: program,
    remove: "kill 'KILL', -1;\n1 while waitpid( -1, 0 ) > 0;\n",
    by: '',
    tests: [{ file: isolated, name: 'what stays behind in the background is ended' }],
  },
  {
    name: 'files of a build are bounded in number',
    file: program,
    remove: `mount_on( "$root/source", 'tmpfs', 'tmpfs', $NOSUID | $NODEV, "mode=0755,size=$bytes,nr_inodes=$files" );`,
    by: `mount_on( "$root/source", 'tmpfs', 'tmpfs', $NOSUID | $NODEV, "mode=0755,size=$bytes" );`,
    tests: [{ file: isolated, name: 'files are bounded in size and in number' }],
  },
  {
    name: 'processes of a build are bounded',
    file: program,
    remove: ', 6 => $processes );',
    by: ' );',
    tests: [{ file: isolated, name: 'memory, processes and output are bounded' }],
  },
  {
    name: 'a base image whose folder is a link leads no mount elsewhere',
    file: isolate,
    remove: 'if (!(await lstat(path)).isDirectory())',
    by: 'if ((await lstat(path)).isFile())',
    tests: [{ file: isolated, name: 'leads no mount elsewhere' }],
  },
]

const trees: readonly Defence[] = [
  {
    name: 'no link leads out of a source',
    file: writer,
    remove: 'return climbs <= path',
    by: 'return climbs <= 64 + path',
    tests: [{ file: sources, name: 'a link to ../outside is refused' }],
  },
  {
    name: 'no link of a source has a whole path',
    file: writer,
    remove: "  if (target.startsWith('/')) return false\n",
    by: '',
    tests: [
      { file: sources, name: 'a link to /etc/passwd is refused' },
      { file: isolated, name: 'what a script leaves is read within the same bounds' },
    ],
  },
  {
    name: 'no link goes up behind a name, which may be a link itself',
    file: writer,
    remove: "parts.slice(climbs).some((part) => part === '..' || isGitFolder(part))",
    by: 'parts.slice(climbs).some((part) => isGitFolder(part))',
    tests: [
      { file: sources, name: 'a link to a/../../outside is refused' },
      { file: sources, name: 'a link to a/../a.txt is refused' },
    ],
  },
  {
    name: 'no hard link brings another file into a source',
    file: writer,
    remove: 'if (found.nlink > 1)',
    by: 'if (found.nlink > 1e9)',
    tests: [{ file: sources, name: 'hard links, pipes and sockets are refused' }],
  },
  {
    name: 'no pipe or device is read as a file',
    file: writer,
    remove: 'if (!found.isFile())',
    by: 'if (found.isSocket())',
    tests: [{ file: sources, name: 'hard links, pipes and sockets are refused' }],
  },
  {
    name: 'the bytes of a source are bounded',
    file: writer,
    remove: 'if (this.#sizeBytes > this.#limits.maxBytes)',
    by: 'if (this.#sizeBytes > 2 ** 40)',
    tests: [
      { file: sources, name: 'bytes, files and depth are bounded' },
      { file: sources, name: 'a small pack that unpacks to much' },
    ],
  },
  {
    name: 'the files of a folder are bounded',
    file: writer,
    remove: 'if (this.#files.size >= this.#limits.maxFiles)',
    by: 'if (this.#files.size >= 1e9)',
    tests: [{ file: sources, name: 'bytes, files and depth are bounded' }],
  },
  {
    name: 'the listing of a commit is bounded',
    file: `${folder}/source/list-names.ts`,
    remove: 'if (count > maxFiles || bytes > maxFiles * maxTextBytes)',
    by: 'if (count > 1e6 * maxFiles || bytes > 1e6 * maxFiles * maxTextBytes)',
    tests: [{ file: sources, name: 'a commit of folders within folders that lists to millions' }],
  },
  {
    name: 'what a repository sends is bounded',
    file: git,
    remove: 'ulimit -f ${blocks}; ',
    by: '',
    tests: [{ file: sources, name: 'a pack larger than a source may be' }],
  },
  {
    name: 'the depth of a source is bounded',
    file: writer,
    remove: ' || parts.length > this.#limits.maxDepth)',
    by: ')',
    tests: [{ file: sources, name: 'bytes, files and depth are bounded' }],
  },
  {
    name: 'a commit is named whole',
    file: `${folder}/source/commit-object.ts`,
    remove: "if (/^[0-9a-f]{64}$/.test(commit)) return 'sha256'",
    by: "if (commit !== '') return 'sha256'",
    tests: [{ file: sources, name: 'is not a whole name' }],
  },
  {
    name: 'an address that runs a command is refused before Git sees it',
    file: addresses,
    remove: "  throw new BuildError(\n    'build.git-url',",
    by: "  if (url) return 'ssh'\n  throw new BuildError(\n    'build.git-url',",
    tests: [{ file: sources, name: 'is refused before Git sees it' }],
  },
  {
    name: 'settings of a work tree start no program',
    file: git,
    remove: "'-c', 'core.fsmonitor=false', ",
    by: '',
    tests: [{ file: sources, name: 'settings of a work tree that name programs start none' }],
  },
  {
    name: 'submodules are fetched from nowhere',
    file: fetching,
    remove: "if (mode === '160000')",
    by: "if (mode === '1')",
    tests: [{ file: sources, name: 'submodules are refused by name' }],
  },
]

const dependencies: readonly Defence[] = [
  {
    name: 'an archive has the digest of the lock file',
    file: `${folder}/node/fetch-packages.ts`,
    remove: "(await hashFile(path, 'sha512')) === sha512",
    by: "(await hashFile(path, 'sha512')) !== ''",
    tests: [{ file: packages, name: 'an archive with another digest' }],
  },
  {
    name: 'an archive that was changed in the cache is fetched again',
    file: fetched,
    remove: 'if (await wanted.isWanted(target).catch(() => false)) return',
    by: 'if (await hashFile(target, "sha512")) return',
    tests: [{ file: packages, name: 'what was changed there is' }],
  },
  {
    name: 'an archive that was changed between fetching and unpacking is refused',
    file: archives,
    remove: "if (hash.digest('hex') !== one.sha512)",
    by: "if (hash.digest('hex') === '')",
    tests: [{ file: packages, name: 'what was changed there is' }],
  },
  {
    name: 'packages unpack to a bounded size',
    file: archives,
    remove: 'if (left.bytes < 0) throw',
    by: 'if (left.bytes < -1e15) throw',
    tests: [{ file: packages, name: 'archives that unpack to much' }],
  },
  {
    name: 'packages have a bounded number of files',
    file: archives,
    remove: 'if (--left.files < 0) throw',
    by: 'if (--left.files < -1e15) throw',
    tests: [{ file: packages, name: 'archives that unpack to much, or to many files' }],
  },
  {
    name: 'no file of an archive lies outside its package',
    file: archives,
    remove: "    parts.includes('..') ||\n",
    by: '',
    tests: [{ file: packages, name: 'the path package/../../escape is refused' }],
  },
  {
    name: 'no link or device comes out of an archive',
    file: archives,
    remove: "if (type === 'file' || type === 'contiguous-file') {",
    by: "if (type === 'symlink') await symlink(entry.header.linkname ?? '', join(target, 'link'))\n    if (type) {",
    tests: [{ file: packages, name: 'without links and devices' }],
  },
  {
    name: 'a module that has not the hash of go.sum is refused',
    file: `${folder}/go/fetch-modules.ts`,
    remove: 'return hashModule(entries) === h1',
    by: 'return hashModule(entries) !== undefined',
    tests: [{ file: `${folder}/go/go.test.ts`, name: 'a module with other bytes' }],
  },
  {
    name: 'an archive of a module holds nothing of others',
    file: `${folder}/go/fetch-modules.ts`,
    remove: 'if (!name.startsWith(`${shown}/`))',
    by: 'if (name === shown)',
    tests: [{ file: `${folder}/go/go.test.ts`, name: 'a module with a file elsewhere' }],
  },
  {
    name: 'no link is taken from a ZIP archive',
    file: `${folder}/archive/zip.ts`,
    remove: '(record.kind & 0o170000) === 0o120000',
    by: 'record.kind < 0',
    tests: [{ file: `${folder}/archive/zip.test.ts`, name: 'links, two of a name' }],
  },
  {
    name: 'a ZIP archive unpacks to no more than allowed',
    file: `${folder}/archive/zip.ts`,
    remove: 'if (left < 0) refuse',
    by: 'if (left < -Infinity) refuse',
    tests: [{ file: `${folder}/archive/zip.test.ts`, name: 'unpacks to more than allowed' }],
  },
  {
    name: 'packages come by HTTPS, and from this machine only where it is the registry',
    file: fetched,
    remove: "address.protocol === 'https:' ? !isLocal || isAsked : isLocal && isAsked",
    by: 'address || isLocal || isAsked',
    tests: [{ file: packages, name: 'only HTTPS is asked' }],
  },
  {
    name: 'no place of a lock file is outside the source',
    file: `${folder}/node/package-lock.ts`,
    remove: "part !== '' && part !== '.' && part !== '..'",
    by: "part !== ''",
    tests: [
      { file: packages, name: 'a place with a way up' },
      { file: packages, name: 'a link outside' },
    ],
  },
]

const caches: readonly Defence[] = [
  {
    name: 'a cache that others can write is refused',
    file: `${folder}/cache.ts`,
    remove: '(found.mode & 0o022) !== 0',
    by: 'found.mode === 0',
    tests: [
      { file: builds, name: 'a cache that others can write is refused' },
      { file: `${folder}/cache.test.ts`, name: 'a folder that others can write is refused' },
    ],
  },
  {
    name: 'every byte of a kept result is hashed again',
    file: 'packages/image/src/layout.ts',
    remove: 'for (const layer of unique(image.manifest.layers)) await verifyBlob(layout, layer)',
    by: '',
    tests: [{ file: builds, name: 'unless its bytes were changed there' }],
  },
  {
    name: 'packages of the image are those of their archives, not what a build script left of them',
    file: `${folder}/source/read-folder.ts`,
    remove: "const leftOut = new Set(['.git', 'node_modules'])",
    by: "const leftOut = new Set(['.git'])",
    tests: [{ file: builds, name: 'a build script changes no package of the image' }],
  },
]

const wheels: readonly Defence[] = [
  {
    name: 'every package of Python has a hash',
    file: `${python}/requirements.ts`,
    remove: 'if (sha256.length === 0) throw',
    by: 'if (sha256.length < 0) throw',
    tests: [{ file: pythons, name: 'a package without a hash' }],
  },
  {
    name: 'an index offers nothing that the lock file does not name',
    file: `${python}/choose-wheels.ts`,
    remove: 'if (!locked.sha256.includes(sha256)) continue',
    by: '',
    tests: [{ file: pythons, name: 'an index can offer nothing' }],
  },
  {
    name: 'a wheel is of the package that is locked',
    file: `${python}/unpack-wheels.ts`,
    remove: '    requireOwn(wheel, entries)\n',
    by: '',
    tests: [
      { file: pythons, name: 'wheels with another package are refused' },
      { file: pythons, name: 'wheels with another version' },
    ],
  },
  {
    name: 'no package replaces a file of another',
    file: `${python}/unpack-wheels.ts`,
    remove: 'if (before?.equals(content) === true) return',
    by: 'if (before !== undefined) return',
    tests: [{ file: pythons, name: 'file are refused' }],
  },
  {
    name: 'all wheels together unpack to no more than allowed',
    file: `${python}/unpack-wheels.ts`,
    remove: 'left.maxBytes -= entries.reduce((sum, { size }) => sum + size, 0)',
    by: '',
    tests: [{ file: pythons, name: 'wheels with too many bytes' }],
  },
  {
    name: 'all wheels together have no more files than allowed',
    file: `${python}/unpack-wheels.ts`,
    remove: 'left.maxFiles -= entries.length',
    by: '',
    tests: [{ file: pythons, name: 'wheels with too many files' }],
  },
]

export const build = [...sandbox, ...trees, ...dependencies, ...wheels, ...caches]
