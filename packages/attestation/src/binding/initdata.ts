// What a pod that is a confidential machine (Kata, Confidential Containers) is launched with: a document that names the configuration.
// Pure.
import { sha384 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'
import { fromHex, toHex, type Hex } from '../bytes.ts'
import { AttestationError } from '../error.ts'
import { podMeasurementId } from './identity.ts'
import { launchField, type LaunchClaims, type LaunchField } from './launch.ts'

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

/** A pod that is a confidential machine, as its evidence names it. */
export type PodLaunch = {
  /** `sha256:..`: the guest has not measured the agent, its policy names the image. */
  readonly agentImage: string
  /** `kataPolicy` of that image and the manifest. */
  readonly policy: string
}

/**
 * What the hardware has to say of a launch with `configDigest`, and the id that its measurement is accepted by: the guest's own, and of a pod that
 * of guest and agent together. So a guest that takes a policy counts with one alone, and none that holds its agent can be said to be a pod.
 * Throws AttestationError `binding.invalid`, also for a pod in SGX.
 */
export function dueLaunch(
  { platform, measurementId }: Pick<LaunchClaims, 'platform' | 'measurementId'>,
  configDigest: Hex,
  pod?: PodLaunch,
): { readonly field: LaunchField; readonly measurementId: Hex } {
  if (pod === undefined) return { field: launchField(platform, configDigest), measurementId }
  if (platform === 'sgx')
    throw new AttestationError('binding.invalid', 'expected a pod of TDX or SEV-SNP, got SGX')
  return {
    field: initdataLaunchField(platform, configDigest, pod.policy),
    measurementId: podMeasurementId(measurementId, pod.agentImage),
  }
}
