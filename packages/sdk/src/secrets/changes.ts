// What an owner does with the secrets of an application, as intents: set, roll back, remove, grant, revoke. Network I/O.
import type { Hex } from 'viem'
import { callOf, type WriteArgs, type WriteName } from '../contracts.ts'
import { SdkError } from '../error.ts'
import { outcomeOf, type Intent } from '../intent.ts'
import { formatTime } from '../money.ts'
import type { Network } from '../network.ts'
import {
  describeReader,
  listSecrets,
  readerArgument,
  readOwner,
  requireSecret,
  requireSecretName,
  type SecretReader,
  type SecretsOwner,
} from './records.ts'
import type { SealedVersion } from './seal.ts'

/** Puts a sealed version on chain; the nodes take its bytes once this is final (`publishSecret`). */
export async function planSecret(network: Network, sealed: SealedVersion): Promise<Intent> {
  const { appId, name, version, key, digest, policyDigest } = sealed
  const known = await readOwner(network, appId)
  return intent(network, known, {
    id: 'secret.set',
    title: `${version === 1 ? 'Set' : 'Set version ' + String(version) + ' of'} secret "${name}"`,
    facts: [
      ['Sealed to', `key ${key} of the network, by this machine; ${sealed.bytes.length} bytes`],
      ['Released to', describePolicy(sealed)],
      ['Ciphertext', digest],
    ],
    call: ['setSecret', [appId, name, version, key, digest, policyDigest]],
    event: 'SecretSet',
  })
}

/** Makes an older version the current one. Throws `secret.not-found`, `secret.version-unknown`, `secret.unchanged`. */
export async function planRollBack(
  network: Network,
  appId: bigint,
  name: string,
  version: number,
): Promise<Intent> {
  const known = await readOwner(network, appId)
  const { current } = await requireSecret(network, appId, name, known.block.number)
  if (version === current.version)
    throw new SdkError('secret.unchanged', `version ${version} of "${name}" is the current one`)
  const args = [appId, name, version] as const
  const found = await network.reader.view('secrets', 'version', args, known.block.number)
  if (BigInt(found.ciphertextDigest) === 0n)
    throw new SdkError('secret.version-unknown', `there is no version ${version} of "${name}"`)
  return intent(network, known, {
    id: 'secret.rollback',
    title: `Roll secret "${name}" back`,
    facts: [
      ['Version', `${current.version} -> ${version}, set ${formatTime(found.setAt)}`],
      ['Running', 'instances keep what they were given until they start anew'],
    ],
    call: ['rollBack', [appId, name, version]],
    event: 'SecretRolledBack',
  })
}

/** Ends the release of a secret. Throws `secret.not-found`. */
export async function planRemoveSecret(
  network: Network,
  appId: bigint,
  name: string,
): Promise<Intent> {
  const known = await readOwner(network, appId)
  const { current } = await requireSecret(network, appId, name, known.block.number)
  return intent(network, known, {
    id: 'secret.remove',
    title: `Remove secret "${name}"`,
    facts: [
      ['Version', String(current.version)],
      ['Then', 'it is released to nobody, and grants of it end'],
      ['Still', 'instances that have it keep it: change what it opens'],
    ],
    call: ['removeSecret', [appId, name]],
    event: 'SecretRemoved',
  })
}

/** Lets somebody else read. Throws `secret.not-found`, `secret.granted`. */
export async function planGrant(
  network: Network,
  appId: bigint,
  name: string,
  reader: SecretReader,
): Promise<Intent> {
  const { known, readers } = await readSet(network, appId, name)
  if (readers.some((other) => describeReader(other) === describeReader(reader)))
    throw new SdkError('secret.granted', `${describeReader(reader)} may read "${name}" already`)
  return intent(network, known, {
    id: 'secret.grant',
    title: `Let others read secret "${name}"`,
    facts: [['Reader', describeReader(reader)]],
    call: ['grant', [appId, name, readerArgument(reader)]],
    event: 'SecretGranted',
  })
}

/** Ends a grant. Throws `secret.not-found`, `secret.not-granted`. */
export async function planRevoke(
  network: Network,
  appId: bigint,
  name: string,
  reader: SecretReader,
): Promise<Intent> {
  const { known, readers } = await readSet(network, appId, name)
  if (!readers.some((other) => describeReader(other) === describeReader(reader)))
    throw new SdkError('secret.not-granted', `${describeReader(reader)} may not read "${name}" now`)
  return intent(network, known, {
    id: 'secret.revoke',
    title: `Revoke a reader of secret "${name}"`,
    facts: [
      ['Reader', describeReader(reader)],
      ['Still', 'instances that have it keep it: change what it opens'],
    ],
    call: ['revoke', [appId, name, readerArgument(reader)]],
    event: 'SecretRevoked',
  })
}

async function readSet(network: Network, appId: bigint, name: string) {
  requireSecretName(name)
  const known = await readOwner(network, appId)
  await requireSecret(network, appId, name, known.block.number)
  const found = (await listSecrets(network, appId)).find((secret) => secret.name === name)
  return { known, readers: found?.readers ?? [] }
}

type Change<F extends WriteName<'secrets'>> = Pick<Intent, 'id' | 'title' | 'facts'> & {
  readonly call: readonly [F, WriteArgs<'secrets', F>]
  readonly event: string
}

function intent<F extends WriteName<'secrets'>>(
  network: Network,
  { app }: SecretsOwner,
  { id, title, facts, call: [functionName, args], event }: Change<F>,
): Intent {
  const doing = `${title.charAt(0).toLowerCase()}${title.slice(1)} of "${app.name}"`
  return {
    id,
    title,
    facts: [['Application', `${app.appId} "${app.name}"`], ...facts],
    calls: [callOf(network.profile, 'secrets', functionName, args, { doing })],
    outcome: outcomeOf('secrets', event),
  }
}

function describePolicy({ policy }: SealedVersion): string {
  const what =
    policy.measurements === 'dao'
      ? 'the network accepts'
      : `one of ${policy.measurements.length} measurements`
  const hardware = policy.teeClasses.join(' or ')
  return `instances of it on ${hardware}, level ${policy.minLevel} or more, of what ${what}`
}

/** A digest in the form of the nodes' addresses. */
export const bareDigest = (digest: Hex): string => digest.slice(2).toLowerCase()
