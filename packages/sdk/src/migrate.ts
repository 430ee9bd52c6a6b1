// Moving an application to another worker: which one, at which price, with how much more in escrow. Network I/O.
import { amountFor, approvals, lasting, readKnown, refusePending, rentChange } from './app-known.ts'
import { callOf } from './contracts.ts'
import { SdkError } from './error.ts'
import { outcomeOf, valueOf, type Intent } from './intent.ts'
import { formatAmount } from './money.ts'
import type { Network } from './network.ts'
import { readCandidates } from './plan.ts'
import { chooseWorker } from './worker-choice.ts'

/** Where to move an application, and with how much money. */
export type MigrateOptions = {
  /** Default: the cheapest other worker that fits. */
  readonly workerId?: bigint
  /** Default: what the escrow lacks at the new price. */
  readonly amountWei?: bigint
}

/**
 * The same code on another worker, as a new version beside the old one; at once when it is paused.
 * Throws `app.update-pending`, `app.unchanged`, `worker.none-fits`, `worker.unfit`, `deploy.deposit-too-low`.
 */
export async function planMigration(
  network: Network,
  appId: bigint,
  options: MigrateOptions = {},
): Promise<Intent> {
  const known = await readKnown(network, appId, ['active', 'paused'])
  const { app, version, asset, owedWei, block } = known
  refusePending(app)
  if (options.workerId === version.workerId)
    throw new SdkError(
      'app.unchanged',
      `"${app.name}" is on worker ${version.workerId} already: nothing to do`,
    )
  const terms = { ...version.terms, replicas: app.replicas }
  const all = await readCandidates(
    network.reader,
    { terms, asset, at: block.number },
    options.workerId,
  )
  const others = all.filter(({ worker }) => worker.workerId !== version.workerId)
  const { worker, quote } = chooseWorker(others, terms, options.workerId)
  const weiPerSecond = quote.weiPerSecond * BigInt(app.replicas)
  const left = app.escrowWei > owedWei ? app.escrowWei - owedWei : 0n
  const heldWei = left + app.graceDepositWei
  const paidWei = amountFor(known, quote.minimumDepositWei - heldWei, options.amountWei)
  const args = [appId, worker.workerId, weiPerSecond, paidWei] as const
  const call = callOf(network.profile, 'cloud', 'migrate', args, {
    doing: `migrate application ${appId} to worker ${worker.workerId}`,
    valueWei: valueOf(asset, paidWei),
  })
  return {
    id: 'app.migrate',
    title: `Move "${app.name}" from worker ${version.workerId} to worker ${worker.workerId}`,
    facts: [
      ['Worker', `${worker.workerId} at ${worker.endpoint}, ${worker.region}`],
      ['Rent', rentChange(asset, version.weiPerSecond * BigInt(app.replicas), weiPerSecond)],
      ['Added', formatAmount(paidWei, asset)],
      ...lasting(heldWei + paidWei - quote.graceDepositWei, weiPerSecond),
      ['Volumes', 'do not move with it: the new worker starts with empty disks'],
      [
        'Until then',
        app.state === 'active'
          ? `version ${app.currentVersion} runs on worker ${version.workerId} until the new one is attested and ready`
          : 'it is paused, so it starts there at once',
      ],
    ],
    calls: [...(await approvals(network, asset, paidWei)), call],
    outcome: outcomeOf('cloud', 'VersionCreated'),
  }
}
