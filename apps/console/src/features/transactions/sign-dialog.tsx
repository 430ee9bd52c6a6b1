// What is about to be signed, in words and with its cost after a simulation; then the wallet, block and finality.
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
import { Dialog } from '../../ui/dialog.tsx'
import { Amount, Facts, Failure, Hash, Loading } from '../../ui/parts.tsx'
import { useWallet, walletCode } from '../../wallet/wallet.tsx'
import { describeCall } from './describe-call.ts'
import { noteSent } from './journal.ts'

type Props = {
  readonly plan: (signer: Network) => Promise<Intent>
  /** Label of the button, where something is lost for good. */
  readonly danger?: string
  readonly close: () => void
  /** Takes the place of this dialog when all is final; without it the dialog itself says so. */
  readonly onDone?: (result: IntentResult) => void
}

type Phase =
  | { readonly name: 'planning' }
  | { readonly name: 'ready'; readonly intent: Intent; readonly cost: Cost }
  | {
      readonly name: 'wallet' | 'chain'
      readonly intent: Intent
      readonly cost: Cost
      readonly signed: number
    }
  | { readonly name: 'done'; readonly intent: Intent; readonly result: IntentResult }
  | { readonly name: 'failed'; readonly error: unknown; readonly intent?: Intent }

export function SignDialog({ plan, danger, close, onDone }: Props) {
  const { account, signer, onChain, switchChain } = useWallet()
  const queries = useQueryClient()
  const [phase, setPhase] = useState<Phase>({ name: 'planning' })
  const planning = useRef(plan)
  const isOpen = useRef(true)
  useEffect(() => {
    isOpen.current = true
    return () => {
      isOpen.current = false
    }
  }, [])
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

  const busy = phase.name === 'wallet' || phase.name === 'chain'
  const title =
    phase.name === 'planning'
      ? 'Checking …'
      : (('intent' in phase ? phase.intent?.title : undefined) ?? 'This cannot be done')
  return (
    <Dialog title={title} close={close} closable={phase.name !== 'wallet'}>
      {phase.name === 'planning' &&
        (account === undefined ? <NoAccount /> : <Loading what="the chain" />)}
      {(phase.name === 'ready' || busy) && <Review intent={phase.intent} cost={phase.cost} />}
      {phase.name === 'ready' &&
        (onChain ? (
          <div className="buttons">
            <button
              type="button"
              className={danger === undefined ? 'button primary' : 'button danger sure'}
              onClick={() => void sign(phase.intent, phase.cost)}
            >
              {danger ?? 'Sign in the wallet'}
            </button>
            <button type="button" className="button" onClick={close}>
              Cancel
            </button>
          </div>
        ) : (
          <div className="notice warn">
            <span>Your wallet is on another network.</span>
            <span>
              <button
                type="button"
                className="button small"
                onClick={() =>
                  void switchChain().catch((error: unknown) => setPhase({ name: 'failed', error }))
                }
              >
                Switch
              </button>
            </span>
          </div>
        ))}
      {busy && <Waiting phase={phase} />}
      {phase.name === 'done' && <Done result={phase.result} close={close} />}
      {phase.name === 'failed' && (
        <Failure error={phase.error} retry={() => setPhase({ name: 'planning' })} />
      )}
    </Dialog>
  )
}

/** A wallet can be locked, or take its account away from this page, at any time. */
function NoAccount() {
  return (
    <div className="notice warn" role="status">
      <strong>No account is connected.</strong>
      <span>Unlock your wallet, or close this and connect it.</span>
    </div>
  )
}

function Review({ intent, cost }: { intent: Intent; cost: Cost }) {
  return (
    <>
      <Facts
        rows={[
          ...intent.facts,
          ['You send', <Amount key="v" wei={cost.valueWei} />],
          [
            'Fee',
            <span key="f">
              about <Amount wei={cost.feeWei} />
              {cost.complete ? '' : ', for the first transaction'}
            </span>,
          ],
        ]}
      />
      <details>
        <summary>
          What is signed: {intent.calls.length}{' '}
          {intent.calls.length === 1 ? 'transaction' : 'transactions, one after the other'}
        </summary>
        <ol>
          {intent.calls.map((call, index) => (
            <li key={index}>
              <pre className="code wrap" tabIndex={0}>
                {describeCall(call)}
              </pre>
            </li>
          ))}
        </ol>
      </details>
    </>
  )
}

function Waiting({ phase }: { phase: Phase & { name: 'wallet' | 'chain' } }) {
  const { intent, signed } = phase
  const left = intent.calls.length - signed
  return (
    <div className="notice" role="status">
      {phase.name === 'wallet' ? (
        <strong>Look at your wallet: it asks you to sign.</strong>
      ) : (
        <>
          <strong>Sent. Waiting until it is final …</strong>
          <span className="quiet">
            {left === 0
              ? 'You may close this and leave the page: what was sent is listed below, also after a reload.'
              : `Then your wallet asks for ${left} more.`}
          </span>
        </>
      )}
    </div>
  )
}

function Done({ result, close }: { result: IntentResult; close: () => void }) {
  return (
    <>
      <div className="notice good" role="status">
        <strong>Done, and final.</strong>
        <span>
          Transaction <Hash hex={result.txHash} what="the transaction's hash" />
        </span>
      </div>
      <div className="buttons">
        <button type="button" className="button primary" onClick={close}>
          Close
        </button>
      </div>
    </>
  )
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
