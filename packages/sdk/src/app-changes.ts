// What an owner changes of an application without new code: replicas, settings, pauses. Network I/O.
import { bytesToHex } from 'viem'
import { parseConfiguration } from '@wetee/manifest'
import {
  amountFor,
  approvals,
  lasting,
  readKnown,
  refusePending,
  rentChange,
  simple,
  unchanged,
} from './app-known.ts'
import { callOf } from './contracts.ts'
import { SdkError } from './error.ts'
import { outcomeOf, valueOf, type Intent } from './intent.ts'
import { formatAmount, formatDuration, formatTime, perDay } from './money.ts'
import type { Network } from './network.ts'

/**
 * More or fewer replicas of the same version at the same rent each. `amountWei` defaults to what the escrow lacks.
 * Throws `app.unchanged`, `app.update-pending`, `deploy.deposit-too-low`.
 */
export async function planScale(
  network: Network,
  appId: bigint,
  replicas: number,
  amountWei?: bigint,
): Promise<Intent> {
  const known = await readKnown(network, appId, ['active'])
  const { app, version, asset, owedWei, block } = known
  refusePending(app)
  if (replicas === app.replicas)
    throw unchanged(`application ${appId} has ${replicas} replicas already`)
  const { minEscrowSeconds } = await network.reader.parameters(block.number)
  const weiPerSecond = version.weiPerSecond * BigInt(replicas)
  const graceWei = (app.graceDepositWei * BigInt(replicas)) / BigInt(app.replicas)
  const left = app.escrowWei > owedWei ? app.escrowWei - owedWei : 0n
  const neededWei =
    replicas > app.replicas
      ? weiPerSecond * minEscrowSeconds + graceWei - left - app.graceDepositWei
      : 0n
  const paidWei = amountFor(known, neededWei, amountWei)
  const call = callOf(network.profile, 'cloud', 'scale', [appId, replicas, paidWei], {
    doing: `scale application ${appId} to ${replicas} replicas`,
    valueWei: valueOf(asset, paidWei),
  })
  return {
    id: 'app.scale',
    title: `Scale "${app.name}" from ${app.replicas} to ${replicas} replicas`,
    facts: [
      ['Rent', rentChange(asset, version.weiPerSecond * BigInt(app.replicas), weiPerSecond)],
      ['Added', formatAmount(paidWei, asset)],
      ...lasting(left + app.graceDepositWei + paidWei - graceWei, weiPerSecond),
    ],
    calls: [...(await approvals(network, asset, paidWei)), call],
    outcome: outcomeOf('cloud', 'ReplicasChanged'),
  }
}

/**
 * Settings that are no code, as JSON; public for ever. Throws `configuration.credentials` unless confirmed, `app.unchanged`,
 * ManifestError `configuration.*`.
 */
export async function planConfigure(
  network: Network,
  appId: bigint,
  json: string,
  options: { readonly allowCredentials?: boolean } = {},
): Promise<Intent> {
  const configuration = parseConfiguration(json)
  const { app, block } = await readKnown(network, appId, ['active', 'paused'])
  const { suspected, digest, text } = configuration
  if (suspected.length > 0 && options.allowCredentials !== true)
    throw new SdkError(
      'configuration.credentials',
      `the configuration would be public for ever and ${suspected.length} value(s) look like credentials (${suspected.map((one) => `${one.path}: ${one.what}`).join('; ')}): remove them, or confirm with --allow-credentials`,
    )
  const before = await network.reader.view('cloud', 'configuration', [appId], block.number)
  if (before.digest === digest) throw unchanged(`"${app.name}" has this configuration already`)
  const bytes = new TextEncoder().encode(text)
  return {
    id: 'app.configure',
    title: `Configure "${app.name}"`,
    facts: [
      ['Revision', `${before.revision} -> ${before.revision + 1}`],
      ['Digest', digest],
      ['Public', text],
    ],
    calls: [
      callOf(network.profile, 'cloud', 'configure', [appId, bytesToHex(bytes)], {
        doing: `configure application ${appId}`,
      }),
    ],
    outcome: outcomeOf('cloud', 'Configured'),
  }
}

/** Stops an application and keeps its disk for the grace. */
export async function planPause(network: Network, appId: bigint): Promise<Intent> {
  const { app, version, asset } = await readKnown(network, appId, ['active'])
  const { graceSeconds } = version.terms
  return simple(network, {
    id: 'app.pause',
    title: `Pause "${app.name}"`,
    facts: [
      [
        'Disk',
        `kept for ${formatDuration(graceSeconds)}, paid from the deposit of ${formatAmount(app.graceDepositWei, asset)}; then the application ends`,
      ],
      ['Escrow', `${formatAmount(app.escrowWei, asset)} stays`],
    ],
    call: ['pause', [appId], `pause application ${appId}`],
    event: 'AppPaused',
  })
}

/** Goes on after a pause, when funds and room are there. */
export async function planResume(network: Network, appId: bigint): Promise<Intent> {
  const { app, version, asset } = await readKnown(network, appId, ['paused'])
  return simple(network, {
    id: 'app.resume',
    title: `Resume "${app.name}"`,
    facts: [
      [
        'Rent',
        `${formatAmount(perDay(version.weiPerSecond * BigInt(app.replicas)), asset)} per day`,
      ],
      ['Escrow', formatAmount(app.escrowWei, asset)],
      ['Paused', `since ${formatTime(app.pausedAt)}`],
    ],
    call: ['resume', [appId], `resume application ${appId}`],
    event: 'AppResumed',
  })
}

/** Drops the version that is being started: the owner at any time, the guardian as a veto, anyone after its deadline. */
export async function planDrop(network: Network, appId: bigint): Promise<Intent> {
  const { app } = await readKnown(network, appId, ['active', 'paused'])
  if (app.pendingVersion === 0)
    throw new SdkError(
      'app.no-pending',
      `"${app.name}" has no pending version: there is nothing to drop`,
    )
  return simple(network, {
    id: 'app.drop',
    title: `Drop version ${app.pendingVersion} of "${app.name}"`,
    facts: [
      ['Stays', `version ${app.currentVersion}`],
      ['Deadline', formatTime(app.pendingDeadline)],
    ],
    call: ['dropPending', [appId], `drop the pending version of application ${appId}`],
    event: 'VersionDropped',
  })
}
