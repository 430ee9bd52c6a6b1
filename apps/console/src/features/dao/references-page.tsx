// The measurements that the network accepts: of workers' machines and instances, and of dsecret nodes.
import { useQuery } from '@tanstack/react-query'
import { readReferenceValues, workerRole } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Badge, Card, Hash, Time } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { DaoFrame } from './dao-frame.tsx'

const tones = { accepted: 'good', deprecated: 'warn', revoked: 'bad' } as const

export function ReferencesPage() {
  const network = useNetwork()
  const values = useQuery({
    queryKey: ['references'],
    queryFn: () => readReferenceValues(network),
    refetchInterval: 15_000,
  })
  return (
    <DaoFrame
      view="references"
      actions={
        <a className="button" href="#/dao/propose/reference">
          Propose a change
        </a>
      }
    >
      <Card title="Reference values" note="every one that was ever set, as it stands now">
        <Queried
          query={values}
          what="reference values"
          none="None was ever set: no machine can be proven."
        >
          {(found) => (
            <Table heads={['Measurement', 'Of', 'Hardware', 'State', 'Counts', 'From', 'Until']}>
              {found.map((one) => (
                <tr key={`${one.role} ${one.measurementId}`}>
                  <Cell label="Measurement">
                    <Hash hex={one.measurementId} what="the measurement" />
                  </Cell>
                  <Cell label="Of">
                    {one.role === workerRole ? 'workers and instances' : 'dsecret nodes'}
                  </Cell>
                  <Cell label="Hardware">{one.platform?.toUpperCase() ?? 'unknown'}</Cell>
                  <Cell label="State">
                    <Badge tone={tones[one.status]}>{one.status}</Badge>
                  </Cell>
                  <Cell label="Counts">{one.counts ? 'yes' : 'no'}</Cell>
                  <Cell label="From" className="tight">
                    <Time seconds={one.validFrom} />
                  </Cell>
                  <Cell label="Until" className="tight">
                    {one.until === 0n ? '–' : <Time seconds={one.until} />}
                  </Cell>
                </tr>
              ))}
            </Table>
          )}
        </Queried>
      </Card>
    </DaoFrame>
  )
}
