// What `npm start -- --once` checks of applications on chain: a contract takes what the example writes, and nobody else's. Network I/O.
import {
  BaseError,
  concatHex,
  encodeErrorResult,
  encodeFunctionData,
  numberToHex,
  parseEther,
  parseEventLogs,
} from 'viem'
import { z } from 'zod'
import { forwarderAbi } from '@wetee/chain'
import { carryOut, planBudget, readBudget } from '@wetee/sdk'
import { waitFor } from '@wetee/daemon'
import type { Application } from './application.ts'
import { notebookAbi } from './notebook.ts'
import type { Proof, Step } from './steps.ts'

/** What the example may spend on its transactions: one costs 0.0006. */
const budgetWei = { fundWei: parseEther('0.1'), dayCapWei: parseEther('0.05') }
const maxAnswerBytes = 65_536
/** In which an agent takes two questions a second. */
const writtenTimeoutMs = 60_000
const text = 'Hello from version 1'

/** The step. */
export function transactStep(application: Application): Step {
  return {
    name: 'transact',
    title: 'The application transacts on the chain, and nobody in its name',
    run: (show) => checkTransaction(application, show),
  }
}

/** Funds the example's budget as `wetee app budget` does, once; returns what was paid in. */
export async function fundBudget({ sdk, appId, network }: Application): Promise<bigint> {
  if ((await readBudget(sdk, appId)).dayCapWei > 0n) return 0n
  await carryOut(sdk, await planBudget(sdk, appId, budgetWei), { signal: network.signal })
  return budgetWei.fundWei
}

const agentAnswerSchema = z.object({
  state: z.enum(['queued', 'relayed', 'mined', 'finalized', 'failed']),
  reason: z.string().optional(),
})

async function checkTransaction(
  application: Application,
  show: (line: string) => void,
): Promise<Proof> {
  const { sdk, appId, url, network, ready } = application
  const { client } = network.chain
  await requireRefusals(application)
  const from = await client.getBlockNumber({ cacheTime: 0 })
  const ask = async () => {
    const options = { maxBytes: maxAnswerBytes, signal: network.signal }
    const { status, body } = await sdk.transport.put(`${url}/note`, new Uint8Array(), options)
    const answer = new TextDecoder().decode(body)
    if (status !== 200) throw new Error(`${url}/note answered ${status}: ${answer}`)
    return agentAnswerSchema.parse(JSON.parse(answer))
  }
  await waitFor(
    async () => {
      const { state, reason } = await ask()
      show(reason === undefined ? state : `${state}: ${reason}`)
      if (state === 'failed') throw new Error(`the transaction has failed: ${reason}`)
      return state === 'mined' || state === 'finalized'
    },
    { signal: network.signal, timeoutMs: writtenTimeoutMs, everyMs: 500, what: 'the note' },
  )
  const forwarder = forwarderOf(application)
  const logs = await client.getLogs({ address: forwarder, fromBlock: from })
  const forwarded = parseEventLogs({ abi: forwarderAbi, eventName: 'Forwarded', logs })
  const [sent] = forwarded
  if (sent === undefined || forwarded.length > 1 || sent.args.appId !== appId || !sent.args.success)
    throw new Error(`expected one transaction of application ${appId}, got ${forwarded.length}`)
  const note = await client.readContract({
    ...{ address: network.notebook, abi: notebookAbi, functionName: 'noteOf', args: [appId] },
  })
  const isLeased = ready.details.leases.some(
    ({ live, instanceKey }) => live && instanceKey.toLowerCase() === note.instance.toLowerCase(),
  )
  if (note.text !== text || !isLeased)
    throw new Error(`the page has "${note.text}" by ${note.instance}`)
  return {
    ...{ appId: String(appId), contract: network.notebook, text, instanceKey: note.instance },
    ...{ costWei: String(sent.args.costWei), refused: 'NotFromApp', txHash: sent.transactionHash },
  }
}

/** The same call by somebody else: plain, and with the application's number and key behind it as the Forwarder writes them. */
async function requireRefusals({ network, appId, ready }: Application): Promise<void> {
  const call = { abi: notebookAbi, functionName: 'write', args: [appId, text] } as const
  const plain = encodeFunctionData(call)
  const instance = ready.details.leases.find(({ live }) => live)!.instanceKey
  const forged = concatHex([plain, numberToHex(appId, { size: 8 }), instance])
  const error = { abi: notebookAbi, errorName: 'NotFromApp', args: [0n, appId] } as const
  const expected = encodeErrorResult(error)
  const account = network.accounts.developer
  for (const data of [plain, forged]) {
    const refusal = await network.chain.client.call({ account, to: network.notebook, data }).then(
      () => undefined,
      (cause: unknown) => (cause instanceof BaseError ? cause.walk(hasData) : undefined),
    )
    if (!hasData(refusal) || refusal.data !== expected)
      throw new Error(`the contract does not refuse a call of ${account.address} by its own error`)
  }
}

const hasData = (error: unknown): error is { readonly data: string } =>
  error instanceof Error && 'data' in error && typeof error.data === 'string'

/** What was paid in is what the budget and the worker's credit have, to the wei. */
export async function requireBudgetIsWhole(application: Application): Promise<bigint> {
  const { network, appId, fundedWei } = application
  const contract = { address: forwarderOf(application), abi: forwarderAbi } as const
  const { client } = network.chain
  const { balanceWei } = await client.readContract({
    ...{ ...contract, functionName: 'budget', args: [appId] },
  })
  const creditWei = await client.readContract({
    ...{ ...contract, functionName: 'credit' },
    args: [network.accounts['worker-operator'].address],
  })
  const heldWei = await client.getBalance({ address: contract.address })
  if (heldWei !== fundedWei || balanceWei + creditWei !== fundedWei)
    throw new Error(`${fundedWei} wei were paid in; budget ${balanceWei}, credit ${creditWei}`)
  return creditWei
}

function forwarderOf({ network }: Application) {
  const { forwarder } = network.profile.contracts
  if (forwarder === undefined) throw new Error('the network has no Forwarder')
  return forwarder
}
