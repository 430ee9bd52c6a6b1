// `wetee evidence config-digest`: what a TEE has to be launched with to run a manifest.
import { Command } from 'commander'
import { configDigest, launchField, launchKeyOf, type Hex } from '@wetee/attestation'
import {
  buildManifest,
  manifestDigest,
  parseManifest,
  termsDigest,
  type ManifestDocument,
} from '@wetee/manifest'
import { requireAddress, type Network, type NetworkKey } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { readText } from '../../file.ts'
import { withExample } from '../../options.ts'
import { printJson, printLine } from '../../output/print.ts'
import { labelled } from './lines.ts'

type Options = {
  readonly manifest?: string
  readonly compose?: string
  readonly name?: string
  readonly app?: string
  readonly appVersion?: string
  readonly chain?: string
  readonly cloud?: string
  readonly network?: string
  readonly networkKey?: string
  readonly json?: boolean
}

const maxManifestBytes = 65_536
const maxComposeBytes = 1_048_576

export function evidenceConfigDigestCommand(context: Context): Command {
  const command = new Command('config-digest')
    .description('Compute what a TEE has to be launched with to run a manifest')
    .option('--manifest <file>', 'canonical manifest, as it is on chain')
    .option('--compose <file>', 'Compose file instead; tags are looked up in their registry')
    .option('--name <name>', 'application name for --compose; default the one in the file')
    .option('--app <id>', 'number of the application')
    .option('--app-version <n>', 'number of its version')
    .option('--chain <id>', 'chain id; else that of the network profile')
    .option('--cloud <address>', 'Cloud contract; else that of the network profile')
    .option('--network <file>', 'network profile; else $WETEE_NETWORK, else a devnet')
    .option(
      '--network-key <Y,S>',
      "the network's key, two points of 33 bytes, or none; else what the profile's chain has",
    )
    .option('--json', 'one JSON document on stdout')
    .action((options: Options) => run(context, options))
  return withExample(
    command,
    'wetee evidence config-digest --manifest manifest.json --app 7 --app-version 1',
    'wetee evidence config-digest --compose compose.yaml --app 7 --app-version 2 --json',
  )
}

async function run(context: Context, options: Options): Promise<void> {
  const appId = BigInt(number('--app', options.app, 2n ** 64n - 1n))
  const version = Number(number('--app-version', options.appVersion, 2n ** 32n - 1n))
  const place = placeOf(context, options)
  const keys =
    options.networkKey === undefined
      ? await keyOnChain(context, place.profile, { appId, version })
      : networkKey(options.networkKey)
  const manifest = await readManifest(context, options)
  const parts = {
    chainId: place.chainId,
    cloud: place.cloud,
    ...(keys === undefined ? {} : { networkKey: keys }),
    appId,
    version,
    manifestDigest: manifest.digest,
    termsDigest: termsDigest(manifest.document.terms),
  }
  const digest = configDigest(parts)
  const launch = (['tdx', 'sev-snp', 'sgx'] as const).map((platform) =>
    launchField(platform, digest),
  )
  const fields = Object.fromEntries(launch.map(({ name, value }) => [name, value]))
  const { manifestDigest: ofManifest, termsDigest: ofTerms } = parts
  if (options.json === true)
    return printJson(context, {
      chainId: place.chainId,
      cloud: place.cloud,
      networkKey: keys ?? null,
      appId,
      version,
      name: manifest.document.name,
      manifestDigest: ofManifest,
      termsDigest: ofTerms,
      configDigest: digest,
      launch: fields,
    })
  const network = keys === undefined ? 'without a network key' : 'with its network key'
  printLine(context, `${manifest.document.name}, application ${appId}, version ${version}`)
  printLine(context, `on chain ${place.chainId}, Cloud ${place.cloud}, ${network}`)
  printLine(context)
  const digests: [string, string][] = [
    ['manifest digest', ofManifest.slice(2)],
    ['terms digest', ofTerms.slice(2)],
    ['config digest', digest.slice(2)],
  ]
  const byField = launch.map(
    ({ name, value }) => [`${name} (${hardware[name]})`, value.slice(2)] as [string, string],
  )
  const lines = labelled([...digests, ...byField])
  const launchAt = lines.findIndex((line) => line.startsWith(`  ${launch[0]?.name}`))
  for (const line of lines.slice(0, launchAt)) printLine(context, line)
  printLine(context)
  printLine(context, 'To be set by the host at launch, and compared with the report:')
  for (const line of lines.slice(launchAt)) printLine(context, line)
}

const hardware = { MRCONFIGID: 'TDX', HOST_DATA: 'SEV-SNP', CONFIGID: 'SGX' } as const

type Read = { readonly digest: Hex; readonly document: ManifestDocument }

async function readManifest(context: Context, options: Options): Promise<Read> {
  const { manifest, compose, name } = options
  if ((manifest === undefined) === (compose === undefined))
    throw new CliError('usage', 'give --manifest FILE or --compose FILE')
  if (manifest !== undefined) {
    if (name !== undefined) throw new CliError('usage', '--name is for --compose')
    // An editor's line end is not part of the manifest.
    const text = readText(context, manifest, 'a manifest', maxManifestBytes + 2).replace(
      /\r?\n$/,
      '',
    )
    return { document: parseManifest(text), digest: manifestDigest(text) }
  }
  const file = compose ?? ''
  const text = readText(context, file, 'a Compose file', maxComposeBytes)
  const built = await buildManifest(text, {
    file,
    resolveImage: (reference, signal) => resolveImage(context, reference, signal),
    signal: context.signal,
    ...(name === undefined ? {} : { name }),
  })
  return { document: built.document, digest: built.digest }
}

/** A pinned image is its own answer: nothing is asked that the digest does not depend on. */
function resolveImage(
  context: Context,
  reference: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const pinned = /@(sha256:[0-9a-f]{64})$/.exec(reference)?.[1]
  return pinned === undefined
    ? context.sdk.resolveImageFromRegistry(reference, signal)
    : Promise.resolve(pinned)
}

type Place = {
  readonly chainId: bigint
  readonly cloud: Hex
  /** Absent when the options say everything. */
  readonly profile: Network['profile'] | undefined
}

function placeOf(context: Context, options: Options): Place {
  const { chain, cloud, network } = options
  const known =
    chain !== undefined && cloud !== undefined
      ? undefined
      : context.sdk.findNetwork({
          env: context.env,
          cwd: context.cwd,
          ...(network === undefined ? {} : { file: network }),
        }).profile
  const chainId = chain ?? String(known?.chainId)
  const address = requireAddress('Cloud contract', cloud ?? known?.contracts.cloud ?? '')
  return {
    chainId: number('--chain', chainId, 2n ** 64n - 1n),
    cloud: address.toLowerCase() as Hex,
    profile: known,
  }
}

/** What that version is launched under now; for one that is not on chain yet, the newest. */
async function keyOnChain(
  context: Context,
  profile: Place['profile'],
  { appId, version }: { readonly appId: bigint; readonly version: number },
) {
  if (profile?.contracts.keys === undefined) return undefined
  const { reader } = await context.sdk.openNetwork(profile, { signal: context.signal })
  const { number } = await reader.finalized()
  const [keys, found] = await Promise.all([
    reader.liveKeys(number),
    reader.version(appId, version, number),
  ])
  return launchKeyOf(keys, found?.createdBlock ?? number + 1n)
}

function number(name: string, text: string | undefined, most: bigint): bigint {
  if (text === undefined) throw new CliError('usage', `give ${name}`)
  const value = /^[1-9]\d{0,19}$/.test(text) ? BigInt(text) : 0n
  if (value > 0n && value <= most) return value
  throw new CliError('usage', `${name} is "${text}", expected a whole number from 1 to ${most}`)
}

function networkKey(text: string): NetworkKey | undefined {
  if (text === 'none') return undefined
  const points = text.toLowerCase().split(',')
  const [Y, S] = points
  if (points.length === 2 && points.every((point) => /^0x0[23][0-9a-f]{64}$/.test(point)))
    return { Y: Y as Hex, S: S as Hex }
  throw new CliError(
    'usage',
    '--network-key: expected none, or two compressed points, 0x02.. or 0x03.. of 33 bytes, with a comma',
  )
}
