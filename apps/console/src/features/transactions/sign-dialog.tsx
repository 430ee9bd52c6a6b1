// What is about to be signed, in words and with its cost after a simulation; then the wallet, block and finality.
import type { Cost, Intent, IntentResult } from '@wetee/sdk'
import { Dialog } from '../../ui/dialog.tsx'
import { Amount, Facts, Failure, Hash, Loading } from '../../ui/parts.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { describeCall } from './describe-call.ts'
import { useSigning, type Phase, type Signing } from './use-signing.ts'

type Props = Signing & {
  /** Label of the button, where something is lost for good. */
  readonly danger?: string
}

export function SignDialog({ danger, ...signing }: Props) {
  const { close } = signing
  const { account } = useWallet()
  const { phase, sign, fail, again } = useSigning(signing)
  const title =
    phase.name === 'planning'
      ? 'Checking …'
      : (('intent' in phase ? phase.intent?.title : undefined) ?? 'This cannot be done')
  return (
    <Dialog title={title} close={close} closable={phase.name !== 'wallet'}>
      {phase.name === 'planning' &&
        (account === undefined ? <NoAccount /> : <Loading what="the chain" />)}
      {(phase.name === 'ready' || phase.name === 'wallet' || phase.name === 'chain') && (
        <Review intent={phase.intent} cost={phase.cost} />
      )}
      {phase.name === 'ready' && (
        <Ready
          label={danger ?? 'Sign in the wallet'}
          isDanger={danger !== undefined}
          sign={() => void sign(phase.intent, phase.cost)}
          close={close}
          fail={fail}
        />
      )}
      {(phase.name === 'wallet' || phase.name === 'chain') && <Waiting phase={phase} />}
      {phase.name === 'done' && <Done result={phase.result} close={close} />}
      {phase.name === 'failed' && <Failure error={phase.error} retry={again} />}
    </Dialog>
  )
}

/** What can be done now: sign, or change the wallet's network first. */
function Ready(props: {
  label: string
  isDanger: boolean
  sign: () => void
  close: () => void
  fail: (error: unknown) => void
}) {
  const { label, isDanger, sign, close, fail } = props
  const { onChain, switchChain } = useWallet()
  if (!onChain)
    return (
      <div className="notice warn">
        <span>Your wallet is on another network.</span>
        <span>
          <button
            type="button"
            className="button small"
            onClick={() => void switchChain().catch(fail)}
          >
            Switch
          </button>
        </span>
      </div>
    )
  return (
    <div className="buttons">
      <button
        type="button"
        className={isDanger ? 'button danger sure' : 'button primary'}
        onClick={sign}
      >
        {label}
      </button>
      <button type="button" className="button" onClick={close}>
        Cancel
      </button>
    </div>
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
