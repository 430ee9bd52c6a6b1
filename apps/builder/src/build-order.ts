// What a client asks to be built: a commit, and every file that this takes by its digest. Pure.
import { canonicalRepository } from '@wetee/attestation'
import { hasPassword, presetNames, requireBranch } from '@wetee/build'
import { parseImageReference } from '@wetee/manifest'
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

/** Printable, without spaces: paths of Compose files, names, references. What they name is looked at by whoever reads them. */
const word = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[\x21-\x7e]+$/)

const manifestSchema = z.strictObject({
  /** Path in the commit. */
  compose: word(1_024),
  service: word(64),
  /** Where the image will lie. */
  image: word(400),
  /** The application's. */
  name: word(64),
})

const orderSchema = z.strictObject({
  /** Where anybody finds the commit; without a branch that is only handed on. */
  repository: word(1_024),
  commit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/),
  /** Has to be at the commit by what the repository's server says. */
  branch: z.string().max(200).optional(),
  source: material('sha256', 64).extend({
    sizeBytes: sizeBytes.max(orderLimits.maxSourceBytes),
  }),
  packages: z.array(material('sha512', 128)).max(orderLimits.maxPackages),
  /** Is signed with the image when it is asked for. */
  manifest: manifestSchema.optional(),
  preset: z.enum(presetNames),
  port: z.number().int().min(1).max(65_535),
})

/** Which manifest is asked for. */
export type ManifestOrder = z.output<typeof manifestSchema>

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
  if (order.manifest !== undefined) requireImageName(order.manifest.image)
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

/** The digest is what is built, and nobody else's. */
function requireImageName(image: string): void {
  const { digest, tag } = parseImageReference(image) ?? {}
  if (tag !== 'latest' || digest !== undefined || image.endsWith(':latest'))
    throw invalid('manifest.image: expected REGISTRY/REPOSITORY, without a tag or digest')
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
