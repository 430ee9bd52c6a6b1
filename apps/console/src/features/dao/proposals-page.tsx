// All proposals of both tracks, newest first.
import { useQuery } from '@tanstack/react-query'
import { listProposals, type ProposalSummary } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Card, Hash, Time } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { DaoFrame } from './dao-frame.tsx'
import { ProposalBadge } from './state.tsx'

export function ProposalsPage() {
  const network = useNetwork()
  const proposals = useQuery({
    queryKey: ['proposals'],
    queryFn: () => listProposals(network),
    select: (all) => all.toReversed(),
  })
  return (
    <DaoFrame view="">
      <Card title="Proposals">
        <Queried
          query={proposals}
          what="the proposals"
          none={
            <>
              <p>Nothing was ever proposed here.</p>
              <a href="#/dao/propose">Propose something</a>
            </>
          }
        >
          {(rows) => <ProposalTable rows={rows} />}
        </Queried>
      </Card>
    </DaoFrame>
  )
}

function ProposalTable({ rows }: { rows: readonly ProposalSummary[] }) {
  return (
    <Table heads={['Proposal', 'State', 'Track', 'Voting', 'Proposed by']}>
      {rows.map((one) => (
        <tr key={String(one.proposalId)}>
          <Cell label="">
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
    </Table>
  )
}
