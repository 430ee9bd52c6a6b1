// Custom domains of an application: what its manifest names, and the DNS record that proves each.
import { domainProof, proofNameOf } from '@wetee/manifest'
import type { AppDetails } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Badge, Card, Copy, Empty, Facts, Failure, Loading } from '../../ui/parts.tsx'
import { useManifest } from './manifest.ts'

const example = `x-wetee:
  domains:
    shop.example.org: 443`

export function DomainsTab({ app }: { app: AppDetails }) {
  const manifest = useManifest(app)
  if (manifest.isPending)
    return (
      <Card title="Domains">
        <Loading what="the manifest" />
      </Card>
    )
  if (manifest.isError) return <Failure error={manifest.error} />
  const { domains = [] } = manifest.data
  return (
    <>
      {domains.map(({ name, target }) => (
        <Domain key={name} app={app} name={name} target={target} />
      ))}
      {domains.length === 0 && (
        <Card title="Domains">
          <Empty>
            <p>Its manifest names no domain of its own. A new version may:</p>
            <pre className="code" tabIndex={0}>
              {example}
            </pre>
            <a className="button" href={`#/app/${app.appId}/update`}>
              Update
            </a>
          </Empty>
        </Card>
      )}
    </>
  )
}

function Domain({ app, name, target }: { app: AppDetails; name: string; target: number }) {
  const { profile } = useNetwork()
  const proof = domainProof({
    appId: app.appId,
    chainId: profile.chainId,
    cloud: profile.contracts.cloud,
  })
  const urls = app.instances?.flatMap((instance) => instance.urls) ?? []
  const leads = urls.some(({ url }) => new URL(url).hostname === name)
  return (
    <Card
      title={name}
      note={`leads to port ${target}`}
      end={
        leads ? (
          <Badge tone="good">its worker serves it</Badge>
        ) : (
          <Badge tone="warn">not proved yet</Badge>
        )
      }
    >
      <div className="body">
        <p>At the name server of the domain, make these two records:</p>
        <Facts
          rows={[
            [
              'TXT',
              <span key="t">
                <code>{proofNameOf(name)}</code>
                <Copy text={proofNameOf(name)} what="the name of the record" />
              </span>,
            ],
            [
              'with',
              <span key="w">
                <code>{proof}</code>
                <Copy text={proof} what="the text of the record" />
              </span>,
            ],
            ['A or CNAME', `the address of worker ${app.workerId}, which it tells its users`],
          ]}
        />
        <p className="quiet">
          Its worker looks every 30 seconds. The certificate is for the attested key, whoever signs
          it: <a href={`#/verify/${app.appId}`}>verify</a> compares keys, not names.
        </p>
      </div>
    </Card>
  )
}
