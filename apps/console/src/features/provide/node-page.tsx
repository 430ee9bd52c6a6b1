// One dsecret node, for anybody: health, keys, seat, stake, posted receipts; for its provider what can be done.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { isAddressEqual } from 'viem'
import {
  dsecretRole,
  nodeFindings,
  parseNodeKeys,
  planNodeKeys,
  planNodeTermination,
  readPostedRoots,
  showNode,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { reading, TextField } from '../../ui/field.tsx'
import { Card, Copy, Facts, Hash, Page } from '../../ui/parts.tsx'
import { Queried, Unread } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { NodeBadge, Proven } from '../explore/states.tsx'
import { HealthCard } from '../health/findings.tsx'
import { Act } from '../transactions/act.tsx'
import { WalletAction } from '../transactions/wallet-action.tsx'
import { AskDialog } from '../transactions/ask-dialog.tsx'
import { StakeCard } from './stake-card.tsx'

export function NodePage() {
  const { id: nodeId } = useParams({ from: '/node/$id' })
  const network = useNetwork()
  const { account } = useWallet()
  const node = useQuery({
    queryKey: ['node', String(nodeId)],
    queryFn: () => showNode(network, nodeId),
  })
  const { data } = node
  const health = useQuery({
    queryKey: ['node-health', String(nodeId)],
    enabled: data !== undefined,
    queryFn: () => (data === undefined ? [] : nodeFindings(network, data)),
  })
  if (data === undefined)
    return (
      <Page title={`dsecret node ${nodeId}`}>
        <Unread query={node} what="the node" lines={8} />
      </Page>
    )
  const isOwner = account !== undefined && isAddressEqual(account, data.owner)
  return (
    <Page
      title={`dsecret node ${nodeId}`}
      heading={
        <>
          <h1>dsecret node {String(nodeId)}</h1>
          <NodeBadge status={data.status} />
        </>
      }
      sub={data.endpoint}
      actions={
        <>
          <WalletAction
            shown={isOwner && data.status === 'active'}
            dialog={(close) => <KeysDialog nodeId={nodeId} close={close} />}
          >
            New keys
          </WalletAction>
          <Act
            kind="danger"
            danger="Leave for good"
            shown={isOwner && data.status === 'active'}
            plan={(signer) => planNodeTermination(signer, nodeId)}
          >
            Terminate
          </Act>
        </>
      }
    >
      <HealthCard
        findings={health.data}
        error={health.error}
        retry={() => void health.refetch()}
        note="by the chain: no web page gets through to a node, whose certificate no CA has signed"
      />
      <div className="columns">
        <NodeFacts node={data} />
        <StakeCard holder={{ role: dsecretRole, id: nodeId }} stake={data.stake} own={isOwner} />
      </div>
      <Receipts nodeId={nodeId} />
    </Page>
  )
}

function NodeFacts({ node }: { node: Awaited<ReturnType<typeof showNode>> }) {
  return (
    <Card title="Node">
      <div className="body">
        <Facts
          rows={[
            ['Machine proof', <Proven key="m" until={node.provenUntil} />],
            ['Committee', node.seated ? 'seated' : 'none'],
            ['Statement key', <Hash key="s" hex={node.statementKey} what="statement key" />],
            ['TLS key', <Hash key="t" hex={node.tlsKeyHash} what="hash of the TLS key" />],
            ['Owner', <Hash key="o" hex={node.owner} what="the owner's address" />],
            ['Operator', <Hash key="p" hex={node.operator} what="the operator's address" />],
          ]}
        />
      </div>
    </Card>
  )
}

function Receipts({ nodeId }: { nodeId: bigint }) {
  const network = useNetwork()
  const has = network.profile.contracts.secrets !== undefined
  const posted = useQuery({
    queryKey: ['posted-roots'],
    enabled: has,
    queryFn: async () => readPostedRoots(network, (await network.reader.finalized()).number),
    select: (all) => all.get(nodeId)?.slice(-10).reverse() ?? [],
    refetchInterval: 15_000,
  })
  const command = 'npx wetee secret receipts'
  if (!has) return null
  return (
    <Card
      title="Receipts"
      note="one for each secret and key that it helped to release, chained and posted by digest"
    >
      <Queried query={posted} what="what it has posted" none="It has posted none yet.">
        {(roots) => (
          <Table heads={['Numbers', 'Root', { num: 'Block' }, 'Transaction']}>
            {roots.map((one) => (
              <tr key={String(one.first)}>
                <Cell label="Numbers">
                  {String(one.first)} to {String(one.last)}
                </Cell>
                <Cell label="Root">
                  <Hash hex={one.root} what="root of the receipts" />
                </Cell>
                <Cell label="Block" className="num">
                  {String(one.blockNumber)}
                </Cell>
                <Cell label="Transaction">
                  <Hash hex={one.transactionHash} what="the transaction's hash" />
                </Cell>
              </tr>
            ))}
          </Table>
        )}
      </Queried>
      <div className="body">
        <p className="quiet">
          Who got what, checked against all nodes and the chain: <code>{command}</code>
          <Copy text={command} what="the command" />
        </p>
      </div>
    </Card>
  )
}

function KeysDialog({ nodeId, close }: { nodeId: bigint; close: () => void }) {
  const [text, setText] = useState('')
  const { value, problem } = reading(text, parseNodeKeys)
  return (
    <AskDialog
      title={`New keys of dsecret node ${nodeId}`}
      close={close}
      plan={value === undefined ? undefined : (signer) => planNodeKeys(signer, nodeId, value)}
    >
      <TextField
        label="Keys"
        value={text}
        onValue={setText}
        rows={6}
        hint="What `dsecret --print-identity` prints in its new TEE. Its proof lapses until the machine is proven again."
        problem={problem}
      />
    </AskDialog>
  )
}
