// To whom the nodes released secrets of an application, as each has written it down and signed it; checked here.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import {
  auditReceipts,
  throughWorker,
  type AppDetails,
  type AuditedReceipt,
  type ReceiptAudit,
  type ReceiptState,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Badge, Card, Empty, Failure, Hash, Loading, Time } from '../../ui/parts.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { outageOf } from '../apps/outage.ts'
import { ThroughWorker } from '../apps/worker-away.tsx'

const states: Readonly<Record<ReceiptState, readonly ['good' | 'warn' | 'bad', string]>> = {
  posted: ['good', 'in a posted root'],
  pending: ['warn', 'not posted yet'],
  contradicted: ['bad', 'contradicted by the posted root'],
  unsigned: ['bad', 'not signed by the node'],
  unchecked: ['warn', 'not checked: its root is out of reach'],
}

export function Receipts({ app }: { app: AppDetails }) {
  const network = useNetwork()
  const [isWanted, setWanted] = useState(false)
  const endpoint = app.worker?.endpoint
  const audit = useQuery({
    queryKey: ['receipts', String(app.appId)],
    enabled: isWanted,
    queryFn: ({ signal }) =>
      auditReceipts(endpoint === undefined ? network : throughWorker(network, endpoint), {
        appId: app.appId,
        limit: 2_048,
        signal,
      }),
    refetchInterval: false,
    staleTime: Infinity,
  })
  const isAway = outageOf(app) !== undefined
  return (
    <Card
      title="Receipts"
      note="what each node says it has released, signed and checked against its roots on chain"
      end={
        <button
          type="button"
          className="button small"
          disabled={audit.isFetching || isAway}
          onClick={() => {
            if (isWanted) void audit.refetch()
            else setWanted(true)
          }}
        >
          {isWanted ? 'Read again' : 'Read the receipts'}
        </button>
      }
    >
      {isAway && (
        <Empty>
          <ThroughWorker app={app} what="The nodes are reached" />
        </Empty>
      )}
      {!isWanted && !isAway && (
        <Empty>Every release leaves a receipt at each node that took part.</Empty>
      )}
      {audit.isFetching && <Loading what="the receipts of all nodes" />}
      {audit.isError && !audit.isFetching && !isAway && <Failure error={audit.error} />}
      {audit.data !== undefined && !audit.isFetching && <Found audit={audit.data} />}
    </Card>
  )
}

function Found({ audit }: { audit: ReceiptAudit }) {
  const answered = audit.nodes.filter((node) => node.answered).length
  return (
    <>
      <div className="body">
        <div className={`notice ${audit.ok ? 'good' : 'bad'}`} role="status">
          <strong>
            {audit.ok ? 'No node contradicts itself.' : 'A node contradicts itself: see below.'}
          </strong>
          <span>
            {answered} of {audit.nodes.length} nodes answered; keys and roots as of block{' '}
            {String(audit.block.number)}.
          </span>
          {audit.nodes.flatMap(({ nodeId, faults }) =>
            faults.map(({ code, text }) => (
              <span key={`${nodeId}/${code}/${text}`}>
                Node {String(nodeId)}: {text} <code>{code}</code>
              </span>
            )),
          )}
        </div>
      </div>
      {audit.receipts.length === 0 ? (
        <Empty>Nothing of this application has been released yet.</Empty>
      ) : (
        <ReceiptTable receipts={audit.receipts.slice(0, 200)} />
      )}
    </>
  )
}

function ReceiptTable({ receipts }: { receipts: readonly AuditedReceipt[] }) {
  return (
    <Table heads={['When', 'Node', 'Reader', 'Released', 'State']}>
      {receipts.map(({ nodeId, receipt, state }) => (
        <tr key={`${nodeId}/${receipt.number}`}>
          <Cell label="When" className="tight">
            <Time seconds={BigInt(receipt.at)} />
          </Cell>
          <Cell label="Node">
            {String(nodeId)} <span className="under">number {receipt.number}</span>
          </Cell>
          <Cell label="Reader">
            application {receipt.appId}, version {receipt.version}, replica {receipt.replica}{' '}
            <span className="under">
              <Hash hex={receipt.instanceKey} what="the reader's key" />
            </span>
          </Cell>
          <Cell label="Released">
            {receipt.items
              .map((item) =>
                item.kind === 'secret'
                  ? `${item.name}, version ${item.version}`
                  : `key ${item.path}`,
              )
              .join('; ')}
          </Cell>
          <Cell label="State">
            <Badge tone={states[state][0]}>{states[state][1]}</Badge>
          </Cell>
        </tr>
      ))}
    </Table>
  )
}
