// One proposal: what it would do in words, how the votes stand, what comes next; voting, queueing, executing, cancelling.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import {
  formatTime,
  formatVotes,
  listVotes,
  planCancel,
  planExecute,
  planQueue,
  planVote,
  readBallot,
  showProposal,
  type ProposalDetails,
  type ProposalState,
  type Support,
} from '@wetee/sdk'
import { useNetwork, useOverview } from '../../network/network.tsx'
import { Choice, TextField } from '../../ui/field.tsx'
import { Card, Facts, Failure, Hash, Page, Time } from '../../ui/parts.tsx'
import { Queried, Unread } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { Act } from '../transactions/act.tsx'
import { WalletAction } from '../transactions/wallet-action.tsx'
import { AskDialog } from '../transactions/ask-dialog.tsx'
import { CallList } from './call-list.tsx'
import { ProposalBadge } from './state.tsx'

export function ProposalPage() {
  const { id: proposalId } = useParams({ from: '/proposal/$id' })
  const network = useNetwork()
  const proposal = useQuery({
    queryKey: ['proposal', String(proposalId)],
    queryFn: () => showProposal(network, proposalId),
    refetchInterval: 3_000,
  })
  const { data } = proposal
  if (data === undefined)
    return (
      <Page title="Proposal">
        <Unread query={proposal} what="the proposal" lines={8} />
      </Page>
    )
  const [, ...more] = data.description.split('\n')
  const text = more.join('\n').trim()
  return (
    <Page
      title={data.title}
      heading={
        <>
          <h1>{data.title}</h1>
          <ProposalBadge state={data.state} />
        </>
      }
      sub={
        data.track === 'fast'
          ? 'Fast track: may only pause new leases and revoke measurements.'
          : 'Normal track: may do everything that the DAO may.'
      }
      actions={<Actions proposal={data} />}
    >
      {proposal.isError && <Failure error={proposal.error} retry={() => void proposal.refetch()} />}
      <Way proposal={data} />
      <div className="columns">
        <Card title="What it does" note={`${data.calls.length} in this order, or nothing at all`}>
          <CallList calls={data.calls} />
        </Card>
        <Tally proposal={data} />
      </div>
      {text !== '' && (
        <Card title="Why">
          <div className="body">
            <p className="prose">{text}</p>
          </div>
        </Card>
      )}
      <Votes proposal={data} />
      <Card title="Details">
        <div className="body">
          <Facts
            rows={[
              [
                'Number',
                <Hash key="n" hex={String(data.proposalId)} what="the proposal's number" />,
              ],
              [
                'Proposed by',
                <Hash key="p" hex={data.proposer} what="the proposer's address" whole />,
              ],
            ]}
          />
        </div>
      </Card>
    </Page>
  )
}

const way = ['pending', 'active', 'succeeded', 'queued', 'executed'] as const
const names = ['Proposed', 'Voting', 'Won', 'Queued', 'Executed']
const dead: readonly ProposalState[] = ['canceled', 'defeated', 'expired']

function Way({ proposal }: { proposal: ProposalDetails }) {
  const { state, snapshot, deadline, eta } = proposal
  if (dead.includes(state)) {
    const why = {
      canceled: 'It was cancelled.',
      defeated: 'It was defeated: too few votes for it, or too few altogether.',
      expired: 'It was not queued or executed in time.',
    }[state as 'canceled' | 'defeated' | 'expired']
    return <div className="notice bad">{why}</div>
  }
  const at = way.indexOf(state as (typeof way)[number])
  return (
    <div className="notice">
      <ol className="steps">
        {names.map((name, index) => (
          <li
            key={name}
            className={index < at || state === 'executed' ? 'done' : index === at ? 'now' : ''}
          >
            {name}
          </li>
        ))}
      </ol>
      <span>
        {state === 'pending' && (
          <>
            Voting begins <Time seconds={snapshot} />. Votes count as they are delegated then.
          </>
        )}
        {state === 'active' && (
          <>
            Voting ends <Time seconds={deadline} />.
          </>
        )}
        {state === 'succeeded' && 'Anybody may queue it now.'}
        {state === 'queued' && eta !== undefined && (
          <>
            Anybody may execute it from {formatTime(eta)} on (<Time seconds={eta} />
            ).
          </>
        )}
        {state === 'executed' && 'It is done.'}
      </span>
    </div>
  )
}

function Actions({ proposal }: { proposal: ProposalDetails }) {
  const network = useNetwork()
  const { account } = useWallet()
  const now = useOverview().data?.block.timestamp ?? 0n
  const { proposalId, state, eta } = proposal
  const ballot = useQuery({
    queryKey: ['ballot', String(proposalId), state, account ?? ''],
    enabled: account !== undefined,
    queryFn: () => (account === undefined ? undefined : readBallot(network, proposal, account)),
  })
  return (
    <>
      <WalletAction
        kind="primary"
        shown={state === 'active' && ballot.data?.voted !== true}
        dialog={(close) => <VoteDialog proposal={proposal} close={close} />}
      >
        Vote
      </WalletAction>
      <Act
        kind="primary"
        shown={state === 'succeeded'}
        plan={(signer) => planQueue(signer, proposalId)}
      >
        Queue
      </Act>
      <Act
        kind="primary"
        shown={state === 'queued'}
        disabled={eta !== undefined && eta > now}
        plan={(signer) => planExecute(signer, proposalId)}
      >
        Execute
      </Act>
      <Act
        kind="danger"
        danger="Cancel the proposal"
        shown={ballot.data?.mayCancel === true}
        plan={(signer) => planCancel(signer, proposalId)}
      >
        Cancel it
      </Act>
    </>
  )
}

const supports = [
  ['for', 'For'],
  ['against', 'Against'],
  ['abstain', 'Abstain'],
] as const

function VoteDialog({ proposal, close }: { proposal: ProposalDetails; close: () => void }) {
  const [support, setSupport] = useState<Support>('for')
  const [reason, setReason] = useState('')
  return (
    <AskDialog
      title={`Vote on “${proposal.title}”`}
      close={close}
      plan={(signer) => planVote(signer, proposal.proposalId, support, reason.trim())}
    >
      <Choice
        label="Your vote"
        value={support}
        onValue={setSupport}
        options={supports}
        hint="It cannot be changed afterwards. Abstaining counts towards the quorum."
      />
      <TextField
        label="Reason"
        value={reason}
        onValue={setReason}
        rows={3}
        hint="May be left out; public for ever."
      />
    </AskDialog>
  )
}

/** Votes without digits that nobody reads. */
export function votesText(votes: bigint): string {
  const [whole = '0', part = ''] = formatVotes(votes).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ' ')
  return part === '' ? grouped : `${grouped}.${part.slice(0, 2)}`
}

function Tally({ proposal }: { proposal: ProposalDetails }) {
  const { votes, quorum } = proposal
  const counted = votes.for + votes.abstain
  const all = votes.for + votes.against + votes.abstain
  return (
    <Card title="Votes" note="more for than against, and the quorum of for and abstain together">
      <div className="body">
        <Bar label="For" look="good" votes={votes.for} of={all} />
        <Bar label="Against" look="bad" votes={votes.against} of={all} />
        <Bar label="Abstain" look="" votes={votes.abstain} of={all} />
        <p className="quiet">
          {quorum === undefined
            ? 'The quorum is known once voting begins.'
            : `${votesText(counted)} of ${votesText(quorum)} votes of the quorum${counted >= quorum ? ': reached' : ''}.`}
        </p>
      </div>
    </Card>
  )
}

function Bar(props: { label: string; look: string; votes: bigint; of: bigint }) {
  const { label, look, votes, of } = props
  const share = of === 0n ? 0 : Number((votes * 1000n) / of) / 10
  return (
    <div className="meter">
      <span>{label}</span>
      <span>
        {votesText(votes)} <span className="quiet">{share} %</span>
      </span>
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect className="track" width="100" height="4" />
        <rect className={`fill ${look}`} width={share} height="4" />
      </svg>
    </div>
  )
}

function Votes({ proposal }: { proposal: ProposalDetails }) {
  const network = useNetwork()
  const votes = useQuery({
    queryKey: ['votes', String(proposal.proposalId)],
    queryFn: () => listVotes(network, proposal),
  })
  return (
    <Card title="Who voted">
      <Queried query={votes} what="votes" none="Nobody yet.">
        {(found) => (
          <Table heads={['Account', 'Vote', { num: 'Votes' }, 'Reason']}>
            {found.map((one) => (
              <tr key={one.voter}>
                <Cell label="Account">
                  <Hash hex={one.voter} what="the voter's address" />
                </Cell>
                <Cell label="Vote">{one.support}</Cell>
                <Cell label="Votes" className="num">
                  {votesText(one.votes)}
                </Cell>
                <Cell label="Reason">{one.reason === '' ? '–' : one.reason}</Cell>
              </tr>
            ))}
          </Table>
        )}
      </Queried>
    </Card>
  )
}
