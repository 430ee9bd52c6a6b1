// Command line of the deployment. Pure.
import { parseArgs } from 'node:util'
import { getAddress, isAddress, type Hex } from 'viem'
import { DeployError } from './deploy-error.ts'
import { isNetworkName, networks, type NetworkName } from './networks.ts'

/** What `node contracts/deploy/main.ts ...` may say. */
export type DeployArguments = {
  readonly network: NetworkName
  readonly rpcUrls: readonly string[]
  readonly keystore: { readonly file: string; readonly passwordFile: string } | undefined
  /** File for the transactions to be signed elsewhere. */
  readonly unsigned: string | undefined
  readonly from: Hex | undefined
  readonly parameters: string | undefined
  /** The file of addresses; contracts/addresses/<network>.json where none is named. */
  readonly file: string | undefined
  readonly yes: boolean
  readonly json: boolean
  readonly keepAdmin: boolean
}

export const usage = `Usage: node contracts/deploy/main.ts --network local|paseo|westend|polkadot [options]

Shows what is missing of the network's contracts and what it would cost; with --yes sends it. Every step is recorded in
contracts/addresses/<network>.json: the same command goes on after a failure, and checks a finished deployment.

  --parameters FILE     what the network is created with (JSON, below); needed until the first step is recorded
  --keystore FILE       encrypted key of the deployer (version 3, scrypt)
  --password-file FILE  its password
  --yes                 send; without it nothing is sent
  --unsigned OUT        instead of sending, write the transactions to be signed by a hardware or multisig wallet
  --from ADDRESS        the account that signs them, or whose plan is shown
  --rpc URL             instead of the network's RPCs
  --file FILE           instead of contracts/addresses/<network>.json
  --keep-admin          the deployer stays admin beside the DAO; development networks only
  --json                one JSON document on stdout, progress on stderr
  --help                this text

Parameters: { "kind": "test", "simulated": false, "trustStoreDigest": "0x...", "tokenHolder": "0x...",
  "firstMembers": ["0x..."], "guardian": "0x..." } and any value of the table in contracts/deploy/parameters.ts, amounts
in wei and times in seconds as decimal strings.

Examples:
  node contracts/deploy/main.ts --network local --parameters p.json --keystore key.json --password-file pw --yes
  node contracts/deploy/main.ts --network paseo --parameters p.json --from 0x1234...
  node contracts/deploy/main.ts --network polkadot --parameters p.json --unsigned sign.json --from 0x1234...
  node contracts/deploy/main.ts --network polkadot            # checks what is there
`

/** Parses the arguments; throws `deploy.arguments` on an unknown or contradicting one. `help` asks for the usage. */
export function parseDeployArguments(argv: readonly string[]): DeployArguments | 'help' {
  const refuse = (why: string) => new DeployError('deploy.arguments', `${why}. See --help`)
  let values
  try {
    values = parseArgs({
      args: [...argv],
      strict: true,
      options: {
        network: { type: 'string' },
        rpc: { type: 'string' },
        keystore: { type: 'string' },
        'password-file': { type: 'string' },
        unsigned: { type: 'string' },
        from: { type: 'string' },
        parameters: { type: 'string' },
        file: { type: 'string' },
        yes: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'keep-admin': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values
  } catch (cause) {
    throw refuse(cause instanceof Error ? cause.message : String(cause))
  }
  if (values.help) return 'help'
  const { network, keystore, unsigned, from, rpc } = values
  const passwordFile = values['password-file']
  if (network === undefined || !isNetworkName(network))
    throw refuse(`--network takes ${Object.keys(networks).join(', ')}, not ${network ?? 'nothing'}`)
  if ((keystore === undefined) !== (passwordFile === undefined))
    throw refuse('--keystore and --password-file go together')
  if (from !== undefined && !isAddress(from)) throw refuse(`--from ${from} is no address`)
  if (from !== undefined && keystore !== undefined)
    throw refuse('--from goes with --unsigned or a dry run; a keystore names its own account')
  if (unsigned !== undefined && (keystore !== undefined || values.yes))
    throw refuse('--unsigned sends nothing: leave --keystore and --yes out')
  if (values.yes && values['dry-run']) throw refuse('--yes and --dry-run contradict each other')
  if (values.yes && keystore === undefined) throw refuse('--yes needs --keystore')
  return {
    network,
    rpcUrls: rpc === undefined ? networks[network].rpcUrls : [rpc],
    keystore:
      keystore === undefined || passwordFile === undefined
        ? undefined
        : { file: keystore, passwordFile },
    unsigned,
    from: from === undefined ? undefined : getAddress(from),
    parameters: values.parameters,
    file: values.file,
    yes: values.yes,
    json: values.json,
    keepAdmin: values['keep-admin'],
  }
}
