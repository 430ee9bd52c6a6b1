// Which secrets an appraised instance may be given now. Reads the chain.
import { teeClassBits, type ManifestDocument } from '@wetee/manifest'
import { policyProblem, UNKNOWN_DIGEST, type Policy, type SecretItem } from '@wetee/secrets'
import type { AppraisedInstance } from '../appraise/instance.ts'
import type { Block, ChainView, SecretFacts } from '../chain/chain-view.ts'
import { bareDigest } from '../ciphertexts/library.ts'
import type { NamedVersion } from '../ciphertexts/verify.ts'
import { NodeError } from '../node-error.ts'

const NOBODY = `0x${'00'.repeat(20)}`

/**
 * The versions asked for, each current at the head under the key that the reader was launched under. Throws NodeError `secret.not-in-manifest`, `secret.not-granted` before it says
 * anything of versions, then `secret.version-differs` with the current ones.
 */
export async function authorise(
  view: ChainView,
  reader: AppraisedInstance,
  asked: readonly SecretItem[],
  head: Block,
): Promise<readonly NamedVersion[]> {
  for (const item of asked) requireInManifest(reader, item)
  await Promise.all(asked.map((item) => requireGrant(view, reader, item, head)))
  const key = reader.networkKey?.number ?? 0
  const current = await Promise.all(
    asked.map(({ appId, name }) => view.secretUnder(BigInt(appId), name, key, head.number)),
  )
  const named = asked.map((item, place) => namedVersion(item, current[place]))
  const differs = named.findIndex((version) => version === undefined)
  if (differs >= 0) throw versionsDiffer(asked, current, head)
  return named.filter((version) => version !== undefined)
}

/** Throws NodeError `secret.policy` for the first condition that does not hold. */
export function requirePolicy(
  { lease, platform, manifest }: AppraisedInstance,
  { appId, name }: NamedVersion,
  policy: Policy,
): void {
  const problem = policyProblem(policy, {
    teeClass: teeClassBits[platform],
    level: manifest.terms.level,
    measurementId: lease.measurementId,
  })
  if (problem !== undefined) throw new NodeError('secret.policy', `${appId}/${name}: ${problem}`)
}

function requireInManifest({ lease, manifest }: AppraisedInstance, { appId, name }: SecretItem) {
  if (isInManifest(manifest, lease.appId, appId, name)) return
  throw new NodeError(
    'secret.not-in-manifest',
    `the manifest of version ${lease.version} of application ${lease.appId} does not ask for the secret ${appId}/${name}`,
  )
}

function isInManifest(
  { secrets = [] }: ManifestDocument,
  own: bigint,
  appId: string,
  name: string,
): boolean {
  return secrets.some((it) => it.secret === name && (it.appId ?? String(own)) === appId)
}

async function requireGrant(
  view: ChainView,
  { lease, manifestDigest }: AppraisedInstance,
  { appId, name }: SecretItem,
  head: Block,
): Promise<void> {
  if (BigInt(appId) === lease.appId) return
  const reader = { appId: lease.appId, manifestDigest }
  if (await view.isGranted({ appId: BigInt(appId), name }, reader, head.number)) return
  throw new NodeError(
    'secret.not-granted',
    `application ${appId} has not granted "${name}" to application ${lease.appId} with the manifest ${manifestDigest}`,
  )
}

/** Undefined unless it is the current one. */
function namedVersion(
  item: SecretItem,
  current: SecretFacts | undefined,
): NamedVersion | undefined {
  if (current === undefined || current.current !== item.version) return undefined
  const { ciphertextDigest, policyDigest, owner } = current.version
  if (bareDigest(ciphertextDigest) !== item.digest) return undefined
  const { name, version, digest } = item
  return { appId: BigInt(item.appId), name, version, digest, policyDigest, owner }
}

function versionsDiffer(
  asked: readonly SecretItem[],
  current: readonly (SecretFacts | undefined)[],
  head: Block,
): NodeError {
  const named = asked.map(({ appId, name }, place) => {
    const found = current[place]
    return found === undefined
      ? { appId, name, version: 0, digest: UNKNOWN_DIGEST, owner: NOBODY }
      : {
          appId,
          name,
          version: found.current,
          digest: bareDigest(found.version.ciphertextDigest),
          owner: found.version.owner,
        }
  })
  return new NodeError(
    'secret.version-differs',
    `at block ${head.number} other versions are current: ask for those`,
    { status: 409, details: { current: named } },
  )
}
