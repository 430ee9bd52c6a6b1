// Secrets of an application: sealed in this browser, named on chain, kept by the dsecret nodes, released to attested instances alone.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { secretUses } from '@wetee/manifest'
import {
  describeReader,
  listSecrets,
  planRemoveSecret,
  planRevoke,
  planRollBack,
  type AppDetails,
  type SecretRecord,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { useDialog } from '../../ui/dialog-host.tsx'
import { Badge, Card, Hash, Time } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { useIsOwner } from '../apps/owner.tsx'
import { useManifest } from '../apps/manifest.ts'
import { Act } from '../transactions/act.tsx'
import { GrantDialog } from './grant-dialog.tsx'
import { Receipts } from './receipts.tsx'
import { SetDialog } from './set-dialog.tsx'
import { Uploads } from './uploads.tsx'

export function SecretsTab({ app }: { app: AppDetails }) {
  const network = useNetwork()
  const own = useIsOwner(app)
  const manifest = useManifest(app)
  const open = useDialog()
  const secrets = useQuery({
    queryKey: ['secrets', String(app.appId)],
    queryFn: () => listSecrets(network, app.appId),
  })
  const set = (name: string) =>
    open((close) => <SetDialog app={app} name={name} known={secrets.data ?? []} close={close} />)
  const places = new Map(
    manifest.data === undefined
      ? []
      : secretUses(manifest.data).map(({ secret, places: where }) => [secret, where.join(', ')]),
  )
  const missing = [...places.keys()].filter(
    (name) => !name.includes('/') && secrets.data?.some((one) => one.name === name) === false,
  )
  const canChange = own && app.state !== 'ended'
  return (
    <>
      <Uploads app={app} />
      {missing.length > 0 && <Missing names={missing} set={canChange ? set : undefined} />}
      <Card
        title="Secrets"
        note="only instances that a quorum has attested are given them"
        end={
          canChange && (
            <button type="button" className="button small primary" onClick={() => set('')}>
              Set a secret
            </button>
          )
        }
      >
        <Queried
          query={secrets}
          what="the secrets"
          none={
            <>
              <p>No secret is set.</p>
              {!own && <p>Only its owner sets them.</p>}
            </>
          }
        >
          {(found) => (
            <SecretTable
              app={app}
              secrets={found}
              places={places}
              canChange={canChange}
              rotate={set}
            />
          )}
        </Queried>
      </Card>
      <Receipts app={app} />
    </>
  )
}

/** Secrets that its manifest asks for; `set` for whoever may set them. */
function Missing(props: { names: readonly string[]; set: ((name: string) => void) | undefined }) {
  const { names, set } = props
  return (
    <div className="notice warn">
      <strong>
        Its manifest asks for {names.join(', ')}, which {names.length === 1 ? 'is' : 'are'} not set:
        instances wait for {names.length === 1 ? 'it' : 'them'}.
      </strong>
      {set !== undefined && (
        <span className="buttons">
          {names.map((name) => (
            <button key={name} type="button" className="button small" onClick={() => set(name)}>
              Set {name}
            </button>
          ))}
        </span>
      )}
    </div>
  )
}

function SecretTable(props: {
  app: AppDetails
  secrets: readonly SecretRecord[]
  places: ReadonlyMap<string, string>
  canChange: boolean
  rotate: (name: string) => void
}) {
  const { app, secrets, places, canChange, rotate } = props
  return (
    <Table
      heads={[
        'Secret',
        'Version',
        'Set',
        'Goes to',
        'Others who may read it',
        'Ciphertext',
        ...(canChange ? [{ unseen: 'Actions' }] : []),
      ]}
    >
      {secrets.map((secret) => (
        <tr key={secret.name}>
          <Cell label="Secret">
            <code>{secret.name}</code>
          </Cell>
          <Cell label="Version">
            {secret.current.version}
            {secret.latest !== secret.current.version && (
              <span className="under">of {secret.latest}</span>
            )}
            {secret.keyEndsAt !== undefined && (
              <span className="under">
                <Badge tone="warn">older key</Badge> set it anew, then deploy anew
              </span>
            )}
          </Cell>
          <Cell label="Set" className="tight">
            <Time seconds={secret.current.setAt} />
          </Cell>
          <Cell label="Goes to">
            {places.get(secret.name) ?? <Badge>not in its manifest</Badge>}
          </Cell>
          <Cell label="Others who may read it">
            <Readers app={app} secret={secret} canChange={canChange} />
          </Cell>
          <Cell label="Ciphertext">
            <Hash hex={secret.current.ciphertextDigest} what={`the digest of ${secret.name}`} />
          </Cell>
          {canChange && (
            <Cell label="Actions">
              <Actions app={app} secret={secret} rotate={rotate} />
            </Cell>
          )}
        </tr>
      ))}
    </Table>
  )
}

function Readers(props: { app: AppDetails; secret: SecretRecord; canChange: boolean }) {
  const { app, secret, canChange } = props
  if (secret.readers.length === 0) return 'nobody'
  return secret.readers.map((reader) => {
    const text = describeReader(reader)
    return (
      <span key={text} className="under" title={text}>
        {'owner' in reader ? `all of ${reader.owner.slice(0, 10)}…` : `application ${reader.appId}`}{' '}
        {canChange && (
          <Act
            kind="small"
            label={`Revoke ${text} for ${secret.name}`}
            plan={(signer) => planRevoke(signer, app.appId, secret.name, reader)}
          >
            Revoke
          </Act>
        )}
      </span>
    )
  })
}

function Actions(props: { app: AppDetails; secret: SecretRecord; rotate: (name: string) => void }) {
  const { app, secret, rotate } = props
  const { name, current, latest } = secret
  const open = useDialog()
  const others = Array.from({ length: latest }, (_, index) => index + 1)
    .filter((version) => version !== current.version)
    .slice(-20)
    .toReversed()
  const [chosen, choose] = useState<number | undefined>()
  const version = chosen ?? others[0]
  return (
    <span className="buttons">
      <button
        type="button"
        className="button small"
        aria-label={`Rotate ${name}`}
        onClick={() => rotate(name)}
      >
        Rotate
      </button>
      <button
        type="button"
        className="button small"
        aria-label={`Grant ${name}`}
        onClick={() => open((close) => <GrantDialog app={app} name={name} close={close} />)}
      >
        Grant
      </button>
      {version !== undefined && (
        <>
          {others.length > 1 && (
            <select
              className="input small"
              aria-label={`Version of ${name} to go back to`}
              value={version}
              onChange={(event) => choose(Number(event.target.value))}
            >
              {others.map((one) => (
                <option key={one} value={one}>
                  version {one}
                </option>
              ))}
            </select>
          )}
          <Act
            kind="small"
            label={`Make version ${version} of ${name} the current one`}
            plan={(signer) => planRollBack(signer, app.appId, name, version)}
          >
            Back to {version}
          </Act>
        </>
      )}
      <Act
        kind="small"
        danger="Remove the secret"
        label={`Remove ${name}`}
        plan={(signer) => planRemoveSecret(signer, app.appId, name)}
      >
        Remove
      </Act>
    </span>
  )
}
