// The steps of an update as they are taken: Git, the builder, a registry, the network. Does network and file I/O, starts processes.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Source } from '@wetee/build'
import { parseImageReference } from '@wetee/manifest'
import type { DeployPlan, Network } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { dockerLogin } from '../../docker-login.ts'
import { CliError } from '../../error.ts'
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
    build: (commit, accept) => buildCommit(context, target, commit, accept),
    push: (built) => push(context, target, built),
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
  { git, compose, service, build: how }: WatchTarget,
  commit: string,
  accept: (source: string) => void,
): Promise<BuiltCommit> {
  const { build } = await import('@wetee/build')
  let composeText = ''
  let source = ''
  const { layout, digest } = await build({
    ...how,
    source: { url: git, commit },
    signal: context.signal,
    onSource: async ({ files, folder }) => {
      composeText = await readCompose({ files, folder }, compose)
      source = sourceName(files, { path: compose, text: composeText, service })
      accept(source)
    },
  })
  return { layout, digest, composeText, source }
}

/** A file of the commit itself, and no link to another. */
async function readCompose(
  { files, folder }: Pick<Source, 'files' | 'folder'>,
  path: string,
): Promise<string> {
  const found = files.find((file) => file.path === path)
  if (found === undefined || found.mode === '120000')
    throw new CliError('watch.commit-compose', `it has no Compose file ${path} (--compose)`)
  const bytes = await readFile(join(folder, path))
  if (bytes.length <= maxComposeBytes) return bytes.toString('utf8')
  throw new CliError('watch.commit-compose', `${path} is larger than ${maxComposeBytes} bytes`)
}

async function push(
  context: Context,
  { repository }: WatchTarget,
  { layout, digest }: BuiltCommit,
): Promise<string> {
  const { pushImage } = await import('@wetee/image')
  const credentials = dockerLogin(context, parseImageReference(repository)?.registry ?? '')
  const { reference } = await pushImage(layout, digest, repository, {
    signal: context.signal,
    ...(credentials === undefined ? {} : { credentials }),
  })
  return reference
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
