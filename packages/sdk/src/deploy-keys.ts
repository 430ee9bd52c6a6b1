// Keys that an owner lets propose new code of an application, and what the contract holds them to. Network I/O.
import { isAddressEqual, zeroHash, type Address, type Hex } from 'viem'
import { repositoryHash } from '@wetee/attestation'
import { requireAddress } from './address.ts'
import { readKnown, simple } from './app-known.ts'
import { SdkError } from './error.ts'
import type { Intent } from './intent.ts'
import { formatAmount, formatDuration, formatTime, perDay } from './money.ts'
import type { Network } from './network.ts'

/** What a key may do, as the contract keeps it. */
export type DeployKey = {
  readonly key: Address
  /** Rent of all replicas. */
  readonly maxWeiPerSecond: bigint
  /** Since the newest version, whoever made it. */
  readonly minIntervalSeconds: bigint
  /** Last second in which it counts, since 1970. */
  readonly expiresAt: bigint
  /** Absent: no build record is demanded. */
  readonly build?: { readonly builderAppId: bigint; readonly repositoryHash: Hex }
}

/** Limits for a key that is set. */
export type DeployKeyLimits = {
  /** Rent a day of all replicas; default what the running version costs. */
  readonly maxWeiPerDay?: bigint
  readonly minIntervalSeconds: bigint
  readonly expiresAt: bigint
  /** A version then needs a record by this builder of this repository, any address of it. */
  readonly build?: { readonly builderAppId: bigint; readonly repository: string }
}

/**
 * Lets a key propose new code within limits, or gives one that may other limits. Throws `app.key-limit` for a limit that allows nothing.
 */
export async function planDeployKey(
  network: Network,
  appId: bigint,
  key: string,
  limits: DeployKeyLimits,
): Promise<Intent> {
  const { app, version, asset, block } = await readKnown(network, appId, ['active', 'paused'])
  const { minIntervalSeconds, expiresAt, build } = limits
  const rent = version.weiPerSecond * BigInt(app.replicas)
  const maxWeiPerSecond =
    limits.maxWeiPerDay === undefined ? rent : limits.maxWeiPerDay / secondsOfDay
  const address = requireAddress('deploy key', key)
  if (isAddressEqual(address, app.owner)) throw limitError('the owner needs no deploy key')
  if (expiresAt <= block.timestamp) throw limitError(`${formatTime(expiresAt)} has passed`)
  if (maxWeiPerSecond < rent)
    throw limitError(
      `"${app.name}" costs ${formatAmount(perDay(rent), asset)} per day now, so a key for less could propose nothing`,
    )
  return simple(network, {
    id: 'app.deploy-key.set',
    title: `A deploy key for "${app.name}"`,
    facts: [
      ['Key', address],
      ['May', 'propose versions with the same terms on the same worker; nothing else'],
      ['Rent', `at most ${formatAmount(perDay(maxWeiPerSecond), asset)} per day`],
      ['Interval', formatDuration(Number(minIntervalSeconds))],
      ['Until', formatTime(expiresAt)],
      [
        'Build record',
        build === undefined
          ? 'none: the key decides what runs'
          : `of ${build.repository}, by application ${build.builderAppId}`,
      ],
    ],
    call: [
      'setDeployKey',
      [
        appId,
        address,
        {
          ...{ maxWeiPerSecond, minIntervalSeconds, expiresAt },
          builderAppId: build?.builderAppId ?? 0n,
          repositoryHash: build === undefined ? zeroHash : hashOf(build.repository),
        },
      ],
      `set a deploy key of application ${appId}`,
    ],
    event: 'DeployKeySet',
  })
}

/** Takes a key back. Throws `app.key-unknown`. */
export async function planRevokeDeployKey(
  network: Network,
  appId: bigint,
  key: string,
): Promise<Intent> {
  const { app } = await readKnown(network, appId, ['active', 'paused', 'ended'])
  const address = requireAddress('deploy key', key)
  await requireDeployKey(network, appId, address)
  const pending = app.pendingVersion === 0 ? 'nothing' : `version ${app.pendingVersion}`
  return simple(network, {
    id: 'app.deploy-key.revoke',
    title: `Take a deploy key of "${app.name}" back`,
    facts: [
      ['Key', address],
      ['Pending', `${pending}; \`wetee app drop ${appId}\` drops what the key has proposed`],
    ],
    call: ['revokeDeployKey', [appId, address], `revoke a deploy key of application ${appId}`],
    event: 'DeployKeyRevoked',
  })
}

/** Keys of an application, also those that have expired. */
export async function readDeployKeys(
  { reader }: Network,
  appId: bigint,
): Promise<readonly DeployKey[]> {
  const { number } = await reader.finalized()
  const keys = await reader.view('cloud', 'deployKeys', [appId], number)
  return keys.map(({ key, limits }) => {
    const { builderAppId, repositoryHash: repository, ...rest } = limits
    const build = builderAppId === 0n ? {} : { build: { builderAppId, repositoryHash: repository } }
    return { key, ...rest, ...build }
  })
}

/** The limits of a key. Throws `app.key-unknown` where it is none of the application's. */
export async function requireDeployKey(
  network: Network,
  appId: bigint,
  key: Address,
): Promise<DeployKey> {
  const keys = await readDeployKeys(network, appId)
  const found = keys.find((one) => isAddressEqual(one.key, key))
  if (found !== undefined) return found
  throw new SdkError('app.key-unknown', `${key} is no deploy key of application ${appId}`)
}

const secondsOfDay = 86_400n

function hashOf(repository: string): Hex {
  try {
    return repositoryHash(repository)
  } catch {
    throw limitError(`"${repository}" is no address of a repository`)
  }
}

function limitError(why: string): SdkError {
  return new SdkError('app.key-limit', `${why}: choose another limit`)
}
