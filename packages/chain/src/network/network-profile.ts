// A network profile: which chain, which contracts, which trust roots. Pure.
import { getAddress, isAddress, type Address, type Hex } from 'viem'
import { en } from 'zod/locales'
import * as z from 'zod/mini'
import { ChainError } from '../chain-error.ts'

/** The file `network.json` (docs/reference/interfaces.md). */
export type NetworkProfile = {
  readonly name: string
  readonly kind: 'development' | 'test' | 'live'
  /** True: the TEEs are simulated and protect nothing. */
  readonly simulated: boolean
  readonly chainId: number
  /** Tried in this order. */
  readonly rpcUrls: readonly string[]
  /** Checksummed. */
  readonly contracts: ContractAddresses
  /** Block of the first contract, a decimal string: no event is older. */
  readonly deployBlock: string
  /** Certificates in PEM form; their digest is written into the Subnet. */
  readonly trustRoots: readonly { readonly name: string; readonly pem: string }[]
  /** Blocks from the newest to the newest final one, about. */
  readonly finalityBlocks: number
  /** Where accounts that sign Substrate transactions alone are served; absent where they are not. */
  readonly substrate?: SubstrateRpc | undefined
}

/** The same chain by its Substrate node: JSON-RPC over HTTP. */
export type SubstrateRpc = {
  readonly rpcUrl: string
  /** Hash of block 0 as Substrate names it (not that of the Ethereum RPC): a node of another chain is refused. */
  readonly genesisHash: Hex
}

/** The contracts of a network; those after the first three are absent where nobody has deployed them. */
export type ContractAddresses = {
  readonly subnet: Address
  readonly quorum: Address
  readonly cloud: Address
} & { readonly [name in FurtherContract]?: Address | undefined }

/** Network key and secrets, discipline, calls of contracts, views, and the DAO: `timelock` is its treasury, `authority` the AccessManager of every contract. */
export type FurtherContract =
  | 'keys'
  | 'secrets'
  | 'complaints'
  | 'misconduct'
  | 'apis'
  | 'bridge'
  | 'forwarder'
  | 'lens'
  | 'authority'
  | 'members'
  | 'token'
  | 'governor'
  | 'timelock'
  | 'fastGovernor'
  | 'fastTimelock'

// zod's small form, for the console's first load; it knows no reasons by itself.
const { localeError } = en()

/** Longest text of a profile, UTF-16 code units. */
const maxTextLength = 65_536

const printable = (maximum: number) =>
  z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(maximum),
      z.regex(/^[\x20-\x7e]+$/, 'expected printable ASCII'),
    )
const address = z.pipe(
  z
    .string()
    .check(
      z.refine((text) => isAddress(text), 'expected an address of 20 bytes with a right checksum'),
    ),
  z.transform((text) => getAddress(text)),
)
const rpcUrl = z.url({ protocol: /^https?$/ }).check(z.maxLength(2_048))
const hash = z.pipe(
  z
    .string()
    .check(
      z.regex(/^0x[0-9a-f]{64}$/, 'expected 32 bytes as 0x and lower-case hexadecimal digits'),
    ),
  z.transform((text) => text as Hex),
)

const profileSchema = z.strictObject({
  name: printable(64),
  kind: z.enum(['development', 'test', 'live']),
  simulated: z.boolean(),
  chainId: z.int().check(z.minimum(1)),
  rpcUrls: z.array(rpcUrl).check(z.minLength(1), z.maxLength(8)),
  contracts: z.strictObject({
    subnet: address,
    quorum: address,
    cloud: address,
    keys: z.optional(address),
    secrets: z.optional(address),
    complaints: z.optional(address),
    misconduct: z.optional(address),
    apis: z.optional(address),
    bridge: z.optional(address),
    forwarder: z.optional(address),
    lens: z.optional(address),
    authority: z.optional(address),
    members: z.optional(address),
    token: z.optional(address),
    governor: z.optional(address),
    timelock: z.optional(address),
    fastGovernor: z.optional(address),
    fastTimelock: z.optional(address),
  }),
  deployBlock: z
    .string()
    .check(z.regex(/^(0|[1-9][0-9]{0,18})$/, 'expected a decimal block number')),
  trustRoots: z
    .array(
      z.strictObject({
        name: printable(128),
        pem: z.string().check(z.minLength(1), z.maxLength(16_384)),
      }),
    )
    .check(z.maxLength(8)),
  finalityBlocks: z.int().check(z.minimum(0), z.maximum(100_000)),
  substrate: z.optional(z.strictObject({ rpcUrl, genesisHash: hash })),
})

/** Reads the text of a profile. Throws ChainError `network.profile-invalid`, which names every field that is wrong. */
export function parseNetworkProfile(text: string): NetworkProfile {
  if (text.length > maxTextLength)
    throw invalid(`${text.length} characters, at most ${maxTextLength} are read`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid('not JSON', cause)
  }
  const parsed = profileSchema.safeParse(value, { error: localeError })
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error).slice(0, 1_000), parsed.error)
  const { data } = parsed
  if (data.kind === 'live' && data.simulated) throw invalid('a live network cannot be simulated')
  return data
}

function invalid(why: string, cause?: unknown): ChainError {
  return new ChainError('network.profile-invalid', `this is not a network profile: ${why}`, {
    cause,
  })
}
