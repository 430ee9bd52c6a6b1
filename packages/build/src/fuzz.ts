// Fuzz targets: Dockerfiles, lock files, package.json, Go modules, ZIP archives, provenance, webhooks. Only BuildError may escape a target. No I/O.
import { readZip } from './archive/zip.ts'
import { parseDockerfile, renderDockerfile } from './dockerfile/dockerfile.ts'
import { parseGoMod } from './go/go-mod.ts'
import { parseGoSum } from './go/go-sum.ts'
import { hashModule } from './go/module-hash.ts'
import { parsePackageLock } from './node/package-lock.ts'
import { parsePackageManifest } from './node/package-manifest.ts'
import { encodeEnvelope, openEnvelope, parseEnvelope } from './provenance/envelope.ts'
import { encodeProvenance, parseProvenance } from './provenance/statement.ts'
import { readIndexPage } from './python/choose-wheels.ts'
import { parseRequirements } from './python/requirements.ts'
import { parseWheelName, wheelFit } from './python/wheel-name.ts'
import { AdvertisementReader } from './source/advertisement.ts'
import { parsePushEvent } from './webhook/push-event.ts'

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'image', digest: { sha256: 'ab'.repeat(32) } }],
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: {
    buildDefinition: {
      buildType: 'urn:wetee:build:v1',
      externalParameters: { preset: 'node', port: 8080 },
      resolvedDependencies: [
        { uri: 'git+https://example.org/a@b', digest: { gitCommit: 'cd'.repeat(20) } },
      ],
    },
    runDetails: { builder: { id: 'urn:wetee:builder:local', version: { wetee: '1' } } },
  },
}
const lock = {
  lockfileVersion: 3,
  packages: {
    '': { dependencies: { a: '1' } },
    'packages/w': {},
    'node_modules/w': { resolved: 'packages/w', link: true },
    'node_modules/a': {
      version: '1.0.0',
      resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz',
      integrity: `sha512-${'A'.repeat(86)}==`,
      bin: { a: 'cli.js' },
      os: ['linux'],
    },
  },
}

/** Targets by name. */
export const fuzzTargets: Record<string, (input: Uint8Array) => void> = {
  'build-lock': (input) => {
    const { packages, links } = parsePackageLock(decode(input), { dependencies: { a: '1' } })
    const paths = [
      ...packages.map(({ place }) => place),
      ...links.flatMap((l) => [l.place, l.target]),
    ]
    const commands = packages.flatMap(({ commands }) => [
      ...Object.keys(commands),
      ...Object.values(commands),
    ])
    for (const path of [...paths, ...commands])
      if (path.startsWith('/') || path.split('/').includes('..'))
        throw new Error(`a way out: ${path}`)
  },
  'build-manifest': (input) => {
    parsePackageManifest(decode(input))
  },
  'build-go-mod': (input) => {
    const { module, goVersion = '1' } = parseGoMod(decode(input))
    if (module.split('/').some((part) => /^\.*$/.test(part)))
      throw new Error(`a way out: ${module}`)
    if (!/^[0-9]/.test(goVersion)) throw new Error(`no version: ${goVersion}`)
  },
  'build-go-sum': (input) => {
    for (const { path, version, h1 } of parseGoSum(decode(input)))
      if (`${path}/${version}`.split('/').some((part) => /^\.*$/.test(part)) || h1.length !== 64)
        throw new Error(`a way out: ${path} ${version}`)
  },
  'build-dockerfile': (input) => {
    const read = parseDockerfile(decode(input))
    const again = parseDockerfile(renderDockerfile(read, (image) => image))
    const places = (image: string) => `oci:/bases/${read.images.indexOf(image)}`
    if (renderDockerfile(again, places) !== renderDockerfile(read, places))
      throw new Error('another meaning')
    const wild = read.images.find((image) => !/@sha256:[0-9a-f]{64}$/.test(image))
    if (wild !== undefined) throw new Error(`no digest: ${wild}`)
    for (const line of renderDockerfile(read, places).split('\n'))
      if (
        /^FROM /.test(line) &&
        !/^FROM (?:scratch|stage-[0-9]+|oci:\/bases\/[0-9]+) AS /.test(line)
      )
        throw new Error(`a way out: ${line}`)
  },
  'build-requirements': (input) => {
    for (const { name, version, sha256 } of parseRequirements(decode(input)))
      if (!/^[a-z0-9-]+$/.test(name) || /[/\\\s]/.test(version) || sha256.length === 0)
        throw new Error(`no package: ${name} ${version}`)
  },
  'build-wheel-name': (input) => {
    const parsed = parseWheelName(decode(input))
    const fit = parsed === undefined ? 0 : (wheelFit(parsed, 11) ?? 0)
    if (!Number.isSafeInteger(fit) || fit < 0) throw new Error(`no fit: ${fit}`)
  },
  'build-python-index': (input) => {
    for (const { url } of readIndexPage(decode(input), new URL('https://index.example/a/')))
      if (!URL.canParse(url)) throw new Error(`no address: ${url}`)
  },
  'build-zip': (input) => {
    const maxBytes = 2 ** 20
    const entries = readZip(Buffer.from(input), 'a', { maxBytes, maxFiles: 100 })
    let left = maxBytes
    for (const { name, size, read } of entries) {
      if (`/${name}/`.includes('/../') || name.startsWith('/'))
        throw new Error(`a way out: ${name}`)
      left -= size
      if (left < 0 || read().length !== size) throw new Error('more than allowed')
    }
    hashModule(entries)
  },
  'build-provenance': (input) => {
    const read = parseProvenance(input)
    const again = encodeProvenance(parseProvenance(encodeProvenance(read)))
    if (decode(again) !== decode(encodeProvenance(read))) throw new Error('another spelling')
  },
  'build-envelope': (input) => {
    const text = decode(input)
    const { payload, signatures } = parseEnvelope(text)
    if (
      encodeEnvelope(parseEnvelope(encodeEnvelope({ payload, signatures }))).length >
      text.length * 8
    )
      throw new Error('it grows')
    openEnvelope(text, () => true)
  },
  'build-advertisement': (input) => {
    const reader = new AdvertisementReader('refs/heads/main')
    for (let at = 0; at < input.length; at += 61) reader.push(input.subarray(at, at + 61))
    reader.end()
    if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(reader.commit ?? 'a'.repeat(40)))
      throw new Error(`no commit: ${reader.commit}`)
  },
  'build-webhook': (input) => {
    const { ref, commit = 'a'.repeat(40), urls } = parsePushEvent(input)
    if (!/^refs\/(heads|tags)\/\S+$/.test(ref)) throw new Error(`no ref: ${ref}`)
    if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) throw new Error(`no commit: ${commit}`)
    if (urls.length === 0 || urls.some((url) => /\s/.test(url) || url.length > 2048))
      throw new Error('no address')
  },
}

/** Valid inputs by target, for mutation. */
export const fuzzSeeds: Record<string, readonly Uint8Array[]> = {
  'build-lock': [encode(lock)],
  'build-manifest': [
    encode({
      main: 'x.js',
      scripts: { start: 'node a.js', build: 'tsc' },
      dependencies: { a: '1' },
    }),
  ],
  'build-go-mod': [
    new TextEncoder().encode(
      'module "example.org/a" // b\ngo 1.21rc1\ntoolchain go1.22.3\nrequire (\n\tb v1.0.0\n)\n',
    ),
  ],
  'build-go-sum': [
    new TextEncoder().encode(
      `example.org/A v1.0.0-rc.1+x h1:${'A'.repeat(43)}=\nexample.org/A v1.0.0/go.mod h1:${'B'.repeat(43)}=\n`,
    ),
  ],
  'build-dockerfile': [
    new TextEncoder().encode(
      `# a=b\nARG A=1\nFROM docker.io/library/a:1@sha256:${'ab'.repeat(32)} AS x\nRUN a && \\\n # c\n b\nFROM scratch\nCOPY --from=x --chown=1:1 /a ["b"]\nADD a.tar /\nHEALTHCHECK CMD a\nCMD ["a"]\n`,
    ),
  ],
  'build-requirements': [
    new TextEncoder().encode(`a-b[x]==1.0 \\\n  --hash=sha256:${'ab'.repeat(32)} # c\n`),
  ],
  'build-wheel-name': [
    new TextEncoder().encode('a_b-1.0-1-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl'),
  ],
  'build-python-index': [
    encode({ files: [{ filename: 'a.whl', url: '../a.whl', hashes: { sha256: 'ab' } }] }),
  ],
  // One stored file, "a", with one byte.
  'build-zip': [
    Buffer.from(
      '504b03041400000000000000210043beb7e80100000001000000010000006161504b010214031400' +
        '000000000000210043beb7e801000000010000000100000000000000000000008001000000006150' +
        '4b050600000000010001002f000000200000000000',
      'hex',
    ),
  ],
  'build-provenance': [encode(statement)],
  'build-advertisement': [
    new TextEncoder().encode(
      `001e# service=git-upload-pack\n00000032${'cd'.repeat(20)} HEAD\0\n003d${'ab'.repeat(20)} refs/heads/main\n0000`,
    ),
  ],
  'build-webhook': [
    encode({
      ref: 'refs/heads/main',
      before: '0'.repeat(40),
      after: 'ab'.repeat(20),
      repository: {
        clone_url: 'https://git.example/you/app.git',
        ssh_url: 'git@git.example:you/app',
      },
    }),
    encode({
      object_kind: 'push',
      ref: 'refs/heads/main',
      before: 'cd'.repeat(20),
      after: '0'.repeat(40),
      repository: { git_http_url: 'https://git.example/you/app.git' },
    }),
  ],
  'build-envelope': [
    new TextEncoder().encode(
      encodeEnvelope({
        payload: encode(statement),
        signatures: [{ keyId: 'k', signature: new Uint8Array(64) }],
      }),
    ),
  ],
}
