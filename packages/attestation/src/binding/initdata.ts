// What a pod that is a confidential machine (Kata, Confidential Containers) is launched with: a document that names the configuration.
// Pure.
import { sha384 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { fromHex, toHex, type Hex } from '../bytes.ts'
import { AttestationError } from '../error.ts'
import type { LaunchField } from './launch.ts'

/**
 * The initdata document (Confidential Containers, initdata 0.1.0, TOML) of a configuration: the same bytes for the same digest.
 * With a policy (see `kataPolicy`) it has the entry `policy.rego` too, which the guest's Kata agent takes; a runtime has to hash the document as
 * it came. Alone, its one entry is written as Kata's own serializer writes it, so that one that reads it and writes it anew hashes the same
 * bytes. Throws AttestationError `binding.invalid` for what is no digest of 32 bytes, and for a policy that cannot stand in it.
 */
export function initdataDocument(configDigest: Hex, policy?: string): string {
  const digest = toHex(fromHex(configDigest, 32, 'configuration digest'))
  const entry = JSON.stringify({ format: 'wetee/initdata/v1', configDigest: digest })
  const text = `version = '0.1.0'\nalgorithm = 'sha384'\n\n[data]\nwetee = '${entry}'\n`
  if (policy === undefined) return text
  // As it stands between three quotes, nothing is escaped (TOML 1.0, literal strings).
  // oxlint-disable-next-line no-control-regex -- these may not stand there.
  if (policy.includes("'''") || /[\0-\x08\x0b-\x1f\x7f]/.test(policy))
    throw new AttestationError('binding.invalid', 'a policy of lines without control characters')
  return `${text}"policy.rego" = '''\n${policy}'''\n`
}

/**
 * The launch field of such a machine: SHA-384 of the document, whole in MRCONFIGID, its first 32 bytes in HOST_DATA. Throws
 * AttestationError `binding.invalid`.
 */
export function initdataLaunchField(
  platform: 'tdx' | 'sev-snp',
  configDigest: Hex,
  policy?: string,
): LaunchField {
  const digest = sha384(utf8ToBytes(initdataDocument(configDigest, policy)))
  return platform === 'tdx'
    ? { name: 'MRCONFIGID', value: toHex(digest) }
    : { name: 'HOST_DATA', value: toHex(digest.subarray(0, 32)) }
}
