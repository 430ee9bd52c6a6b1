// A worker that does not answer: since when, what goes on by the chain alone, what does not, and what can be done.
import { useEffect, useRef, type ReactNode } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { formatDuration, planMigration, type AppDetails } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Amount, Facts, Time } from '../../ui/parts.tsx'
import { Act } from '../transactions/act.tsx'
import { lastAnswer } from './last-answers.ts'
import { attestedUntil, lastRenewal, outageOf } from './outage.ts'
import { useIsOwner } from './owner.tsx'

/** Nothing while its worker answers. `askedAtMs`: when it was asked last, milliseconds; `brief`: without what goes on. */
export function WorkerAway(props: {
  app: AppDetails
  askedAtMs: number
  brief?: boolean
  children?: ReactNode
}) {
  const { app, askedAtMs, brief = false, children } = props
  const queries = useQueryClient()
  const own = useIsOwner(app)
  const outage = outageOf(app)
  if (outage === undefined) return null
  const isThere = outage.code !== 'worker.unreachable'
  const canMove = own && app.pending === undefined && app.state !== 'ended'
  return (
    <div className="notice bad" role="status">
      <strong>
        {isThere
          ? `What answers at the address of worker ${app.workerId} is no worker.`
          : `Worker ${app.workerId} does not answer.`}
      </strong>
      <LastSeen app={app} askedAtMs={askedAtMs} />
      {children}
      {!brief && <GoesOn app={app} />}
      <span className="buttons">
        <button
          type="button"
          className="button small"
          onClick={() => void queries.refetchQueries({ type: 'active' })}
        >
          Try again
        </button>
        <Act kind="small" shown={canMove} plan={(signer) => planMigration(signer, app.appId)}>
          Move to another worker
        </Act>
        <code>{outage.code}</code>
      </span>
    </div>
  )
}

function LastSeen({ app, askedAtMs }: { app: AppDetails; askedAtMs: number }) {
  const network = useNetwork()
  const answeredAtMs = lastAnswer(network, app.workerId)
  const renewedAt = lastRenewal(app)
  return (
    <span>
      {answeredAtMs === undefined ? (
        'It has not answered this browser yet.'
      ) : (
        <>
          It last answered this browser <Time seconds={seconds(answeredAtMs)} />.
        </>
      )}
      {renewedAt !== undefined && (
        <>
          {' '}
          The chain saw it last <Time seconds={renewedAt} />, when it renewed a lease.
        </>
      )}{' '}
      It was asked <Time seconds={seconds(askedAtMs)} /> and is asked again every few seconds: what
      is missing comes by itself once it answers.
    </span>
  )
}

const seconds = (ms: number) => BigInt(Math.floor(ms / 1_000))

function GoesOn({ app }: { app: AppDetails }) {
  const { asset, escrowWei, graceDepositWei, lastsSeconds } = app
  const until = attestedUntil(app)
  return (
    <Facts
      rows={[
        [
          'Money',
          <span key="m">
            safe: the contract holds <Amount wei={escrowWei + graceDepositWei} asset={asset} />,
            {lastsSeconds !== undefined && ` enough for ${formatDuration(lastsSeconds)},`} and pays
            the worker for attested seconds alone
          </span>,
        ],
        [
          'Rent',
          until === undefined ? (
            'none is owed: no lease is live'
          ) : (
            <span key="r">
              ends with its lease <Time seconds={until} />, unless the worker comes back and renews
              it
            </span>
          ),
        ],
        [
          'Works',
          'what the chain knows: state, leases, versions, list of secrets, billing; recharge, update, terminate',
        ],
        ['Away', 'logs, events, failures, metrics, receipts, evidence, and maybe its own address'],
        [
          'You can',
          'wait; or, as its owner, move it: it keeps its number and its money, its disks stay behind',
        ],
      ]}
    />
  )
}

/** In place of what comes through a worker that does not answer; `what` begins the sentence. */
export function ThroughWorker({ app, what }: { app: AppDetails; what: string }) {
  return (
    <p className="narrow">
      {what} through worker {String(app.workerId)}, which does not answer. Nothing needs to be
      signed until it does: this page asks it again by itself.
    </p>
  )
}

/** Calls `onReturn` once the worker answers again after it did not. */
export function useReturn(app: AppDetails, onReturn: () => void): void {
  const isAway = outageOf(app) !== undefined
  const act = useRef(onReturn)
  const wasAway = useRef(false)
  useEffect(() => {
    act.current = onReturn
  })
  useEffect(() => {
    if (wasAway.current && !isAway) act.current()
    wasAway.current = isAway
  }, [isAway])
}
