// An application at a glance: where it answers, what it costs, its versions and their manifests.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { formatDuration, teeClassNames, type AppDetails } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { cpuText, memoryText } from '../../ui/format.ts'
import { Amount, Card, Facts, Failure, Hash, Time } from '../../ui/parts.tsx'
import { Leases } from './leases.tsx'
import { outageOf } from './outage.ts'

export function OverviewTab({ app }: { app: AppDetails }) {
  return (
    <>
      <div className="columns">
        <Reached app={app} />
        <Money app={app} />
      </div>
      <Leases app={app} />
      <Versions app={app} />
    </>
  )
}

function Reached({ app }: { app: AppDetails }) {
  const urls = app.instances?.flatMap((instance) => instance.urls) ?? []
  const known = new Map(urls.map((one) => [one.url, one]))
  return (
    <Card title="Where it answers" note="its worker's word">
      <div className="body">
        {known.size === 0 ? (
          <p className="quiet">
            {app.state === 'ended'
              ? 'It has ended.'
              : outageOf(app) === undefined
                ? 'No address yet: see what is missing above.'
                : 'Its worker tells its address, and does not answer.'}
          </p>
        ) : (
          <Facts
            rows={[...known.values()].map(({ url, service, target }) => [
              `${service}:${target}`,
              !url.startsWith('tcp:') ? (
                <a key={url} href={url} target="_blank" rel="noreferrer noopener">
                  {url}
                </a>
              ) : (
                url
              ),
            ])}
          />
        )}
        <p className="quiet">
          TLS ends inside the TEE, at a key that is in the evidence: the certificate may be
          self-signed, and then browsers warn. <a href={`#/verify/${app.appId}`}>Verify</a> checks
          the evidence.
        </p>
        <Facts
          rows={[
            ['Owner', <Hash key="o" hex={app.owner} what="the owner's address" whole />],
            [
              'Worker',
              `${app.workerId}${app.worker === undefined ? '' : `, ${app.worker.endpoint}`}`,
            ],
          ]}
        />
      </div>
    </Card>
  )
}

function Money({ app }: { app: AppDetails }) {
  const { asset } = app
  return (
    <Card title="Money" note="paid by the attested second">
      <div className="body">
        <Facts
          rows={[
            [
              'Rent',
              <span key="r">
                <Amount wei={app.weiPerDay} asset={asset} /> per day
              </span>,
            ],
            ['Escrow', <Amount key="e" wei={app.escrowWei} asset={asset} />],
            ['Owed now', <Amount key="u" wei={app.unsettledWei} asset={asset} />],
            [
              'Lasts',
              app.lastsSeconds === undefined ? (
                '–'
              ) : (
                <strong>{formatDuration(app.lastsSeconds)}</strong>
              ),
            ],
            ['Grace deposit', <Amount key="g" wei={app.graceDepositWei} asset={asset} />],
            ['Paid so far', <Amount key="p" wei={app.paidWei} asset={asset} />],
          ]}
        />
      </div>
    </Card>
  )
}

function Versions({ app }: { app: AppDetails }) {
  const versions = app.pending === undefined ? [app.version] : [app.pending, app.version]
  return (
    <div className="columns">
      {versions.map((version) => (
        <Card
          key={version.version}
          title={`Version ${version.version}`}
          note={version.version === app.currentVersion ? 'current' : 'pending'}
        >
          <div className="body">
            <Facts
              rows={[
                [
                  'Manifest',
                  <Hash key="m" hex={version.manifestDigest} what="the manifest's digest" />,
                ],
                ['Created', <Time key="c" seconds={version.createdAt} />],
                [
                  'Resources',
                  `${cpuText(version.terms.cpuMilli)}, ${memoryText(version.terms.memoryMiB)} memory, ${memoryText(version.terms.diskMiB)} disk, for each of ${version.terms.replicas}`,
                ],
                [
                  'Hardware',
                  `${teeClassNames(version.terms.teeClasses)}, security level ${version.terms.level} or better`,
                ],
                ['Upgrade delay', formatDuration(version.terms.upgradeDelaySeconds)],
                ['Grace', formatDuration(version.terms.graceSeconds)],
              ]}
            />
            <Manifest app={app} version={version.version} />
          </div>
        </Card>
      ))}
    </div>
  )
}

/** Read from the chain when it is asked for: its digest is checked by the sdk. */
function Manifest({ app, version }: { app: AppDetails; version: number }) {
  const network = useNetwork()
  const [open, setOpen] = useState(false)
  const manifest = useQuery({
    queryKey: ['manifest', String(app.appId), version],
    queryFn: () => network.reader.manifestText(app.appId, version),
    enabled: open,
    refetchInterval: false,
    staleTime: Infinity,
  })
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Manifest, as it is on chain</summary>
      {manifest.isError && <Failure error={manifest.error} />}
      {manifest.data !== undefined && (
        <pre className="code wrap" tabIndex={0}>
          {JSON.stringify(JSON.parse(manifest.data), null, 2)}
        </pre>
      )}
    </details>
  )
}
