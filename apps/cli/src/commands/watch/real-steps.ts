// The steps of an update as they are taken: Git, the builder, a registry, the network. Does network and file I/O, starts processes.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Source } from '@wetee/build'
import { parseImageReference } from '@wetee/manifest'
import {
  carryOut,
  parseBuildRecord,
  planRecordBuild,
  type DeployPlan,
  type Network,
  type SignedBuildRecord,
} from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { dockerLogin } from '../../docker-login.ts'
import { CliError, viewError } from '../../error.ts'
import { buildThere, requireGenuine } from '../build-at-builder.ts'
import { maxComposeBytes } from '../deploy.ts'
import type { BuiltCommit, Steps } from './follower.ts'
import { sourceName } from './source-name.ts'

/** What is followed, how it is built, where it goes. */
export type WatchTarget = {
  readonly appId: bigint
  readonly git: string
  readonly branch: string
  /** `registry/repository`, without tag or digest. */
  readonly repository: string
  /** Path in the repository. */
  readonly compose: string
  readonly service: string
  /** The account is a deploy key and not the owner's. */
  readonly byDeployKey: boolean
  /** The application that builds; undefined: this machine. */
  readonly builderAppId?: bigint
  readonly build: {
    readonly preset: string
    readonly cache: string
    readonly base?: string
    readonly port?: number
    readonly npmRegistry?: string
  }
  readonly timeoutMs: number
}

/** Steps that act on a network with the key of its account. Git and the builder need the Node that `wetee build` needs. */
export async function realSteps(
  context: Context,
  network: Network,
  target: WatchTarget,
): Promise<Steps> {
  const { followsCommit, readBranchHead } = await import('@wetee/build')
  const { sdk, signal } = context
  const { appId, git } = target
  const details = () => sdk.showApp(network, appId, { signal })
  return {
    head: () => readBranchHead(git, target.branch, { signal }),
    follows: (commit, ancestor) => followsCommit(git, commit, ancestor, { signal }),
    build: (commit, accept) =>
      target.builderAppId === undefined
        ? buildCommit(context, target, commit, accept)
        : buildCommitThere(
            context,
            network,
            { ...target, builderAppId: target.builderAppId },
            {
              ...{ commit, accept },
            },
          ),
    push: (built) => push(context, target, built),
    record: (signed) => record(network, signed, signal),
    plan: (composeText) => plan(context, network, target, composeText),
    apply: (planned, onSent) =>
      sdk.applyPlan(network, planned, {
        signal,
        onStep: ({ id, txHash }) => {
          if (id === 'sent' && txHash !== undefined) onSent(txHash)
        },
      }),
    findVersion: async (manifestDigest) => {
      const { version, pending } = await details()
      const found = [pending, version].find((one) => one?.manifestDigest === manifestDigest)
      return found?.version
    },
    isUnderway: (txHash) => isUnderway(network, txHash),
    serving: async (version, onServing) => {
      let said = false
      await sdk.waitForApp(network, appId, {
        ...{ version, drained: true, timeoutMs: target.timeoutMs, signal },
        onProgress: ({ done }) => {
          if (said || !done.includes('active')) return
          said = true
          onServing()
        },
      })
      if (!said) onServing()
    },
  }
}

async function buildCommit(
  context: Context,
  target: WatchTarget,
  commit: string,
  accept: (source: string) => void,
): Promise<BuiltCommit> {
  const { build } = await import('@wetee/build')
  const look = new SourceLook(target, accept)
  const { layout, digest } = await build({
    ...target.build,
    source: { url: target.git, commit },
    signal: context.signal,
    onSource: (source) => look.at(source),
  })
  return { layout, digest, ...look.found }
}

/** In a TEE: the image, and the builder's word on the manifest that it gives. */
async function buildCommitThere(
  context: Context,
  network: Network,
  target: WatchTarget & { readonly builderAppId: bigint },
  { commit, accept }: { readonly commit: string; readonly accept: (source: string) => void },
): Promise<BuiltCommit> {
  const { git, branch, compose, service, repository: image, builderAppId, appId } = target
  const { name } = await context.sdk.showApp(network, appId, { signal: context.signal })
  const look = new SourceLook(target, accept)
  const layout = await mkdtemp(join(tmpdir(), 'wetee-watched-'))
  try {
    const order = {
      ...{ appId: builderAppId, layout, branch },
      asked: {
        ...target.build,
        source: { url: git, commit },
        onSource: (source: Source) => look.at(source),
      },
      manifest: { compose, service, image, name },
    }
    const { built, report } = await buildThere(context, network, order, () => undefined)
    requireGenuine(report, commit)
    const record = parseBuildRecord(JSON.stringify(built.record))
    return { layout, digest: built.digest, record, ...look.found }
  } catch (error) {
    await rm(layout, { recursive: true, force: true })
    throw error
  }
}

/** What is read of a commit before anything is built from it. */
class SourceLook {
  readonly #target: WatchTarget
  readonly #accept: (source: string) => void
  found: Pick<BuiltCommit, 'composeText' | 'source'> = { composeText: '', source: '' }

  constructor(target: WatchTarget, accept: (source: string) => void) {
    this.#target = target
    this.#accept = accept
  }

  /** Throws what `accept` throws, and CliError `watch.commit-compose`. */
  async at(staged: Source): Promise<void> {
    const { compose: path, service } = this.#target
    const { readSourceFile } = await import('@wetee/build')
    const text = await readSourceFile(staged, path, maxComposeBytes)
    if (text === undefined)
      throw new CliError(
        'watch.commit-compose',
        `it has no Compose file ${path} of at most ${maxComposeBytes} bytes (--compose)`,
      )
    const source = sourceName(staged.files, { path, text, service })
    this.#accept(source)
    this.found = { composeText: text, source }
  }
}

async function push(
  context: Context,
  { repository, builderAppId }: WatchTarget,
  { layout, digest }: BuiltCommit,
): Promise<string> {
  const { pushImage } = await import('@wetee/image')
  const credentials = dockerLogin(context, parseImageReference(repository)?.registry ?? '')
  try {
    const { reference } = await pushImage(layout, digest, repository, {
      signal: context.signal,
      ...(credentials === undefined ? {} : { credentials }),
    })
    return reference
  } finally {
    // Of an own build it lies in the cache.
    if (builderAppId !== undefined) await rm(layout, { recursive: true, force: true })
  }
}

/** The same build gives the same record: after an interruption it may be there. */
async function record(
  network: Network,
  signed: SignedBuildRecord,
  signal: AbortSignal,
): Promise<void> {
  try {
    await carryOut(network, planRecordBuild(network, signed), { signal })
  } catch (error) {
    if (viewError(error).code !== 'contract.BuildKnown') throw error
  }
}

async function plan(
  context: Context,
  network: Network,
  { appId, byDeployKey, compose: file }: WatchTarget,
  composeText: string,
): Promise<DeployPlan> {
  const { sdk, signal } = context
  const { name, owner, state } = await sdk.showApp(network, appId, { signal })
  if (state === 'ended') throw new CliError('app.ended', `application ${appId} has ended`)
  const planned = await sdk.planDeploy(network, {
    ...{ composeText, file, name, owner, byDeployKey, signal },
    resolveImage: sdk.resolveImageFromRegistry,
  })
  // Its name may have become another application's meanwhile.
  if (planned.existing?.appId === appId) return planned
  throw new CliError('app.ended', `"${name}" is application ${appId} no more`)
}

/** In the pool, or in a block that is not final. */
async function isUnderway({ chain }: Network, hash: `0x${string}`): Promise<boolean> {
  const isNotFound = (error: unknown) => {
    if (error instanceof Error && /NotFound/.test(error.name)) return undefined
    throw error
  }
  const found = await chain.client.getTransaction({ hash }).catch(isNotFound)
  if (found === undefined) return false
  if (found.blockNumber === null) return true
  const receipt = await chain.client.getTransactionReceipt({ hash }).catch(isNotFound)
  return receipt?.status !== 'reverted'
}
