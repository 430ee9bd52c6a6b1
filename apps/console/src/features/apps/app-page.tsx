// One application: state, where it answers, leases, money, versions; for its owner recharge and terminate.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { isAddressEqual } from 'viem'
import {
  formatDuration,
  planTermination,
  showApp,
  teeClassNames,
  type AppDetails,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { cpuText, memoryText } from '../../ui/format.ts'
import {
  Amount,
  Badge,
  Card,
  Cell,
  Empty,
  Facts,
  Failure,
  Hash,
  Loading,
  Page,
  Time,
} from '../../ui/parts.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { SignDialog } from '../transactions/sign-dialog.tsx'
import { Progress } from './progress.tsx'
import { RechargeDialog } from './recharge-dialog.tsx'
import { StateBadge } from './state.tsx'

export function AppPage({ appId }: { appId: bigint }) {
  const network = useNetwork()
  const app = useQuery({
    queryKey: ['app', String(appId)],
    queryFn: ({ signal }) => showApp(network, appId, { signal }),
    refetchInterval: 3_000,
  })
  const { data } = app
  if (data === undefined)
    return (
      <Page title={`Application ${appId}`}>
        {app.isError ? (
          <Failure error={app.error} retry={() => void app.refetch()} />
        ) : (
          <Card title="Overview">
            <Loading what="the application" lines={8} />
          </Card>
        )}
      </Page>
    )
  return (
    <Page
      title={data.name}
      heading={
        <>
          <h1>{data.name}</h1>
          <StateBadge app={data} />
        </>
      }
      sub={`Application ${appId}, version ${data.currentVersion || data.pendingVersion}, on worker ${data.workerId}`}
      actions={<Actions app={data} />}
    >
      {app.isError && <Failure error={app.error} retry={() => void app.refetch()} />}
      <Progress app={data} />
      {data.conditions.map((condition) => (
        <div
          key={condition.code}
          className={`notice ${condition.severity === 'error' ? 'bad' : 'warn'}`}
        >
          <strong>{condition.text}</strong>
          {condition.remedy !== '' && <span>{condition.remedy}</span>}
          <code className="quiet">{condition.code}</code>
        </div>
      ))}
      <div className="columns">
        <Reached app={data} />
        <Money app={data} />
      </div>
      <Leases app={data} />
      <Versions app={data} />
    </Page>
  )
}

function Actions({ app }: { app: AppDetails }) {
  const { account } = useWallet()
  const [open, setOpen] = useState<'recharge' | 'terminate' | undefined>()
  const own = account !== undefined && isAddressEqual(account, app.owner)
  const over = app.state === 'ended'
  const close = () => setOpen(undefined)
  return (
    <>
      {!over && (
        <a className="button primary" href={`#/verify/${app.appId}`}>
          Verify
        </a>
      )}
      {account !== undefined && !over && (
        <button type="button" className="button" onClick={() => setOpen('recharge')}>
          Recharge
        </button>
      )}
      {own && !over && (
        <button type="button" className="button danger" onClick={() => setOpen('terminate')}>
          Terminate
        </button>
      )}
      {open === 'recharge' && <RechargeDialog app={app} close={close} />}
      {open === 'terminate' && (
        <SignDialog
          plan={(signer) => planTermination(signer, app.appId)}
          danger="Terminate for good"
          close={close}
        />
      )}
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
            {app.state === 'ended' ? 'It has ended.' : 'No address yet: see what is missing above.'}
          </p>
        ) : (
          <Facts
            rows={[...known.values()].map(({ url, service, target }) => [
              `${service}:${target}`,
              <a key={url} href={url} target="_blank" rel="noreferrer noopener">
                {url}
              </a>,
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

function Leases({ app }: { app: AppDetails }) {
  return (
    <Card
      title="Attestation leases"
      note={`${app.liveReplicas} of ${app.replicas} replicas hold a live one; without it nothing is paid and no traffic flows`}
    >
      {app.leases.length === 0 ? (
        <Empty>No quorum has signed a lease yet.</Empty>
      ) : (
        <div className="scroll">
          <table className="stack">
            <thead>
              <tr>
                <th scope="col">Replica</th>
                <th scope="col">State</th>
                <th scope="col">Until</th>
                <th scope="col">Since</th>
                <th scope="col">Instance key</th>
                <th scope="col">TLS key</th>
                <th scope="col" className="num">
                  Evidence of block
                </th>
              </tr>
            </thead>
            <tbody>
              {app.leases.map((lease) => (
                <tr key={`${lease.replica}/${lease.slot}`}>
                  <Cell label="Replica">
                    {lease.replica} <span className="under">version {lease.version}</span>
                  </Cell>
                  <Cell label="State">
                    <Badge tone={lease.live ? 'good' : 'warn'}>
                      {lease.live ? 'live' : 'lapsed'}
                    </Badge>
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
            </tbody>
          </table>
        </div>
      )}
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
