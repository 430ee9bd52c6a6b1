// The node's configuration file: unknown keys refused. Pure.
import { getAddress, isAddress } from 'viem'
import { z } from 'zod'
import { MAX_RPCS } from './chain/rpc-choice.ts'

const address = z
  .string()
  .refine((text) => isAddress(text), 'expected an address of 20 bytes with a right checksum')
  .transform((text) => getAddress(text))
const path = z.string().min(1).max(4_096)

/** Schema of the configuration file; nothing in it is secret and nothing in it is believed unproved. */
export const configSchema = z.strictObject({
  /** Network profile, `network.json`; its trust roots count only if the Subnet names their digest. */
  networkFile: path,
  /** Instead of the profile's `rpcUrls`; two or more are asked alike and have to agree. */
  rpcUrls: z
    .array(z.url({ protocol: /^https?$/ }).max(2_048))
    .min(1)
    .max(MAX_RPCS)
    .optional(),
  /**
   * Decimal, given by `Subnet.registerNode`; the TEE must have been launched with the configuration digest that names it.
   * May be left out for `--print-identity`, which comes before registration.
   */
  nodeId: z
    .string()
    .regex(/^[1-9][0-9]{0,18}$/)
    .optional(),
  /** Holds everything that the node keeps (docs/reference/dsecret.md, State); made when missing, mode 0700. */
  stateDir: path,
  listen: z.strictObject({
    host: z.string().min(1).max(253).default('127.0.0.1'),
    port: z.int().min(0).max(65_535),
  }),
  platform: z.strictObject({
    /** The TEE as this process sees it from inside: `tee.sock` of its launch. */
    guestSocket: path,
    /** Where the host hands out the vendor's collateral; for a simulated TEE the socket of its machine. */
    collateralSocket: path,
    /** A simulated TEE protects nothing; it must be asked for in words. */
    allowSimulated: z.boolean().default(false),
  }),
  /** Pays for what the node sends (proofs, key sessions, receipts) and signs no statement. File of mode 0600: 0x and 64 hex digits. */
  operator: z.strictObject({ privateKeyFile: path }),
  /**
   * Account that registers the node, stakes for it and may withdraw; `--print-identity` signs for it and the operator. Left
   * out: the operator itself.
   */
  owner: address.optional(),
  /** Where the operator wants to be told of cut-offs: POST of JSON, over HTTPS. */
  alerts: z
    .strictObject({
      webhook: z
        .url({ protocol: /^https$/ })
        .max(2_048)
        .optional(),
    })
    .default({}),
  logLevel: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
})

/** A parsed configuration. */
export type NodeConfig = z.infer<typeof configSchema>
