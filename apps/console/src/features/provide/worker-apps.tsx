// What runs on a worker, with leases and rent.
import { useQuery } from '@tanstack/react-query'
import { formatDuration, listWorkerApps } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Amount, Badge, Card, Time } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { StateBadge } from '../apps/state.tsx'

export function WorkerApps({ workerId }: { workerId: bigint }) {
  const network = useNetwork()
  const apps = useQuery({
    queryKey: ['worker-apps', String(workerId)],
    queryFn: () => listWorkerApps(network, workerId),
    refetchInterval: 10_000,
  })
  return (
    <Card
      title="Applications and leases"
      note="rent is paid for seconds in which a lease was live; the first 100"
    >
      <Queried query={apps} what="its applications" none="Nothing runs here.">
        {(found) => (
          <Table
            heads={[
              'Application',
              'State',
              'Lease',
              { num: 'Rent per day' },
              { num: 'Owed now' },
              { num: 'Escrow lasts' },
            ]}
          >
            {found.map((app) => (
              <tr key={String(app.appId)}>
                <Cell label="Application">
                  <a href={`#/app/${app.appId}`}>{app.name}</a>{' '}
                  <span className="under">number {String(app.appId)}</span>
                </Cell>
                <Cell label="State">
                  <StateBadge app={app} />
                </Cell>
                <Cell label="Lease">
                  {app.liveReplicas === 0 ? (
                    <Badge tone="warn">none live</Badge>
                  ) : (
                    <span>
                      {app.liveReplicas} of {app.replicas}, ends <Time seconds={app.leaseUntil} />
                    </span>
                  )}
                </Cell>
                <Cell label="Rent per day" className="num">
                  <Amount wei={app.weiPerDay} asset={app.asset} />
                </Cell>
                <Cell label="Owed now" className="num">
                  <Amount wei={app.unsettledWei} asset={app.asset} />
                </Cell>
                <Cell label="Escrow lasts" className="num">
                  {app.lastsSeconds === undefined ? '–' : formatDuration(app.lastsSeconds)}
                </Cell>
              </tr>
            ))}
          </Table>
        )}
      </Queried>
    </Card>
  )
}
