// The attestation leases of an application, as a quorum has signed them.
import type { AppDetails } from '@wetee/sdk'
import { Badge, Card, Empty, Hash, Time } from '../../ui/parts.tsx'
import { Cell, Table } from '../../ui/table.tsx'

export function Leases({ app }: { app: AppDetails }) {
  return (
    <Card
      title="Attestation leases"
      note={`${app.liveReplicas} of ${app.replicas} replicas hold a live one; without it nothing is paid and no traffic flows`}
    >
      {app.leases.length === 0 ? (
        <Empty>No quorum has signed a lease yet.</Empty>
      ) : (
        <Table
          heads={[
            'Replica',
            'State',
            'Until',
            'Since',
            'Instance key',
            'TLS key',
            { num: 'Evidence of block' },
          ]}
        >
          {app.leases.map((lease) => (
            <tr key={`${lease.replica}/${lease.slot}`}>
              <Cell label="Replica">
                {lease.replica} <span className="under">version {lease.version}</span>
              </Cell>
              <Cell label="State">
                <Badge tone={lease.live ? 'good' : 'warn'}>{lease.live ? 'live' : 'lapsed'}</Badge>
              </Cell>
              <Cell label="Until" className="tight">
                <Time seconds={lease.notAfter} />
              </Cell>
              <Cell label="Since" className="tight">
                <Time seconds={lease.notBefore} />
              </Cell>
              <Cell label="Instance key">
                <Hash hex={lease.instanceKey} what="the instance key" />
              </Cell>
              <Cell label="TLS key">
                <Hash hex={lease.tlsKeyHash} what="the hash of the TLS key" />
              </Cell>
              <Cell label="Evidence of block" className="num">
                {String(lease.evidenceBlock)}
              </Cell>
            </tr>
          ))}
        </Table>
      )}
    </Card>
  )
}
