// What an owner changes without new code: replicas, settings, the cap of the rent, a pause, another owner.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import {
  formatAmount,
  parseAmount,
  perDay,
  planCap,
  planConfigure,
  planPause,
  planResume,
  planScale,
  type AppDetails,
} from '@wetee/sdk'
import { parseConfiguration } from '@wetee/manifest'
import { useNetwork } from '../../network/network.tsx'
import { shortAmount } from '../../ui/format.ts'
import { Field, NumberField, reading, TextField } from '../../ui/field.tsx'
import { Card, Empty, Facts } from '../../ui/parts.tsx'
import { Unread } from '../../ui/queried.tsx'
import { Act } from '../transactions/act.tsx'
import { OwnerOnly } from './owner.tsx'
import { Offered, Transfer } from './transfer.tsx'

export function ConfigureTab({ app }: { app: AppDetails }) {
  const network = useNetwork()
  const { appId } = app
  const known = useQuery({
    queryKey: ['rules', String(appId)],
    queryFn: async () => {
      const { number: at } = await network.reader.finalized()
      const [rules, configuration] = await Promise.all([
        network.reader.view('cloud', 'rules', [appId], at),
        network.reader.view('cloud', 'configuration', [appId], at),
      ])
      return { rules, configuration }
    },
  })
  if (app.state === 'ended') return <Empty>It has ended: there is nothing to configure.</Empty>
  if (known.isError || known.isPending)
    return <Unread query={known} title="Configuration" what="the rules" />
  const { rules, configuration } = known.data
  return (
    <>
      <Offered app={app} />
      <OwnerOnly app={app} what="configures it">
        <div className="columns">
          <Scale key={app.replicas} app={app} />
          <Cap app={app} weiPerSecond={rules.maxWeiPerSecond} />
          <Running app={app} />
          <Transfer app={app} />
        </div>
        <Settings app={app} revision={configuration.revision} digest={configuration.digest} />
      </OwnerOnly>
    </>
  )
}

function Scale({ app }: { app: AppDetails }) {
  const [text, setText] = useState(String(app.replicas))
  const { value, problem } = reading(text, (given) => {
    if (/^[1-9]\d{0,2}$/.test(given)) return Number(given)
    throw new Error('Expected a whole number from 1 to 999.')
  })
  const each = app.weiPerDay / BigInt(app.replicas)
  return (
    <Card title="Replicas" note="of the same version">
      <div className="body">
        <NumberField
          label="Replicas"
          value={text}
          onValue={setText}
          hint={
            value === undefined
              ? ''
              : `${formatAmount(each * BigInt(value), app.asset)} per day together; what the escrow lacks is added.`
          }
          problem={problem}
        />
        <div className="buttons">
          <Act
            disabled={value === undefined || value === app.replicas || app.state !== 'active'}
            plan={(signer) => planScale(signer, app.appId, value ?? app.replicas)}
          >
            Scale
          </Act>
        </div>
      </div>
    </Card>
  )
}

function Cap({ app, weiPerSecond }: { app: AppDetails; weiPerSecond: bigint }) {
  const [text, setText] = useState('')
  const { value, problem } = reading(text, (given) => parseAmount(given, app.asset))
  const now =
    weiPerSecond === 0n
      ? 'There is no cap now.'
      : `It is ${shortAmount(perDay(weiPerSecond), app.asset)} now.`
  return (
    <Card title="Budget cap" note="the contract refuses what would cost more">
      <div className="body">
        <Field
          label={`Most per day in ${app.asset.symbol}`}
          value={text}
          onValue={setText}
          input={{ inputMode: 'decimal' }}
          hint={`${now} It binds every later version, scale and move, whoever signs.`}
          problem={problem}
        />
        <div className="buttons">
          <Act
            disabled={value === undefined}
            plan={(signer) => planCap(signer, app.appId, value ?? 0n)}
          >
            Set the cap
          </Act>
          {weiPerSecond > 0n && (
            <Act plan={(signer) => planCap(signer, app.appId, 0n)}>Without a cap</Act>
          )}
        </div>
      </div>
    </Card>
  )
}

function Running({ app }: { app: AppDetails }) {
  const isPaused = app.state === 'paused'
  return (
    <Card title="Pause" note={isPaused ? 'it is paused' : 'it runs'}>
      <div className="body">
        <p>
          {isPaused
            ? 'Nothing runs and no rent is paid; its disks are kept as long as the grace deposit lasts.'
            : 'While it is paused nothing runs and no rent is paid. Disks are kept for the grace, paid from its deposit; after that the application ends.'}
        </p>
        <div className="buttons">
          {isPaused ? (
            <Act kind="primary" plan={(signer) => planResume(signer, app.appId)}>
              Resume
            </Act>
          ) : (
            <Act plan={(signer) => planPause(signer, app.appId)}>Pause</Act>
          )}
        </div>
      </div>
    </Card>
  )
}

function Settings(props: { app: AppDetails; revision: number; digest: string }) {
  const { app, revision, digest } = props
  const [text, setText] = useState('{\n  \n}')
  const [confirmed, setConfirmed] = useState(false)
  const read = reading(text, parseConfiguration)
  const suspected = read.value?.suspected ?? []
  return (
    <Card
      title="Settings"
      note="beside the code, as JSON: public for ever, read by the application"
    >
      <div className="body">
        <Facts
          rows={[
            ['Revision', revision === 0 ? 'none yet' : String(revision)],
            ...(revision === 0 ? [] : [['Digest', <code key="d">{digest}</code>] as const]),
          ]}
        />
        <TextField
          label="New settings"
          value={text}
          onValue={setText}
          problem={read.problem}
          hint="One JSON object of at most 16,384 bytes. Secrets have a tab of their own."
        />
        {suspected.length > 0 && (
          <label>
            <input
              type="checkbox"
              checked={confirmed}
              onChange={(event) => setConfirmed(event.target.checked)}
            />{' '}
            {suspected.map(({ path, what }) => `${path} (${what})`).join(', ')}: no credential, it
            may be public for ever
          </label>
        )}
        <div className="buttons">
          <Act
            disabled={read.value === undefined || (suspected.length > 0 && !confirmed)}
            plan={(signer) =>
              planConfigure(signer, app.appId, text, { allowCredentials: confirmed })
            }
          >
            Configure
          </Act>
        </div>
      </div>
    </Card>
  )
}
