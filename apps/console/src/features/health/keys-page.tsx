// The key network: who holds the network's key now, how far the next committee is, those before; anybody may start a refresh that is due.
import { useQuery } from '@tanstack/react-query'
import {
  describeSession,
  formatDuration,
  keyNetworkFindings,
  listEpochs,
  listNodeRows,
  planRefresh,
  readEpochs,
  type EpochRecord,
  type EpochState,
  type PastEpoch,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Badge, Card, Empty, Facts, Hash, Loading, Page, Time } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { Act } from '../transactions/act.tsx'
import { HealthCard } from './findings.tsx'

/** State of the epochs with what it means. */
function useKeyNetwork() {
  const network = useNetwork()
  return useQuery({
    queryKey: ['key-network'],
    enabled: network.profile.contracts.keys !== undefined,
    queryFn: async () => {
      const [epochs, nodes] = await Promise.all([readEpochs(network), listNodeRows(network)])
      return { epochs, findings: keyNetworkFindings(epochs, nodes) }
    },
  })
}

export function KeysPage() {
  const state = useKeyNetwork()
  const { data } = state
  const due = data?.epochs.refreshAt !== undefined && data.epochs.refreshAt <= data.epochs.now
  return (
    <Page
      title="Key network"
      sub="The committee that judges evidence, signs leases and releases secrets. Its members hold shares of one key; fewer than the threshold know nothing of it."
      actions={
        <Act kind="primary" shown={due} plan={planRefresh}>
          Start a refresh
        </Act>
      }
    >
      <HealthCard
        findings={data?.findings}
        error={state.error}
        retry={() => void state.refetch()}
        note="by the chain"
      />
      <div className="columns">
        {data?.epochs.active !== undefined && <Epoch epoch={data.epochs.active} name="Active" />}
        {data?.epochs.pending !== undefined && <Epoch epoch={data.epochs.pending} name="Pending" />}
        <Card
          title="The network's key"
          note="the same in all epochs, until the DAO orders a new one"
        >
          <div className="body">
            {data === undefined ? <Loading what="the key" lines={2} /> : <Keys {...data.epochs} />}
          </div>
        </Card>
      </div>
      <History />
    </Page>
  )
}

function Keys({ networkKey, olderKey, rotationOverlap }: EpochState) {
  if (networkKey === undefined) return <Empty>There is none yet.</Empty>
  return (
    <Facts
      rows={[
        ['Number', networkKey.number],
        ['Encrypt to', <Hash key="y" hex={networkKey.Y} what="key Y" />],
        ['Check with', <Hash key="s" hex={networkKey.S} what="key S" />],
        ...(olderKey === undefined
          ? []
          : ([
              [
                `Key ${olderKey.number}`,
                <span key="o">
                  with the members of epoch {olderKey.lastEpoch}, ends{' '}
                  <Time seconds={olderKey.endsAt} />
                </span>,
              ],
            ] as const)),
        ...(rotationOverlap === undefined
          ? []
          : ([
              [
                'Ordered',
                `a new key; this one ends ${formatDuration(Number(rotationOverlap))} after it is made`,
              ],
            ] as const)),
      ]}
    />
  )
}

function Epoch({ epoch, name }: { epoch: EpochRecord; name: string }) {
  const { session, members, threshold } = epoch
  return (
    <Card title={`${name}: epoch ${epoch.epoch}`}>
      <div className="body">
        <Facts
          rows={[
            ['Enough', `${threshold} of ${members.length}`],
            ['Members', <Members key="m" members={members} />],
            ['Session', describeSession(session, members.length)],
            ...(session === undefined
              ? []
              : [
                  ['Opened', <Time key="o" seconds={session.openedAt} />] as const,
                  ...(session.phaseEnd === 0n || session.phase === 'confirmed'
                    ? []
                    : [['Phase ends', <Time key="e" seconds={session.phaseEnd} />] as const]),
                ]),
          ]}
        />
      </div>
    </Card>
  )
}

function Members({ members }: { members: readonly bigint[] }) {
  return (
    <>
      {members.map((member, index) => (
        <span key={String(member)}>
          {index > 0 && ', '}
          <a href={`#/node/${member}`}>node {String(member)}</a>
        </span>
      ))}
    </>
  )
}

function History() {
  const network = useNetwork()
  const epochs = useQuery({
    queryKey: ['epochs'],
    queryFn: () => listEpochs(network),
    refetchInterval: 15_000,
  })
  return (
    <Card title="Epochs" note="the newest 20 committees">
      <Queried query={epochs} what="epochs" none="No committee was ever named.">
        {(found) => <EpochTable epochs={found} />}
      </Queried>
    </Card>
  )
}

function EpochTable({ epochs }: { epochs: readonly PastEpoch[] }) {
  return (
    <Table heads={['Epoch', 'Members', 'Enough', 'Named', 'Active from']}>
      {epochs.map((one) => (
        <tr key={String(one.epoch)}>
          <Cell label="Epoch">{String(one.epoch)}</Cell>
          <Cell label="Members">
            <Members members={one.members} />
          </Cell>
          <Cell label="Enough">
            {one.threshold} of {one.members.length}
          </Cell>
          <Cell label="Named">
            <Time seconds={one.namedAt} />
          </Cell>
          <Cell label="Active from">
            {one.activatedAt === undefined ? (
              <Badge>never, or not yet</Badge>
            ) : (
              <Time seconds={one.activatedAt} />
            )}
          </Cell>
        </tr>
      ))}
    </Table>
  )
}
