// Seals a value to the network's key on this machine: nobody but t dsecret nodes together opens it. Reads the chain.
import { hexToBytes } from 'viem'
import { teeClassBits } from '@wetee/manifest'
import {
  encodeSealedSecret,
  parseSealedSecret,
  policyDigest,
  serializePolicy,
  type Hex,
} from '@wetee/secrets'
import { encrypt, nobleGroup, secretLabel, type Group } from '@wetee/threshold'
import { SdkError } from '../error.ts'
import { requireAccount, type Network } from '../network.ts'
import { readOwner, readSecret, requireSecretName } from './records.ts'

/** Longest value of a secret, bytes. */
export const maxSecretBytes = 65_536

/** Names of TEE classes, as `teeClassBits` has them. */
export type TeeClassName = keyof typeof teeClassBits

/** Under which conditions a secret is released, beside those of the chain. */
export type SecretPolicy = {
  /** Hardware of the reader; at least one. Default those that the current version allows. */
  readonly teeClasses: readonly TeeClassName[]
  /** Least security level that the reader's terms ask for. */
  readonly minLevel: number
  /** Measurement ids, or what the DAO accepts at the time. */
  readonly measurements: 'dao' | readonly Hex[]
}

/** What is sealed; `value` is left as it is. */
export type SecretInput = {
  readonly appId: bigint
  readonly name: string
  readonly value: Uint8Array
  readonly policy?: Partial<SecretPolicy>
  /** Default JavaScript; a native one is quicker. */
  readonly group?: Group
}

/** A version that is sealed and neither on chain nor at the nodes yet. `bytes` may be kept anywhere: a copy is the owner's to keep. */
export type SealedVersion = {
  readonly appId: bigint
  readonly name: string
  /** The number that it is sealed for: the next one. */
  readonly version: number
  /** Number of the network's key that it is sealed to: the newest. */
  readonly key: number
  readonly digest: Hex
  readonly policyDigest: Hex
  readonly policy: SecretPolicy
  readonly bytes: Uint8Array
}

/**
 * Seals the next version of a secret. Throws `app.not-found`, `app.ended`, `secret.name-invalid`, `secret.too-large`, `secret.empty`,
 * `secret.not-owner`, `secret.policy-invalid`, `network.no-key` (retryable).
 */
export async function sealSecret(network: Network, input: SecretInput): Promise<SealedVersion> {
  const { appId, value, group = nobleGroup } = input
  const name = requireSecretName(input.name)
  requireSize(value)
  const { app, block } = await readOwner(network, appId)
  if (app.state === 'ended')
    throw new SdkError('app.ended', `"${app.name}" has ended: it is given no secrets any more`)
  const { address } = requireAccount(network).account
  if (address.toLowerCase() !== app.owner.toLowerCase())
    throw new SdkError(
      'secret.not-owner',
      `"${app.name}" belongs to ${app.owner}: the secrets of an application are set by its owner, not by ${address}`,
    )
  const key = await requireNetworkKey(network, block.number)
  const { latest } = await readSecret(network, appId, name, block.number)
  const policy = await fullPolicy(network, input, app.currentVersion || app.pendingVersion)
  const policyText = serializePolicy({
    measurements: policy.measurements,
    minLevel: policy.minLevel,
    teeClasses: policy.teeClasses.reduce((mask, one) => mask | teeClassBits[one], 0),
  })
  const version = latest + 1
  const label = secretLabel({
    chainId: BigInt(network.profile.chainId),
    cloud: hexToBytes(network.profile.contracts.cloud),
    owner: hexToBytes(app.owner),
    appId,
    name,
    version,
    policyDigest: hexToBytes(policyDigest(policyText)),
  })
  const sealing = { networkKey: group.decode(hexToBytes(key.Y)), label, plaintext: value }
  const ciphertext = encrypt(group, sealing, randomBytes)
  const bytes = encodeSealedSecret({ policyText, ciphertext })
  return { appId, name, version, key: key.number, policy, bytes, ...digestsOf(bytes) }
}

/** Names of a sealed secret, as the chain has them. Throws SecretsError `sealed-secret.malformed`, `policy.invalid`. */
export function digestsOf(bytes: Uint8Array): Pick<SealedVersion, 'digest' | 'policyDigest'> {
  const { digest, policyDigest } = parseSealedSecret(bytes)
  return { digest: `0x${digest}`, policyDigest }
}

function requireSize(value: Uint8Array): void {
  if (value.length === 0) throw new SdkError('secret.empty', 'the value of the secret is empty')
  if (value.length > maxSecretBytes)
    throw new SdkError(
      'secret.too-large',
      `the value has ${value.length} bytes, a secret at most ${maxSecretBytes}: encrypt large data with a key that is a secret`,
    )
}

async function requireNetworkKey(network: Network, at: bigint) {
  const key = (await network.reader.liveKeys(at)).at(-1)
  if (key !== undefined) return key
  throw new SdkError(
    'network.no-key',
    `the dsecret nodes of "${network.profile.name}" have made no key yet: \`wetee dsecret epoch\` shows how far they are`,
    { retryable: true },
  )
}

async function fullPolicy(
  network: Network,
  { appId, policy = {} }: SecretInput,
  version: number,
): Promise<SecretPolicy> {
  const { minLevel = 0, measurements = 'dao' } = policy
  if (!Number.isInteger(minLevel) || minLevel < 0 || minLevel > 255)
    throw policyInvalid(`a level is a whole number from 0 to 255, not ${minLevel}`)
  if (measurements !== 'dao' && measurements.length === 0)
    throw policyInvalid('no measurement at all could read it: name one, or "dao"')
  const sorted = measurements === 'dao' ? measurements : [...new Set(measurements)].sort()
  const teeClasses = policy.teeClasses ?? (await classesOf(network, appId, version))
  if (teeClasses.length === 0) throw policyInvalid('no hardware could read it: name a TEE class')
  return { teeClasses: [...new Set(teeClasses)], minLevel, measurements: sorted }
}

/** The hardware that the owner allows for a version. */
async function classesOf(network: Network, appId: bigint, version: number) {
  const { number } = await network.reader.finalized()
  const mask = (await network.reader.version(appId, version, number))?.terms.teeClasses ?? 0
  const names = Object.keys(teeClassBits) as TeeClassName[]
  return names.filter((name) => (mask & teeClassBits[name]) !== 0)
}

const policyInvalid = (why: string) => new SdkError('secret.policy-invalid', why)

const randomBytes = (size: number) => crypto.getRandomValues(new Uint8Array(size))
