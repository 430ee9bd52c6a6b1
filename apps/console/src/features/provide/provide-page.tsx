// What the connected account provides: its workers and dsecret nodes, what it is owed, and registering more.
import { isAddressEqual } from 'viem'
import { useNodes, useWorkers } from '../../network/network.tsx'
import { Amount, Card, Empty, Hash, Page } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { ConnectButton } from '../../wallet/wallet-button.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { Credit } from '../apps/credit.tsx'
import { NodeBadge, Proven, WorkerBadge } from '../explore/states.tsx'
import { useStakeRules } from './registration.tsx'

export function ProvidePage() {
  const { account } = useWallet()
  return (
    <Page
      title="Provide"
      sub="Run other people's applications on your machine, or hold a share of the network's key."
      actions={
        <>
          <a className="button primary" href="#/provide/worker">
            Register a worker
          </a>
          <a className="button" href="#/provide/node">
            Register a dsecret node
          </a>
        </>
      }
    >
      {account === undefined ? (
        <div className="card">
          <Empty>
            <p>Connect a wallet to see the workers and nodes that its account owns or operates.</p>
            <ConnectButton />
          </Empty>
        </div>
      ) : (
        <>
          <Credit account={account} />
          <Workers account={account} />
          <Nodes account={account} />
        </>
      )}
      <What />
    </Page>
  )
}

type Held = { readonly owner: `0x${string}`; readonly operator?: `0x${string}` }

const isOf = (account: `0x${string}`) => (one: Held) =>
  isAddressEqual(one.owner, account) ||
  (one.operator !== undefined && isAddressEqual(one.operator, account))

function Workers({ account }: { account: `0x${string}` }) {
  const workers = useWorkers(isOf(account))
  return (
    <Card title="Your workers" note="owned or operated by this account">
      <Queried
        query={workers}
        what="the workers"
        none={
          <>
            <p>None yet.</p>
            <a href="#/provide/worker">Register a worker</a>
          </>
        }
      >
        {(own) => (
          <Table
            heads={[
              'Worker',
              'State',
              'Machine proof',
              { num: 'Applications' },
              { num: 'Stake' },
              'You are',
            ]}
          >
            {own.map((worker) => (
              <tr key={String(worker.workerId)}>
                <Cell label="">
                  <a href={`#/worker/${worker.workerId}`}>Worker {String(worker.workerId)}</a>{' '}
                  <span className="under">{worker.endpoint}</span>
                </Cell>
                <Cell label="State">
                  <WorkerBadge worker={worker} />
                </Cell>
                <Cell label="Machine proof">
                  <Proven until={worker.provenUntil} />
                </Cell>
                <Cell label="Applications" className="num">
                  {worker.apps}
                </Cell>
                <Cell label="Stake" className="num">
                  <Amount wei={worker.stakeWei} />
                </Cell>
                <Cell label="You are">
                  {isAddressEqual(worker.owner, account) ? 'owner' : 'operator'}
                </Cell>
              </tr>
            ))}
          </Table>
        )}
      </Queried>
    </Card>
  )
}

function Nodes({ account }: { account: `0x${string}` }) {
  const nodes = useNodes(isOf(account))
  return (
    <Card title="Your dsecret nodes">
      <Queried
        query={nodes}
        what="the dsecret nodes"
        none={
          <>
            <p>None yet.</p>
            <a href="#/provide/node">Register a dsecret node</a>
          </>
        }
      >
        {(own) => (
          <Table heads={['Node', 'State', 'Machine proof', 'Committee', { num: 'Stake' }, 'Owner']}>
            {own.map((node) => (
              <tr key={String(node.nodeId)}>
                <Cell label="">
                  <a href={`#/node/${node.nodeId}`}>Node {String(node.nodeId)}</a>{' '}
                  <span className="under">{node.endpoint}</span>
                </Cell>
                <Cell label="State">
                  <NodeBadge status={node.status} />
                </Cell>
                <Cell label="Machine proof">
                  <Proven until={node.provenUntil} />
                </Cell>
                <Cell label="Committee">{node.seated ? 'seated' : 'none'}</Cell>
                <Cell label="Stake" className="num">
                  <Amount wei={node.stakeWei} />
                </Cell>
                <Cell label="Owner">
                  <Hash hex={node.owner} what="the owner's address" />
                </Cell>
              </tr>
            ))}
          </Table>
        )}
      </Queried>
    </Card>
  )
}

function What() {
  const rules = useStakeRules()
  const { data } = rules
  return (
    <Card title="What it takes">
      <div className="body">
        <div className="columns">
          <div className="form">
            <h3>A worker</h3>
            <p>
              A machine with Intel TDX, AMD SEV-SNP or SGX that is always on, a daemon on it, and a
              stake of{' '}
              {data === undefined ? (
                '…'
              ) : (
                <>
                  <Amount wei={data.workerBaseWei} /> and <Amount wei={data.workerPerLevelWei} />{' '}
                  per security level
                </>
              )}
              . You set the prices. Rent is paid for seconds in which an application held a lease;
              whoever was harmed may complain, and the DAO decides.
            </p>
          </div>
          <div className="form">
            <h3>A dsecret node</h3>
            <p>
              A small machine with a TEE, and a stake of{' '}
              {data === undefined ? '…' : <Amount wei={data.nodeWei} />}. It holds a share of the
              network's key in committees that the DAO names, judges evidence and signs leases.
            </p>
          </div>
        </div>
      </div>
    </Card>
  )
}
