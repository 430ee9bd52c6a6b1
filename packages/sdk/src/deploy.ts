// Carries out a plan: creates or updates the application and waits until that is final. Network I/O.
import { bytesToHex, parseEventLogs, type Hex } from 'viem'
import { cloudAbi } from '@wetee/chain'
import { encodeName } from './chain-reader.ts'
import { SdkError } from './error.ts'
import { requireAccount, type Network } from './network.ts'
import { planDeploy, type DeployPlan, type PlanOptions } from './plan.ts'
import { callOf, type Call } from './contracts.ts'
import { approvalCalls, outcomeOf, valueOf, type Intent } from './intent.ts'
import { sendCall } from './send.ts'

/** Progress of a deployment, in this order; `sent` carries the transaction. */
export type DeployStep = {
  readonly id: 'manifest' | 'plan' | 'sent' | 'final'
  readonly title: string
  readonly txHash?: Hex
  readonly plan?: DeployPlan
}

/** How a plan is carried out; an aborted `signal` stops before the next transaction. */
export type ApplyOptions = {
  /** Needed when the plan warns that a value looks like a credential: manifests are public for ever. */
  readonly allowCredentials?: boolean
  readonly onStep?: (step: DeployStep) => void
  readonly signal?: AbortSignal
}

/** What to plan and how to carry it out. */
export type DeployOptions = PlanOptions & ApplyOptions

/** What came of it. `version` is the one that was asked for; pending until the worker has started it. */
export type DeployResult = {
  readonly action: DeployPlan['action']
  readonly appId: bigint
  readonly version: number
  readonly workerId: bigint
  readonly manifestDigest: Hex
  readonly txHash?: Hex
  readonly plan: DeployPlan
}

/** Plans and applies in one: creates the application, or updates the one of that name. */
export async function deploy(network: Network, options: DeployOptions): Promise<DeployResult> {
  options.onStep?.({ id: 'manifest', title: 'Compose file and images' })
  const plan = await planDeploy(network, options)
  return applyPlan(network, plan, options)
}

/** Signs and sends what the plan says; the contract refuses a higher price than the plan shows. */
export async function applyPlan(
  network: Network,
  plan: DeployPlan,
  options: ApplyOptions = {},
): Promise<DeployResult> {
  refuseCredentials(plan, options.allowCredentials === true)
  options.onStep?.({ id: 'plan', title: planTitle(plan), plan })
  const base = {
    action: plan.action,
    workerId: plan.worker.workerId,
    manifestDigest: plan.manifest.digest,
    plan,
  }
  if (plan.action === 'none' && plan.existing !== undefined) {
    const { appId, currentVersion, pendingVersion } = plan.existing
    return { ...base, appId, version: pendingVersion === 0 ? currentVersion : pendingVersion }
  }
  const { address } = requireAccount(network).account
  const approvals = await approvalCalls(network, plan.asset, plan.depositWei, address)
  const sending = {
    onSent: (txHash: Hex) => options.onStep?.({ id: 'sent', title: 'Transaction sent', txHash }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  }
  for (const approval of approvals) await sendCall(network, approval, sending)
  const receipt = await sendCall(network, deployCall(network, plan), sending)
  const created = parseEventLogs({
    abi: cloudAbi,
    eventName: 'VersionCreated',
    logs: receipt.logs,
  })[0]
  if (created === undefined)
    throw new SdkError(
      'chain.refused',
      `transaction ${receipt.transactionHash} created no version: the contract of this network is not the expected one`,
    )
  options.onStep?.({ id: 'final', title: 'Finalized', txHash: receipt.transactionHash })
  const { appId, version } = created.args
  return { ...base, appId, version, txHash: receipt.transactionHash }
}

/** The call that a plan which creates or updates comes down to. */
export function deployCall({ profile }: Network, plan: DeployPlan): Call {
  const manifest = bytesToHex(new TextEncoder().encode(plan.manifest.text))
  const { asset, depositWei, maxWeiPerSecond } = plan
  const { terms } = plan.manifest
  const shared = {
    valueWei: valueOf(asset, depositWei),
    doing: `${plan.action} the application "${plan.name}"`,
  }
  if (plan.existing === undefined)
    return callOf(
      profile,
      'cloud',
      'create',
      [
        encodeName(plan.name),
        plan.worker.workerId,
        asset.address,
        depositWei,
        terms,
        manifest,
        maxWeiPerSecond,
      ],
      shared,
    )
  if (plan.byDeployKey === true)
    return callOf(
      profile,
      'cloud',
      'updateByDeployKey',
      [plan.existing.appId, manifest, maxWeiPerSecond],
      shared,
    )
  return callOf(
    profile,
    'cloud',
    'update',
    [plan.existing.appId, terms, manifest, maxWeiPerSecond, depositWei, plan.security],
    shared,
  )
}

/** A plan that creates or updates as an intent: for a dry run on the chain, for another signer. Throws `deploy.credentials`. */
export async function deployIntent(
  network: Network,
  plan: DeployPlan,
  options: { readonly allowCredentials?: boolean; readonly facts?: Intent['facts'] } = {},
): Promise<Intent> {
  refuseCredentials(plan, options.allowCredentials === true)
  const approvals = await approvalCalls(network, plan.asset, plan.depositWei, plan.owner)
  return {
    id: plan.action === 'create' ? 'app.create' : 'app.update',
    title: planTitle(plan),
    facts: options.facts ?? [],
    calls: [...approvals, deployCall(network, plan)],
    outcome: outcomeOf('cloud', 'VersionCreated'),
  }
}

/** One line about what a plan does. */
export function planTitle(plan: DeployPlan): string {
  if (plan.action === 'none') return `"${plan.name}" is up to date: nothing to do`
  if (plan.action === 'create') return `Create "${plan.name}" on worker ${plan.worker.workerId}`
  const moves =
    plan.leavesKey === undefined
      ? ''
      : `, which leaves key ${plan.leavesKey} of the network for the newest`
  return `Update "${plan.name}" (application ${plan.existing?.appId ?? 0n})${moves}`
}

function refuseCredentials(plan: DeployPlan, allowed: boolean): void {
  const found = plan.warnings.filter((warning) => warning.code.includes('credential'))
  if (allowed || found.length === 0 || plan.action === 'none') return
  throw new SdkError(
    'deploy.credentials',
    `the manifest would be public for ever and ${found.length} value(s) look like credentials (${found.map((w) => `line ${w.line}: ${w.message}`).join('; ')}): remove them, or confirm with --allow-credentials`,
  )
}
