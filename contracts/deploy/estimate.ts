// What the missing steps would cost. Asks the chain; sends nothing.
import { size, type Hex, type PublicClient } from 'viem'
import type { Step } from './outline.ts'

/** Gas of a step; `scaled` where it cannot be simulated because a step before it is missing. */
export type StepEstimate = {
  readonly step: Step
  readonly gas: bigint
  readonly basis: 'simulated' | 'scaled'
}

/** All steps at today's price, wei. */
export type Estimate = {
  readonly steps: readonly StepEstimate[]
  readonly gas: bigint
  readonly costWei: bigint
  readonly balanceWei: bigint
}

/** A call sets a few slots: about as much as so many plain transfers. */
const transfersPerCall = 6n

/** Creations that cannot be simulated yet are scaled by their bytes from those that can, calls from a plain transfer. */
export async function estimateSteps(
  client: PublicClient,
  from: Hex,
  steps: readonly Step[],
): Promise<Estimate> {
  const simulated = new Map<Step, bigint>()
  for (const step of steps) {
    const call = { data: step.data, ...(step.to === undefined ? {} : { to: step.to }) }
    const target = step.to === undefined || (await client.getCode({ address: step.to }))
    if (target === undefined) continue
    const gas = await client.estimateGas({ account: from, ...call }).catch(() => undefined)
    if (gas !== undefined) simulated.set(step, gas)
  }
  const created = [...simulated].filter(([step]) => step.creates !== undefined)
  const bytes = created.reduce((sum, [step]) => sum + BigInt(size(step.data)), 0n)
  const gasOfBytes = created.reduce((sum, [, gas]) => sum + gas, 0n)
  const transfer = await client.estimateGas({ account: from, to: from, value: 0n })
  const scaled = ({ creates, data }: Step): bigint =>
    creates === undefined || bytes === 0n
      ? transfer * transfersPerCall
      : (gasOfBytes * BigInt(size(data))) / bytes
  const estimates = steps.map((step): StepEstimate => {
    const gas = simulated.get(step)
    return gas === undefined
      ? { step, gas: scaled(step), basis: 'scaled' }
      : { step, gas, basis: 'simulated' }
  })
  const gas = estimates.reduce((sum, one) => sum + one.gas, 0n)
  const [price, balanceWei] = await Promise.all([
    client.getGasPrice(),
    client.getBalance({ address: from }),
  ])
  return { steps: estimates, gas, costWei: gas * price, balanceWei }
}
