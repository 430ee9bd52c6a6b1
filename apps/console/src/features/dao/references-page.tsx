// The measurements that the network accepts: of workers' machines and instances, and of dsecret nodes.
import { useQuery } from '@tanstack/react-query'
import { readReferenceValues, workerRole } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Badge, Card, Cell, Empty, Failure, Hash, Loading, Time } from '../../ui/parts.tsx'
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
        {values.isError && <Failure error={values.error} retry={() => void values.refetch()} />}
        {values.isPending && <Loading what="reference values" />}
        {values.data?.length === 0 && <Empty>None was ever set: no machine can be proven.</Empty>}
        {values.data !== undefined && values.data.length > 0 && (
          <div className="scroll">
            <table className="stack">
              <thead>
                <tr>
                  <th scope="col">Measurement</th>
                  <th scope="col">Of</th>
                  <th scope="col">Hardware</th>
                  <th scope="col">State</th>
                  <th scope="col">Counts</th>
                  <th scope="col">From</th>
                  <th scope="col">Until</th>
                </tr>
              </thead>
              <tbody>
                {values.data.map((one) => (
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
              </tbody>
            </table>
          </div>
        )}
      </Card>
    </DaoFrame>
  )
}
