// What a client asks to be built: a commit, and every file that this takes by its digest. Pure.
import { canonicalRepository } from '@wetee/attestation'
import { hasPassword, presetNames, requireBranch } from '@wetee/build'
import * as z from 'zod'
import { BuilderError } from './builder-error.ts'

const mib = 2 ** 20

/** Bounds of one build. */
export const orderLimits = {
  /** Of the JSON. */
  maxBytes: 2 * mib,
  maxPackages: 5_000,
  /** The source's archive, and its files when unpacked. */
  maxSourceBytes: 96 * mib,
  maxMaterialBytes: 128 * mib,
  /** All that is uploaded. */
  maxTotalBytes: 256 * mib,
} as const

const sizeBytes = z.number().int().min(1).max(orderLimits.maxMaterialBytes)
const material = (name: 'sha256' | 'sha512', digits: number) =>
  z.strictObject({
    digest: z.string().regex(new RegExp(`^${name}:[0-9a-f]{${digits}}$`)),
    sizeBytes,
  })

const orderSchema = z.strictObject({
  /** Where anybody finds the commit; without a branch that is only handed on. */
  repository: z
    .string()
    .max(1_024)
    .regex(/^[\x21-\x7e]+$/),
  commit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/),
  /** Has to be at the commit by what the repository's server says. */
  branch: z.string().max(200).optional(),
  source: material('sha256', 64).extend({
    sizeBytes: sizeBytes.max(orderLimits.maxSourceBytes),
  }),
  packages: z.array(material('sha512', 128)).max(orderLimits.maxPackages),
  preset: z.enum(presetNames),
  port: z.number().int().min(1).max(65_535),
})

/** One build. */
export type BuildOrder = z.output<typeof orderSchema>

/** Reads an order, strictly. Throws BuilderError `request.invalid`, `request.not-json`, `request.too-large`. */
export function parseBuildOrder(text: string): BuildOrder {
  const parsed = orderSchema.safeParse(parseJson(text))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalid(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}`)
  }
  const order = parsed.data
  requireRepository(order)
  const digests = order.packages.map(({ digest }) => digest)
  if (new Set(digests).size !== digests.length) throw invalid('packages: one is there twice')
  const total = order.packages.reduce((sum, one) => sum + one.sizeBytes, order.source.sizeBytes)
  if (total > orderLimits.maxTotalBytes)
    throw new BuilderError(
      'request.too-large',
      `the materials have ${total} bytes, at most ${orderLimits.maxTotalBytes} are taken`,
    )
  return order
}

/** An address that a statement and the chain can name, without a login: both are public. */
function requireRepository({ repository, branch }: BuildOrder): void {
  if (hasPassword(repository)) throw invalid('repository: a login in an address would be public')
  if (branch !== undefined && !repository.startsWith('https://'))
    throw invalid('branch: only a server at https:// can be asked for it')
  try {
    canonicalRepository(repository)
    if (branch !== undefined) requireBranch(branch)
  } catch (cause) {
    throw new BuilderError('request.invalid', 'no address of a repository, or no branch', { cause })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new BuilderError('request.not-json', 'the body is no JSON', { cause })
  }
}

function invalid(message: string): BuilderError {
  return new BuilderError('request.invalid', message)
}
