// A new version from a Compose file: what changes and what it costs, before anything is signed.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import {
  deployIntent,
  formatAmount,
  formatDuration,
  parseAmount,
  planDeploy,
  type AppDetails,
  type DeployPlan,
  type Network,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Field, reading } from '../../ui/field.tsx'
import { Amount, Badge, Card, Empty, Facts, Failure, Hash, Loading } from '../../ui/parts.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { OwnerOnly } from '../apps/owner.tsx'
import { Act } from '../transactions/act.tsx'
import { ComposeEditor, NoCredentials, useCompose } from './compose.tsx'
import { resolveInPage } from './draft.ts'
import { factsOf } from './plan-facts.ts'

export function UpdateTab({ app }: { app: AppDetails }) {
  if (app.state === 'ended')
    return <Empty>It has ended: deploy it anew to run another version.</Empty>
  if (app.pending !== undefined)
    return (
      <div className="notice warn">
        <strong>Version {app.pending.version} is still being started.</strong>
        <span>
          One at a time: wait until it has taken over, or drop it under{' '}
          <a href={`#/app/${app.appId}/upgrades`}>Upgrades</a>.
        </span>
      </div>
    )
  return (
    <OwnerOnly app={app} what="updates it">
      <Update app={app} />
    </OwnerOnly>
  )
}

type Wanted = { readonly text: string; readonly deposit: string; readonly security: boolean }

function Update({ app }: { app: AppDetails }) {
  const [deposit, setDeposit] = useState('')
  const [security, setSecurity] = useState(false)
  const [credentials, setCredentials] = useState(false)
  const [compared, setCompared] = useState<Wanted | undefined>()
  const compose = useCompose(`wetee.update.${app.appId}`, '', app.name)
  const { text, checked } = compose
  const amount = reading(deposit, (given) => parseAmount(given, app.asset))
  const isReady = checked.draft !== undefined && amount.problem === undefined
  const isCurrent =
    compared !== undefined &&
    compared.text === text &&
    compared.deposit === deposit &&
    compared.security === security
  return (
    <>
      <Card title="Compose file of the new version" note="write, paste or drop it">
        <div className="body">
          <ComposeEditor compose={compose} />
          <div className="row">
            <Field
              label={`Added to the escrow, in ${app.asset.symbol}`}
              value={deposit}
              onValue={setDeposit}
              problem={amount.problem}
              hint="Nothing written: what the escrow lacks."
              input={{ inputMode: 'decimal' }}
            />
          </div>
          <label>
            <input
              type="checkbox"
              checked={security}
              onChange={(event) => setSecurity(event.target.checked)}
            />{' '}
            A security fix: at its deadline it takes over even if its host holds it back
          </label>
          <NoCredentials checked={checked} value={credentials} change={setCredentials} />
          <div className="buttons">
            <button
              type="button"
              className={isCurrent ? 'button' : 'button primary'}
              disabled={!isReady}
              onClick={() => setCompared({ text, deposit, security })}
            >
              Compare with what runs
            </button>
          </div>
        </div>
      </Card>
      {compared !== undefined && isCurrent && (
        <Compared app={app} wanted={compared} credentials={credentials} />
      )}
    </>
  )
}

function planOf(network: Network, app: AppDetails, { text, deposit, security }: Wanted) {
  return planDeploy(network, {
    composeText: text,
    name: app.name,
    owner: app.owner,
    security,
    resolveImage: resolveInPage,
    ...(deposit.trim() === '' ? {} : { depositWei: parseAmount(deposit.trim(), app.asset) }),
  })
}

function Compared(props: { app: AppDetails; wanted: Wanted; credentials: boolean }) {
  const network = useNetwork()
  const { app, wanted, credentials } = props
  const plan = useQuery({
    queryKey: ['update-plan', String(app.appId), wanted.text, wanted.deposit, wanted.security],
    queryFn: () => planOf(network, app, wanted),
    refetchInterval: false,
    gcTime: 0,
  })
  if (plan.isError) return <Failure error={plan.error} retry={() => void plan.refetch()} />
  if (plan.data === undefined)
    return (
      <Card title="Comparing …" note="asking registries for digests, and the worker for its price">
        <Loading what="the difference" />
      </Card>
    )
  if (plan.data.action !== 'update')
    return <div className="notice good">It runs exactly this already: there is nothing to do.</div>
  return (
    <>
      <Difference plan={plan.data} before={app.version.version} />
      <Costs plan={plan.data} />
      <div className="buttons">
        <Act
          kind="primary"
          plan={async (signer) => {
            const planned = await planOf(signer, app, wanted)
            return deployIntent(signer, planned, {
              allowCredentials: credentials,
              facts: factsOf(planned),
            })
          }}
        >
          Review and sign
        </Act>
        <span className="quiet">
          The new version starts beside the old one and takes over once it is attested and well.
        </span>
      </div>
    </>
  )
}

function Difference({ plan, before }: { plan: DeployPlan; before: number }) {
  return (
    <Card title="What changes" note={`${plan.changes.length} values, against version ${before}`}>
      {plan.changes.length === 0 ? (
        <Empty>
          {plan.leavesKey === undefined
            ? 'The chain’s history no longer has the running manifest: it cannot be compared.'
            : `It leaves key ${plan.leavesKey} of the network for the newest, and takes its volumes along.`}
        </Empty>
      ) : (
        <Table heads={['Value', 'Change', 'Before', 'After']}>
          {plan.changes.map(({ path, kind, before: old, after }) => (
            <tr key={path}>
              <Cell label="Value">
                <code>{path}</code>
              </Cell>
              <Cell label="Change">
                <Badge
                  {...(kind === 'added'
                    ? { tone: 'good' as const }
                    : kind === 'removed'
                      ? { tone: 'bad' as const }
                      : {})}
                >
                  {kind}
                </Badge>
              </Cell>
              <Cell label="Before" className="value">
                {valueText(old)}
              </Cell>
              <Cell label="After" className="value">
                {valueText(after)}
              </Cell>
            </tr>
          ))}
        </Table>
      )}
    </Card>
  )
}

function valueText(value: unknown): string {
  if (value === undefined) return '–'
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '–')
}

function Costs({ plan }: { plan: DeployPlan }) {
  const { asset } = plan
  return (
    <Card title="What it costs">
      <div className="body">
        <Facts
          rows={[
            [
              'Rent',
              <span key="r">
                {plan.previousWeiPerDay !== undefined && (
                  <>
                    <Amount wei={plan.previousWeiPerDay} asset={asset} /> →{' '}
                  </>
                )}
                <Amount wei={plan.weiPerDay} asset={asset} /> per day
              </span>,
            ],
            ['Added', formatAmount(plan.depositWei, asset)],
            ['Escrow then', <Amount key="e" wei={plan.escrowWei} asset={asset} />],
            ['Lasts', plan.lastsSeconds === undefined ? '–' : formatDuration(plan.lastsSeconds)],
            [
              'Manifest',
              <Hash key="m" hex={plan.manifest.digest} what="the new manifest's digest" />,
            ],
          ]}
        />
      </div>
    </Card>
  )
}
