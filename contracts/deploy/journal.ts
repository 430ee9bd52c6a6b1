// What a deployment has done so far, saved after every step: contracts/addresses/<network>.json. Reads and writes that file.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isAddress, type Hex } from 'viem'
import { z } from 'zod'
import { DeployError } from './deploy-error.ts'
import type { Book } from './creations.ts'

const hex = z.string().regex(/^0x[0-9a-fA-F]*$/) as unknown as z.ZodType<Hex>
const address = z.string().refine((text) => isAddress(text)) as unknown as z.ZodType<Hex>
const decimal = z.string().regex(/^\d{1,78}$/)
const sentSchema = z.object({
  transaction: hex,
  block: decimal,
  gasUsed: decimal,
  costWei: decimal,
})
const contractSchema = z.object({
  /** In Solidity. */
  contract: z.string(),
  address,
  codeHash: hex,
  /** Constructor arguments; whole numbers as decimal strings. */
  args: z.array(z.unknown()).optional(),
  /** The transaction that created it; absent for what another contract made. */
  sent: sentSchema.optional(),
})
const callSchema = z.object({ id: z.string(), to: address, sent: sentSchema })
const stepSchema = z.object({
  id: z.string(),
  nonce: z.int().min(0),
  dataHash: hex,
})
const pendingSchema = stepSchema.extend({ hash: hex, raw: hex })
const plannedSchema = stepSchema.extend({
  to: address.optional(),
  creates: z
    .object({
      name: z.string(),
      contract: z.string(),
      args: z.array(z.unknown()).readonly(),
      address,
    })
    .optional(),
})
const deploymentSchema = z.object({
  network: z.string(),
  chainId: z.int().min(1),
  deployer: address,
  /** No event of these contracts is older. */
  deployBlock: decimal,
  /** Everything is there, wired, checked and handed over. */
  complete: z.boolean(),
  /** What the constructors were given, whole numbers as decimal strings. */
  parameters: z.record(z.string(), z.unknown()),
  contracts: z.record(z.string(), contractSchema),
  calls: z.array(callSchema),
  /** Signed and perhaps sent; looked for before anything else is sent. */
  pending: pendingSchema.optional(),
  /** Handed out unsigned; looked for on chain by their nonces. */
  planned: z.array(plannedSchema).optional(),
  /** Of all transactions so far. */
  total: z.object({ gasUsed: decimal, costWei: decimal }),
})

/** The content of the file. */
export type Deployment = z.infer<typeof deploymentSchema>

/** A transaction with what it cost. */
export type Sent = z.infer<typeof sentSchema>

/** A step whose transaction may be on the way. */
export type Pending = z.infer<typeof pendingSchema>

/** A step that somebody else signs. */
export type Planned = z.infer<typeof plannedSchema>

/** Holds a deployment and saves every change. */
export class Journal {
  #deployment: Deployment
  readonly #save: (deployment: Deployment) => void

  constructor(deployment: Deployment, save: (deployment: Deployment) => void = () => undefined) {
    this.#deployment = deployment
    this.#save = save
  }

  /** The state as it was last saved. */
  get deployment(): Deployment {
    return this.#deployment
  }

  /** Replaces fields and saves; a field given as undefined is removed. */
  update(change: Partial<Deployment>): void {
    const next = { ...this.#deployment, ...change }
    const sent = [
      ...Object.values(next.contracts).flatMap((c) => c.sent ?? []),
      ...next.calls.map((c) => c.sent),
    ]
    const sum = (key: 'gasUsed' | 'costWei') =>
      String(sent.reduce((total, one) => total + BigInt(one[key]), 0n))
    next.total = { gasUsed: sum('gasUsed'), costWei: sum('costWei') }
    this.#deployment = next
    this.#save(next)
  }
}

/** The addresses in a deployment. */
export function bookOf({ contracts }: Deployment): Book {
  return Object.fromEntries(Object.entries(contracts).map(([name, { address: at }]) => [name, at]))
}

/** A deployment that has done nothing yet. */
export function newDeployment(
  first: Pick<Deployment, 'network' | 'chainId' | 'deployer' | 'deployBlock' | 'parameters'>,
): Deployment {
  return {
    ...first,
    complete: false,
    contracts: {},
    calls: [],
    total: { gasUsed: '0', costWei: '0' },
  }
}

/** Reads the file; undefined when there is none. Throws `deploy.file-invalid`. */
export function readDeployment(path: string): Deployment | undefined {
  if (!existsSync(path)) return undefined
  try {
    return deploymentSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw new DeployError('deploy.file-invalid', `${path} is not the file of a deployment`, {
      cause,
    })
  }
}

/** Writes the file so that it is the old or the new one, never half of it. */
export function writeDeployment(path: string, deployment: Deployment): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.new`, `${toJson(deployment)}\n`)
  renameSync(`${path}.new`, path)
}

/** JSON with whole numbers of any size as decimal strings. */
export function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_, field: unknown) => (typeof field === 'bigint' ? String(field) : field),
    2,
  )
}
