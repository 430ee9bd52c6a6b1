// The network: its size, its workers with prices and room, its dsecret nodes and committee.
import {
  formatDot,
  perDay,
  teeClassNames,
  type NodeRow,
  type NetworkOverview,
  type WorkerRow,
} from '@wetee/sdk'
import { useNetwork, useNodes, useOverview, useWorkers } from '../../network/network.tsx'
import { cpuText, memoryText } from '../../ui/format.ts'
import { Amount, Card, Facts, Failure, Hash, Page, Time } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { NetworkMap } from './network-map.tsx'
import { NodeBadge, Proven, WorkerBadge } from './states.tsx'

export function NetworkPage() {
  const overview = useOverview()
  const { data } = overview
  return (
    <Page
      title="Network"
      sub="Read from the chain by your browser, at its newest finalized block. Nothing here comes from a server of ours."
      actions={
        <a className="button primary" href="#/deploy">
          Deploy an application
        </a>
      }
    >
      {overview.isError && <Failure error={overview.error} retry={() => void overview.refetch()} />}
      <Sizes data={data} />
      <NetworkMap />
      <Workers />
      <Nodes />
      <Chain block={data?.block} />
    </Page>
  )
}

function Sizes({ data }: { data: NetworkOverview | undefined }) {
  const numbers: readonly (readonly [string, string, string])[] = [
    ['Applications', data === undefined ? '…' : String(data.appCount), 'ever deployed'],
    ['Workers', data === undefined ? '…' : String(data.workerCount), 'registered'],
    ['dsecret nodes', data === undefined ? '…' : String(data.nodeCount), 'registered'],
    [
      'Committee',
      data === undefined ? '…' : `${data.threshold} of ${data.members.length}`,
      data === undefined ? '' : `epoch ${data.activeEpoch}`,
    ],
  ]
  return (
    <dl className="tiles">
      {numbers.map(([label, value, note]) => (
        <div className="tile" key={label}>
          <dt>{label}</dt>
          <dd>
            {value} <small>{note}</small>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Chain({ block }: { block: NetworkOverview['block'] | undefined }) {
  const { profile } = useNetwork()
  return (
    <Card title="Chain">
      <div className="body">
        <Facts
          rows={[
            ['Network', `${profile.name} (${profile.kind})`],
            ['Chain id', String(profile.chainId)],
            [
              'Finalized block',
              block === undefined ? (
                '…'
              ) : (
                <>
                  {String(block.number)}, <Time seconds={block.timestamp} />
                </>
              ),
            ],
            ['RPC', profile.rpcUrls.join(', ')],
            ['Cloud', <Hash key="c" hex={profile.contracts.cloud} what="address of Cloud" whole />],
            [
              'Subnet',
              <Hash key="s" hex={profile.contracts.subnet} what="address of Subnet" whole />,
            ],
            [
              'Quorum',
              <Hash key="q" hex={profile.contracts.quorum} what="address of Quorum" whole />,
            ],
          ]}
        />
      </div>
    </Card>
  )
}

function Workers() {
  const workers = useWorkers()
  return (
    <Card title="Workers" note="machines that run applications; prices per day in DOT">
      <Queried query={workers} what="the workers" none="No worker has registered yet.">
        {(found) => (
          <Table
            heads={[
              'Worker',
              'State',
              'TEE',
              { num: 'Free' },
              { num: 'CPU' },
              { num: 'GiB memory' },
              { num: 'Stake' },
              { num: 'Applications' },
              'Machine proof',
            ]}
          >
            {found.map((worker) => (
              <WorkerLine key={String(worker.workerId)} worker={worker} />
            ))}
          </Table>
        )}
      </Queried>
    </Card>
  )
}

function WorkerLine({ worker }: { worker: WorkerRow }) {
  const { capacity, reserved, prices } = worker
  const perCpu = perDay(prices.cpuMilli * 1000n)
  const perGiB = perDay(prices.memoryMiB * 1024n)
  return (
    <tr>
      <Cell label="" className="tight">
        <a href={`#/worker/${worker.workerId}`}>Worker {String(worker.workerId)}</a>{' '}
        <span className="under">{worker.region || 'no region'}</span>
      </Cell>
      <Cell label="State">
        <WorkerBadge worker={worker} />
      </Cell>
      <Cell label="TEE" className="tight">
        {teeClassNames(worker.teeClasses)} <span className="under">level {worker.level}</span>
      </Cell>
      <Cell label="Free" className="num">
        {cpuText(capacity.cpuMilli - reserved.cpuMilli)}
        <span className="under">{memoryText(capacity.memoryMiB - reserved.memoryMiB)}</span>
      </Cell>
      <Cell label="CPU per day" className="num">
        <span title={formatDot(perCpu)}>
          <Amount wei={perCpu} />
        </span>
      </Cell>
      <Cell label="GiB memory per day" className="num">
        <Amount wei={perGiB} />
      </Cell>
      <Cell label="Stake" className="num">
        <Amount wei={worker.stakeWei} />
      </Cell>
      <Cell label="Applications" className="num">
        {worker.apps}
      </Cell>
      <Cell label="Machine proof">
        <Proven until={worker.provenUntil} />
      </Cell>
    </tr>
  )
}

function Nodes() {
  const nodes = useNodes()
  const overview = useOverview()
  const note =
    overview.data === undefined
      ? undefined
      : overview.data.hasNetworkKey
        ? `${overview.data.threshold} of ${overview.data.members.length} members together release secrets and sign leases; nobody holds the network's key`
        : 'the network has no key yet'
  return (
    <Card
      title="Committee and dsecret nodes"
      note={note}
      end={<a href="#/keys">Health and epochs</a>}
    >
      <Queried query={nodes} what="the dsecret nodes" none="No dsecret node has registered yet.">
        {(found) => (
          <Table
            heads={[
              'Node',
              'State',
              'Committee',
              'TEE of',
              { num: 'Stake' },
              'Machine proof',
              'Owner',
            ]}
          >
            {found.map((node) => (
              <NodeLine
                key={String(node.nodeId)}
                node={node}
                member={overview.data?.members.includes(node.nodeId) ?? false}
              />
            ))}
          </Table>
        )}
      </Queried>
    </Card>
  )
}

function NodeLine({ node, member }: { node: NodeRow; member: boolean }) {
  return (
    <tr>
      <Cell label="" className="tight">
        <a href={`#/node/${node.nodeId}`}>Node {String(node.nodeId)}</a>
      </Cell>
      <Cell label="State">
        <NodeBadge status={node.status} />
      </Cell>
      <Cell label="Committee">{member ? 'member' : node.seated ? 'of the next' : 'none'}</Cell>
      <Cell label="TEE of">{node.vendor}</Cell>
      <Cell label="Stake" className="num">
        <Amount wei={node.stakeWei} />
      </Cell>
      <Cell label="Machine proof">
        <Proven until={node.provenUntil} />
      </Cell>
      <Cell label="Owner">
        <Hash hex={node.owner} what="the owner's address" />
      </Cell>
    </tr>
  )
}
