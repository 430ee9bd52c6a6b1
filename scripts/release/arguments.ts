// Command line of a release. Pure.
import { parseArgs } from 'node:util'
import { isNetworkName, type NetworkName } from '@wetee/contracts/deploy/networks'
import type { WalletConnectOptions } from '@wetee/console/walletconnect'
import { ReleaseError } from './release-error.ts'

/** A network that strangers reach. */
export type PublicNetwork = Exclude<NetworkName, 'local'>

const isPublicNetwork = (name: string): name is PublicNetwork =>
  isNetworkName(name) && name !== 'local'

/** What `npm run release -- ...` may say. */
export type ReleaseArguments = {
  readonly network: PublicNetwork
  /** Folder of the archive. */
  readonly out: string
  readonly json: boolean
  /** The file of addresses; contracts/addresses/<network>.json where none is named. */
  readonly file: string | undefined
  /** The file of simulated roots; contracts/addresses/<network>.roots.json where none is named. */
  readonly roots: string | undefined
  /** RPCs of pages; those of the network where none is named. */
  readonly rpcUrls: readonly string[]
  /** Where else pages may connect to; any https address where none is named. */
  readonly connect: readonly string[]
  /** Where WalletConnect is offered. */
  readonly walletConnect: WalletConnectOptions | undefined
}

export const usage = `Usage: npm run release -- --network westend|paseo|polkadot [options]

Builds the web console for the contracts that are committed in contracts/addresses/<network>.json, as a tar archive of static
files. The same commit gives the same archive everywhere; its SHA-256 and the headers to serve it with lie beside it. Sends
nothing and asks no chain: npm run contracts:deploy -- --network <network> checks the addresses.

  --out DIR             where the archive goes; default dist/release
  --rpc URL             RPC of the pages instead of the network's; several are tried in their order
  --connect URL         pages may ask this address beside the RPCs (a worker, a registry), several times; without it any https address
  --file FILE           instead of contracts/addresses/<network>.json: a rehearsal, also of what is not committed
  --roots FILE          instead of contracts/addresses/<network>.roots.json: roots of simulated TEEs, [{ "name", "pem" }]
  --walletconnect ID    offer WalletConnect, for this project of yours at Reown; its packages are no part of this project and have
                        to be installed first, and the digest depends on them
  --walletconnect-relay URL  a relay other than the company's
  --json                one JSON document on stdout, progress on stderr
  --help                this text

Examples:
  npm run release -- --network paseo
  npm run release -- --network paseo --out /tmp/console --json
`

/** Parses the arguments; throws `release.arguments` on an unknown or wrong one. `help` asks for the usage. */
export function parseReleaseArguments(argv: readonly string[]): ReleaseArguments | 'help' {
  const refuse = (why: string, cause?: unknown) =>
    new ReleaseError('release.arguments', `${why}. See --help`, cause)
  const text = { type: 'string' } as const
  let values
  try {
    values = parseArgs({
      args: [...argv],
      strict: true,
      options: {
        ...{ network: text, out: text, file: text, roots: text },
        rpc: { ...text, multiple: true },
        connect: { ...text, multiple: true },
        ...{ walletconnect: text, 'walletconnect-relay': text },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause)
  }
  if (values.help === true) return 'help'
  const { network } = values
  if (network === undefined || !isPublicNetwork(network))
    throw refuse(`expected --network westend, paseo or polkadot, got ${network ?? 'none'}`)
  for (const url of [...(values.rpc ?? []), ...(values.connect ?? [])])
    if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ''))
      throw refuse(`expected an http or https URL, got ${url}`)
  const { walletconnect: projectId, 'walletconnect-relay': relayUrl } = values
  if (projectId === undefined && relayUrl !== undefined)
    throw refuse('expected --walletconnect beside --walletconnect-relay')
  return {
    network,
    out: values.out ?? 'dist/release',
    json: values.json ?? false,
    file: values.file,
    roots: values.roots,
    rpcUrls: values.rpc ?? [],
    connect: values.connect ?? [],
    walletConnect: projectId === undefined ? undefined : { projectId, relayUrl },
  }
}
