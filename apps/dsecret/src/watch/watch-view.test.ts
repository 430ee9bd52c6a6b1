// What events touch: every one by which something that is watched may change, as the contracts name them.
import { cloudAbi, subnetAbi, type ChainEvent } from '@wetee/chain'
import { describe, expect, test } from 'vitest'
import { restsOn } from './subjects.ts'
import { changesIn } from './watch-view.ts'

const id = `0x${'00'.repeat(31)}07` as const
const args = {
  ...{ appId: 7n, workerId: 7n, nodeId: 7n, role: 1, platformId: id, measurementId: id },
  ...{ status: 3, subject: 4, id, version: 1, replica: 0, replicas: 1 },
}
const event = (eventName: string, other: object = {}): ChainEvent => ({
  ...{ address: id, eventName, args: { ...args, ...other }, blockNumber: 9n, logIndex: 0 },
  ...{ blockHash: id, transactionHash: id },
})
const touched = (...events: ChainEvent[]) => [...changesIn(events).touched]
const causes = (...events: ChainEvent[]) => [...changesIn(events).causes.keys()]

/** Events that change nothing that is watched: money, prices, stakes, owners, settings, who may propose and what was built. */
const beside = new Set(
  `AppCreated AssetSet BuildRecorded DeployKeyRevoked DeployKeySet DeployKeyUsed CloudSet Configured Frozen GuardianSet LeaseSkipped NewLeasesPaused NodeRegistered NoticeGiven
  OwnershipOffered OwnershipTaken ParametersSet Recharged Released Reserved Settled SpendingCapSet StakeAdded StakeLocked
  StakeRulesSet StakeSlashed StakeUnlocked StakeWithdrawn Swept TreasurySet WithdrawalCancelled WithdrawalRequested Withdrawn
  WorkProven WorkerPricesSet WorkerUpdated AuthorityUpdated`.split(/\s+/),
)

test.each(
  [...cloudAbi, ...subnetAbi].flatMap((entry) => (entry.type === 'event' ? [entry.name] : [])),
)('%s is known for what it changes, or for nothing', (name) => {
  expect(touched(event(name)).length > 0).toBe(!beside.has(name))
})

describe('what is taken back is dated, what is renewed is not', () => {
  test.each(['LeaseRenewed', 'VersionCreated', 'AppResumed', 'WorkerRegistered', 'NodeProven'])(
    '%s',
    (name) => expect(causes(event(name))).toEqual([]),
  )
  test.each(['AppPaused', 'AppEnded', 'VersionActivated', 'VersionDropped', 'ReplicasChanged'])(
    '%s',
    (name) => expect(causes(event(name))).toEqual(['app/7']),
  )
  test('a measurement only when it is revoked', () => {
    const keys = [restsOn.measurement(1, id), restsOn.measurements(1)]
    expect(causes(event('ReferenceValueSet'))).toEqual(keys)
    expect(causes(event('ReferenceValueSet', { status: 1 }))).toEqual([])
    expect(touched(event('ReferenceValueSet', { status: 1 }))).toEqual(keys)
  })
  test('a floor by its subject', () => {
    const of = (subject: number) => causes(event('RevocationFloorRaised', { subject }))
    expect(of(1)).toEqual([`key/0x${'00'.repeat(19)}07`])
    expect(of(2)).toEqual([restsOn.platform(id)])
    expect(of(3)).toContain(restsOn.measurement(2, id))
    expect(of(4)).toEqual(['worker/7'])
    expect(of(5)).toEqual(['app/7'])
    expect(of(0)).toEqual([])
  })
  test('the newest of several', () => {
    const events = [event('AppPaused'), { ...event('AppEnded'), blockNumber: 12n }]
    expect(changesIn(events).causes.get('app/7')).toBe(12n)
  })
})
