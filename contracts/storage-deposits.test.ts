// What each action locks as storage deposit is what the snapshot in git says. Starts anvil.
import { expect, test } from 'vitest'
import { anvilBinary } from './local-anvil.ts'
import { measureDeposits, slotsByAction, snapshotSlots } from './storage-deposits.ts'

test.skipIf(anvilBinary === undefined)(
  'every action fills and frees the slots of the snapshot (npm run contracts:deposits)',
  async () => {
    const measured = await measureDeposits()
    expect(slotsByAction(measured)).toEqual(snapshotSlots())
    // What is used again and again locks nothing more.
    for (const what of ['renew, next lease', 'settle', 'recharge', 'configure', 'terminate'])
      expect(measured[what]?.slotsAdded, what).toBe(0)
  },
)
