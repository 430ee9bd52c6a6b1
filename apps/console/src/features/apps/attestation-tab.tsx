// What hardware and network vouch for: leases of every replica, and where to have the whole judged.
import { formatDuration, type AppDetails } from '@wetee/sdk'
import { Card, Facts, Hash } from '../../ui/parts.tsx'
import { Leases } from './leases.tsx'

export function AttestationTab({ app }: { app: AppDetails }) {
  const now = Number(app.block.timestamp)
  const soonest = app.leases
    .filter(({ live }) => live)
    .reduce((least, { notAfter }) => Math.min(least, Number(notAfter)), Infinity)
  return (
    <>
      <Card
        title="Verify it yourself"
        note="thirteen steps, from the hardware's signature to the manifest"
        end={
          <a className="button small primary" href={`#/verify/${app.appId}`}>
            Verify
          </a>
        }
      >
        <div className="body">
          <Facts
            rows={[
              [
                'Replicas',
                `${app.liveReplicas} of ${app.replicas} are attested now${soonest === Infinity ? '' : `; the first lease ends in ${formatDuration(Math.max(0, soonest - now))} unless it is renewed`}`,
              ],
              [
                'Manifest',
                <Hash
                  key="m"
                  hex={app.version.manifestDigest}
                  what="the manifest's digest"
                  whole
                />,
              ],
              [
                'Terms',
                <Hash key="t" hex={app.version.termsDigest} what="the digest of the terms" whole />,
              ],
              ['Judged at', `block ${app.block.number}`],
            ]}
          />
          <p className="quiet">
            A quorum of dsecret nodes has appraised the evidence of each lease below and signed for
            it. A lease that is not renewed lapses by itself: rent, secrets and calls of contracts
            stop with it.
          </p>
        </div>
      </Card>
      <Leases app={app} />
      {app.leases.map((lease) => (
        <Lease key={`${lease.replica}/${lease.slot}`} lease={lease} />
      ))}
    </>
  )
}

function Lease({ lease }: { lease: AppDetails['leases'][number] }) {
  return (
    <Card
      title={`Replica ${lease.replica}, version ${lease.version}`}
      note={lease.live ? 'live' : 'lapsed'}
    >
      <div className="body">
        <Facts
          rows={[
            ['Machine', <Hash key="p" hex={lease.platformId} what="the id of the machine" whole />],
            ['Worker', String(lease.workerId)],
            [
              'Instance key',
              <Hash key="i" hex={lease.instanceKey} what="the instance key in full" whole />,
            ],
            [
              'TLS key',
              <Hash key="k" hex={lease.tlsKeyHash} what="the hash of the TLS key in full" whole />,
            ],
            ['Evidence', `of block ${lease.evidenceBlock}`],
          ]}
        />
      </div>
    </Card>
  )
}
