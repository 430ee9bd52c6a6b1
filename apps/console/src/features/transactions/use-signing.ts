// One intent from its plan to finality: planned and simulated, signed in the wallet, noted, followed. Network I/O and the wallet.
import { useEffect, useRef, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import {
  carryOut,
  simulate,
  type Cost,
  type Intent,
  type IntentResult,
  type Network,
} from '@wetee/sdk'
import { walletCode } from '../../wallet/wallet-code.ts'
import { useWallet } from '../../wallet/wallet.tsx'
import { noteSent } from './journal.ts'

/** What is to be signed, and what comes after it. */
export type Signing = {
  readonly plan: (signer: Network) => Promise<Intent>
  readonly close: () => void
  /** Takes the place of the dialog when all is final; without it the dialog itself says so. */
  readonly onDone?: (result: IntentResult) => void
}

type Priced = { readonly intent: Intent; readonly cost: Cost }

/** Where it is. */
export type Phase =
  | { readonly name: 'planning' }
  | (Priced & { readonly name: 'ready' })
  | (Priced & { readonly name: 'wallet' | 'chain'; readonly signed: number })
  | { readonly name: 'done'; readonly intent: Intent; readonly result: IntentResult }
  | { readonly name: 'failed'; readonly error: unknown; readonly intent?: Intent }

/** Plans at once, and anew by `again`; `sign` asks the wallet. */
export function useSigning({ plan, close, onDone }: Signing): {
  readonly phase: Phase
  readonly sign: (intent: Intent, cost: Cost) => Promise<void>
  readonly fail: (error: unknown) => void
  readonly again: () => void
} {
  const { signer } = useWallet()
  const queries = useQueryClient()
  const [phase, setPhase] = usePlanned(plan, signer)
  const isOpen = useRef(true)
  useEffect(() => {
    isOpen.current = true
    return () => {
      isOpen.current = false
    }
  }, [])
  const sign = async (intent: Intent, cost: Cost) => {
    if (signer === undefined) return
    let signed = 0
    setPhase({ name: 'wallet', intent, cost, signed })
    try {
      const result = await carryOut(signer, intent, {
        onSent: (hash, fromBlock) => {
          const call = intent.calls[signed]
          const title = intent.calls.length === 1 ? intent.title : (call?.doing ?? intent.title)
          const sent = { hash, title, sentAtMs: Date.now() }
          noteSent(signer, fromBlock === undefined ? sent : { ...sent, fromBlock })
          signed += 1
          setPhase({ name: 'chain', intent, cost, signed })
        },
      })
      await queries.invalidateQueries()
      if (onDone === undefined) setPhase({ name: 'done', intent, result })
      // Whoever has closed this is doing something else by now.
      else if (isOpen.current) {
        close()
        onDone(result)
      }
    } catch (error) {
      setPhase({ name: 'failed', error: saidByWallet(error), intent })
    }
  }
  return {
    ...{ phase, sign },
    fail: (error) => setPhase({ name: 'failed', error }),
    again: () => setPhase({ name: 'planning' }),
  }
}

/** The phase, which leaves `planning` once the first plan of this dialog is simulated for the account. */
function usePlanned(plan: Signing['plan'], signer: Network | undefined) {
  const [phase, setPhase] = useState<Phase>({ name: 'planning' })
  const planning = useRef(plan)
  useEffect(() => {
    if (signer === undefined || phase.name !== 'planning') return
    let isCurrent = true
    const ready = async () => {
      const intent = await planning.current(signer)
      const from = signer.account?.address
      if (from === undefined) return
      const cost = await simulate(signer, intent, from)
      if (isCurrent) setPhase({ name: 'ready', intent, cost })
    }
    ready().catch((error: unknown) => {
      if (isCurrent) setPhase({ name: 'failed', error })
    })
    return () => {
      isCurrent = false
    }
  }, [signer, phase.name])
  return [phase, setPhase] as const
}

/** A wallet's own refusals in words; everything else as it is. */
function saidByWallet(error: unknown): unknown {
  const code = walletCode(error)
  if (code === 4001)
    return new Error('You declined it in the wallet. Nothing was sent, and nothing has changed.')
  if (code === -32002)
    return new Error('Your wallet already shows a request: answer that one first.')
  return error
}
