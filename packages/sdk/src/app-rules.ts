// What binds the future of an application: freeze, guardian, cap, another owner. Network I/O.
import { zeroAddress, type Address } from 'viem'
import { requireAddress } from './address.ts'
import { readKnown, simple, unchanged } from './app-known.ts'
import { SdkError } from './error.ts'
import type { Intent } from './intent.ts'
import { formatAmount, formatTime, perDay } from './money.ts'
import { requireAccount, type Network } from './network.ts'

/** Until when a freeze without an end lasts. */
export const foreverSeconds = 2n ** 64n - 1n

/** No new code before a time, or never again; it can only be put off. Throws `app.frozen-longer`. */
export async function planFreeze(network: Network, appId: bigint, until: bigint): Promise<Intent> {
  const { app, block } = await readKnown(network, appId, ['active', 'paused'])
  const rules = await network.reader.view('cloud', 'rules', [appId], block.number)
  if (until <= block.timestamp || until <= rules.frozenUntil)
    throw new SdkError(
      'app.frozen-longer',
      `a freeze of "${app.name}" until ${formatTime(until)} changes nothing: ${rules.frozenUntil > block.timestamp ? `it is frozen until ${formatTime(rules.frozenUntil)} already and that can only be put off` : 'that time has passed'}`,
    )
  return simple(network, {
    id: 'app.freeze',
    title: `Freeze the code of "${app.name}"`,
    facts: [
      ['Until', formatTime(until)],
      [
        'Before',
        rules.frozenUntil === 0n ? 'not frozen' : `until ${formatTime(rules.frozenUntil)}`,
      ],
      ['Cannot', 'be taken back by anybody'],
    ],
    call: ['freeze', [appId, until], `freeze application ${appId}`],
    event: 'Frozen',
  })
}

/** Who may veto new versions; undefined nobody. While there is a guardian, it alone can change this. */
export async function planGuardian(
  network: Network,
  appId: bigint,
  guardian: string | undefined,
): Promise<Intent> {
  const { app, block } = await readKnown(network, appId, ['active', 'paused'])
  const rules = await network.reader.view('cloud', 'rules', [appId], block.number)
  const next = guardian === undefined ? zeroAddress : requireAddress('guardian', guardian)
  const name = (address: Address) => (address === zeroAddress ? 'nobody' : address)
  if (rules.guardian === next)
    throw unchanged(`the guardian of "${app.name}" is ${name(next)} already`)
  return simple(network, {
    id: 'app.guardian',
    title:
      next === zeroAddress ? `"${app.name}" without a guardian` : `A guardian for "${app.name}"`,
    facts: [
      ['Guardian', `${name(rules.guardian)} -> ${name(next)}`],
      ['May', 'drop pending versions; nothing else'],
      ['Changed by', next === zeroAddress ? 'the owner' : 'the guardian alone, from then on'],
    ],
    call: ['setGuardian', [appId, next], `set the guardian of application ${appId}`],
    event: 'GuardianSet',
  })
}

/** The most that any later version, scale or migration may cost; 0 without a cap. Throws `app.cap-below-rent`. */
export async function planCap(network: Network, appId: bigint, weiPerDay: bigint): Promise<Intent> {
  const { app, version, asset, block } = await readKnown(network, appId, ['active', 'paused'])
  const rules = await network.reader.view('cloud', 'rules', [appId], block.number)
  const cap = weiPerDay / 86_400n
  const rent = version.weiPerSecond * BigInt(app.replicas)
  if (weiPerDay > 0n && cap < rent)
    throw new SdkError(
      'app.cap-below-rent',
      `"${app.name}" costs ${formatAmount(perDay(rent), asset)} per day now: a cap of ${formatAmount(weiPerDay, asset)} is below that`,
    )
  const text = (wei: bigint) =>
    wei === 0n ? 'no cap' : `${formatAmount(perDay(wei), asset)} per day`
  return simple(network, {
    id: 'app.cap',
    title: `Cap what "${app.name}" may cost`,
    facts: [
      ['Cap', `${text(rules.maxWeiPerSecond)} -> ${text(cap)}`],
      ['Now', `${formatAmount(perDay(rent), asset)} per day`],
    ],
    call: ['setSpendingCap', [appId, cap], `cap the rent of application ${appId}`],
    event: 'SpendingCapSet',
  })
}

/** Offers an application to another account, or takes the offer back (undefined); the other has to take it. */
export async function planTransfer(
  network: Network,
  appId: bigint,
  to: string | undefined,
): Promise<Intent> {
  const { app, asset } = await readKnown(network, appId, ['active', 'paused', 'ended'])
  const receiver = to === undefined ? zeroAddress : requireAddress('new owner', to)
  return simple(network, {
    id: 'app.transfer',
    title: to === undefined ? `Keep "${app.name}"` : `Offer "${app.name}" to another account`,
    facts: [
      ['Owner', app.owner],
      ['Offered to', to === undefined ? 'nobody any more' : receiver],
      [
        'Comes with it',
        `${formatAmount(app.escrowWei + app.graceDepositWei, asset)} of escrow and grace deposit`,
      ],
    ],
    call: ['offerOwnership', [appId, receiver], `offer application ${appId}`],
    event: 'OwnershipOffered',
  })
}

/** Takes an application that was offered to the account. */
export async function planTake(network: Network, appId: bigint): Promise<Intent> {
  const { app } = await readKnown(network, appId, ['active', 'paused', 'ended'])
  return simple(network, {
    id: 'app.take',
    title: `Take "${app.name}" over`,
    facts: [['Owner', `${app.owner} -> ${requireAccount(network).account.address}`]],
    call: ['takeOwnership', [appId], `take application ${appId} over`],
    event: 'OwnershipTaken',
  })
}
