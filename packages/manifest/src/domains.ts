// Custom domains of an application: their names, and the DNS record that proves them. Pure.
import { z } from 'zod'
import type { Hex } from './terms.ts'

/** A domain that leads to a published port. */
export type Domain = {
  /** In lower case, without a dot at its end. */
  readonly name: string
  /** The published port inside the application. */
  readonly target: number
}

/** More would not fit into what an instance is told of them. */
export const maxDomains = 16

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * Whether this is a name that a CA certifies: at least two labels, at most 240 bytes (`_wetee.` goes in front), the last one no number;
 * internationalized names in their ASCII form.
 */
export function isDomainName(text: string): boolean {
  const labels = text.split('.')
  if (text.length > 240 || labels.length < 2 || !labels.every((one) => label.test(one)))
    return false
  return /[a-z]/.test(labels.at(-1) ?? '')
}

/** Schema of `domains` of a document. Absent where there are none: it is never empty. */
export const domainsSchema = z
  .array(
    z.strictObject({
      name: z.string().refine(isDomainName),
      target: z.number().int().min(1).max(65_535),
    }),
  )
  .min(1)
  .max(maxDomains)
  .optional()

/** Where the record of a domain lies. */
export const proofNameOf = (domain: string): string => `_wetee.${domain}`

/** The TXT record by which the owner of a domain names an application of a network. */
export function domainProof(application: {
  readonly appId: bigint
  readonly chainId: bigint | number
  readonly cloud: Hex
}): string {
  const { appId, chainId, cloud } = application
  return `app=${appId},network=${chainId}:${cloud.toLowerCase()}`
}

/**
 * Whether the records at `proofNameOf(domain)` name this application: one does, and none names another one of the same network. What
 * has another form is not looked at.
 */
export function provesDomain(
  records: readonly string[],
  application: Parameters<typeof domainProof>[0],
): boolean {
  const proof = domainProof(application)
  const network = proof.slice(proof.indexOf(','))
  const named = records
    .map((text) => text.replaceAll(' ', '').toLowerCase())
    .filter((text) => text.startsWith('app=') && text.endsWith(network))
  return named.length > 0 && named.every((text) => text === proof)
}
