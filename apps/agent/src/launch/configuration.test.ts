// The launch bytes against what the hardware says it was launched with.
import { configDigest, launchField, nodeConfigDigest, type Hex } from '@wetee/attestation'
import { buildManifest, manifestDigest, termsDigest } from '@wetee/manifest'
import type { SgxReport, SnpReport, TdxReport } from '@wetee/tee-device'
import { expect, test } from 'vitest'
import { checkImages, checkInstanceLaunch, checkPlatformLaunch } from './configuration.ts'
import { parseLaunchConfig, type InstanceLaunch, type PlatformLaunch } from './launch-config.ts'

const zeroPoint = `0x${'00'.repeat(33)}` as const
const otherPoint = `0x02${'11'.repeat(32)}` as const
const compose = (port: number) =>
  `name: hello\nservices:\n  web:\n    image: registry.test:5000/hello:latest\n    ports: ["${port}"]\n`
const resolveImage = () => Promise.resolve(`sha256:${'ab'.repeat(32)}` as const)
const manifest = await buildManifest(compose(8080), { resolveImage })
const other = await buildManifest(compose(9090), { resolveImage })

const launch = (change: Partial<InstanceLaunch> = {}): InstanceLaunch => {
  const good = {
    format: 'wetee/launch/v1',
    mode: 'instance',
    chainId: 31337,
    subnet: `0x${'0d'.repeat(20)}`,
    cloud: `0x${'0c'.repeat(20)}`,
    quorum: `0x${'0e'.repeat(20)}`,
    networkKey: { Y: zeroPoint, S: zeroPoint },
    appId: '1',
    version: 1,
    replica: 0,
    workerId: '1',
    manifest: manifest.text,
    terms: manifest.terms,
    ports: [{ service: 'web', target: 8080 }],
    nodes: [{ nodeId: '1', host: 'node:1', tlsKeyHash: `0x${'00'.repeat(32)}` }],
    threshold: 1,
    leaseSeconds: 60,
  }
  return { ...(parseLaunchConfig(JSON.stringify(good)) as InstanceLaunch), ...change }
}

/** Reports of guests launched with a digest, as the field of each platform holds it. */
const tdxOf = (digest: Hex): TdxReport => ({
  mrConfigId: launchField('tdx', digest).value,
  mrtd: '0x',
  rtmr: ['0x', '0x', '0x', '0x'],
  debug: false,
})
const snpOf = (digest: Hex): SnpReport => ({
  hostData: launchField('sev-snp', digest).value,
  measurement: '0x',
  vmpl: 0,
  debug: false,
})
const sgxOf = (digest: Hex): SgxReport => ({
  configId: launchField('sgx', digest).value,
  mrEnclave: '0x',
  mrSigner: '0x',
  debug: false,
})

const digestOf = (digests = manifest) => {
  const { chainId, cloud, networkKey, appId, version } = launch()
  const { digest: manifestDigest, termsDigest } = digests
  return configDigest({ chainId, cloud, networkKey, appId, version, manifestDigest, termsDigest })
}
const report = (digests = manifest) => tdxOf(digestOf(digests))
const refused = (code: string) => expect.objectContaining({ code }) as Error

test('the launch that the hardware was launched with passes and gives the manifest', () => {
  for (const launched of [tdxOf, snpOf, sgxOf])
    expect(checkInstanceLaunch(launch(), launched(digestOf()))).toMatchObject({ name: 'hello' })
})

test.each([
  ['MRCONFIGID', tdxOf],
  ['HOST_DATA', snpOf],
  ['CONFIGID', sgxOf],
])('a launch that %s does not name is refused', (name, launched) => {
  expect(() => checkInstanceLaunch(launch({ version: 2 }), launched(digestOf()))).toThrow(name)
})

test.each([
  ['another manifest', { manifest: other.text }],
  ['one byte more in the manifest', { manifest: `${manifest.text} ` }],
  ['other terms', { terms: { ...manifest.terms, memoryMiB: manifest.terms.memoryMiB + 1 } }],
  ['another version', { version: 2 }],
  ['another application', { appId: 2n }],
  ['another chain', { chainId: 1n }],
  ['another cloud', { cloud: `0x${'0d'.repeat(20)}` }],
  ['another network key', { networkKey: { Y: otherPoint, S: zeroPoint } }],
] as [string, Partial<InstanceLaunch>][])('%s is refused', (_what, change) => {
  expect(() => checkInstanceLaunch(launch(change), report())).toThrow(
    refused('launch.configuration-differs'),
  )
})

test('a manifest whose terms are not those of the chain is refused, even under the right digest', () => {
  const terms = { ...manifest.terms, memoryMiB: manifest.terms.memoryMiB + 1 }
  const { chainId, cloud, networkKey, appId, version } = launch()
  const digest = configDigest({
    ...{ chainId, cloud, networkKey, appId, version },
    manifestDigest: manifest.digest,
    termsDigest: termsDigest(terms),
  })
  expect(() => checkInstanceLaunch(launch({ terms }), tdxOf(digest))).toThrow(
    refused('launch.terms-differ'),
  )
})

test('text that is no canonical manifest is refused, even under the right digest', () => {
  const text = manifest.text.replace('{', '{ ')
  const digests = { ...manifest, digest: manifestDigest(text) }
  expect(() => checkInstanceLaunch(launch({ manifest: text }), report(digests))).toThrow(
    refused('launch.manifest-invalid'),
  )
})

test('only ports of the manifest are served, each once', () => {
  for (const ports of [
    [{ service: 'web', target: 22 }],
    [{ service: 'db', target: 8080 }],
    [
      { service: 'web', target: 8080 },
      { service: 'web', target: 8080 },
    ],
  ])
    expect(() => checkInstanceLaunch(launch({ ports }), report())).toThrow(
      refused('launch.ports-differ'),
    )
})

test("a worker's machine is launched for one chain, subnet and worker", () => {
  const platform: PlatformLaunch = {
    format: 'wetee/launch/v1',
    mode: 'platform',
    chainId: 31337n,
    subnet: `0x${'0d'.repeat(20)}`,
    role: 1,
    nodeId: 7n,
    statementKey: `0x${'0e'.repeat(20)}`,
  }
  const launched = tdxOf(nodeConfigDigest(platform))
  checkPlatformLaunch(platform, launched)
  for (const change of [
    { nodeId: 8n },
    { chainId: 1n },
    { subnet: `0x${'0e'.repeat(20)}` as const },
  ])
    expect(() => checkPlatformLaunch({ ...platform, ...change }, launched)).toThrow(
      refused('launch.configuration-differs'),
    )
})

test('ATTACK hardware runs no images on the word of a cluster, whatever the launch says', () => {
  const cluster = { workerKey: `0x${'0b'.repeat(32)}` } as const
  expect(() => checkImages({ cluster }, { simulated: false })).toThrow(
    expect.objectContaining({ code: 'launch.images-unmeasured' }),
  )
  checkImages({ cluster }, { simulated: true })
  checkImages({}, { simulated: false })
})
