// The node's configuration file: unknown keys refused. Pure.
import { FILE_MARK, HIDDEN_MARK, type ConfigCommand, type FileMark } from '@wetee/daemon'
import { getAddress, isAddress } from 'viem'
import { z } from 'zod'
import { MAX_RPCS } from './chain/rpc-choice.ts'

const address = z
  .string()
  .refine((text) => isAddress(text), 'expected an address of 20 bytes with a right checksum')
  .transform((text) => getAddress(text))
const fileAt = (mark: FileMark, what: string) =>
  z
    .string()
    .min(1)
    .max(4_096)
    .describe(what)
    .meta({ [FILE_MARK]: mark })

/** Schema of the configuration file; nothing in it is secret and nothing in it is believed unproved. */
export const configSchema = z.strictObject({
  networkFile: fileAt(
    'file',
    'network profile, network.json; its trust roots count only if the Subnet names their digest',
  ),
  rpcUrls: z
    .array(z.url({ protocol: /^https?$/ }).max(2_048))
    .min(1)
    .max(MAX_RPCS)
    .optional()
    .describe("instead of the profile's; two or more are asked alike and have to agree"),
  nodeId: z
    .string()
    .regex(/^[1-9][0-9]{0,18}$/)
    .optional()
    .describe(
      'decimal, given by Subnet.registerNode; the TEE has to be launched with the configuration digest that names it; ' +
        'left out for --print-identity, which comes before registration',
    ),
  stateDir: fileAt('folder', 'everything that the node keeps; made when missing, mode 0700'),
  listen: z.strictObject({
    host: z.string().min(1).max(253).default('127.0.0.1').describe('address to listen on'),
    port: z.int().min(0).max(65_535).describe('HTTPS API of the node; 0: any free one'),
  }),
  platform: z.strictObject({
    guestSocket: fileAt('socket', 'the TEE as this process sees it from inside: tee.sock'),
    collateralSocket: fileAt('socket', "where the host hands out the vendor's collateral"),
    allowSimulated: z
      .boolean()
      .default(false)
      .describe('a simulated TEE protects nothing; it must be asked for in words'),
  }),
  operator: z.strictObject({
    privateKeyFile: fileAt(
      'secret',
      'pays for what the node sends and signs no statement: 0x and 64 hex digits, mode 0600',
    ),
  }),
  owner: address
    .optional()
    .describe(
      'account that registers the node, stakes for it and may withdraw; left out: the operator itself',
    ),
  alerts: z
    .strictObject({
      webhook: z
        .url({ protocol: /^https$/ })
        .max(2_048)
        .optional()
        .describe('where the operator is told of cut-offs: POST of JSON')
        .meta({ [HIDDEN_MARK]: true }),
    })
    .default({}),
  receipts: z
    .strictObject({
      rootEverySeconds: z
        .int()
        .min(5)
        .max(86_400)
        .default(3_600)
        .describe('how often the root of new receipts is posted; each costs a transaction'),
    })
    .default({ rootEverySeconds: 3_600 }),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('least severe lines of the log'),
})

/** A parsed configuration. */
export type NodeConfig = z.infer<typeof configSchema>

/** How the configuration is looked at. */
export const configCommand: ConfigCommand = {
  program: 'node dsecret.js',
  title: 'Configuration of a dsecret node',
  schema: configSchema,
  defaultFile: '/etc/wetee/dsecret.json',
}
