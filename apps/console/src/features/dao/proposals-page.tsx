// All proposals of both tracks, newest first.
import { useQuery } from '@tanstack/react-query'
import { listProposals, type ProposalSummary } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Card, Cell, Empty, Failure, Hash, Loading, Time } from '../../ui/parts.tsx'
import { DaoFrame } from './dao-frame.tsx'
import { ProposalBadge } from './state.tsx'

export function ProposalsPage() {
  const network = useNetwork()
  const proposals = useQuery({
    queryKey: ['proposals'],
    queryFn: () => listProposals(network),
  })
  const rows = proposals.data === undefined ? undefined : [...proposals.data].reverse()
  return (
    <DaoFrame view="">
      <Card title="Proposals">
        {proposals.isError && (
          <Failure error={proposals.error} retry={() => void proposals.refetch()} />
        )}
        {proposals.isPending && <Loading what="the proposals" />}
        {rows?.length === 0 && (
          <Empty>
            <p>Nothing was ever proposed here.</p>
            <a href="#/dao/propose">Propose something</a>
          </Empty>
        )}
        {rows !== undefined && rows.length > 0 && <Table rows={rows} />}
      </Card>
    </DaoFrame>
  )
}

function Table({ rows }: { rows: readonly ProposalSummary[] }) {
  return (
    <div className="scroll">
      <table className="stack">
        <thead>
          <tr>
            <th scope="col">Proposal</th>
            <th scope="col">State</th>
            <th scope="col">Track</th>
            <th scope="col">Voting</th>
            <th scope="col">Proposed by</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={String(one.proposalId)}>
              <Cell label="Proposal">
                <a href={`#/proposal/${one.proposalId}`}>{one.title || 'without a title'}</a>
              </Cell>
              <Cell label="State">
                <ProposalBadge state={one.state} />
              </Cell>
              <Cell label="Track">{one.track}</Cell>
              <Cell label="Voting" className="tight">
                {one.state === 'pending' ? 'begins ' : one.state === 'active' ? 'ends ' : 'ended '}
                <Time seconds={one.state === 'pending' ? one.snapshot : one.deadline} />
              </Cell>
              <Cell label="Proposed by">
                <Hash hex={one.proposer} what="the proposer's address" />
              </Cell>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
