// What a pod that is a confidential machine (Kata, Confidential Containers) is launched with: a document that names the configuration.
// Pure.
import { sha384 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { fromHex, toHex, type Hex } from '../bytes.ts'
import type { LaunchField } from './launch.ts'

/**
 * The initdata document (Confidential Containers, initdata 0.1.0, TOML) of a configuration: the same bytes for the same digest.
 * It has one entry and is written as Kata's own serializer writes it, so that a runtime that reads it and writes it anew hashes the same
 * bytes. Throws AttestationError `binding.invalid` for what is no digest of 32 bytes.
 */
export function initdataDocument(configDigest: Hex): string {
  const digest = toHex(fromHex(configDigest, 32, 'configuration digest'))
  const entry = JSON.stringify({ format: 'wetee/initdata/v1', configDigest: digest })
  return `version = '0.1.0'\nalgorithm = 'sha384'\n\n[data]\nwetee = '${entry}'\n`
}

/**
 * The launch field of such a machine: SHA-384 of the document, whole in MRCONFIGID, its first 32 bytes in HOST_DATA. Throws
 * AttestationError `binding.invalid`.
 */
export function initdataLaunchField(platform: 'tdx' | 'sev-snp', configDigest: Hex): LaunchField {
  const digest = sha384(utf8ToBytes(initdataDocument(configDigest)))
  return platform === 'tdx'
    ? { name: 'MRCONFIGID', value: toHex(digest) }
    : { name: 'HOST_DATA', value: toHex(digest.subarray(0, 32)) }
}
