// What contracts can call of an application: its APIs, trying one, calls and what became of them, and code to call from.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import {
  formatDuration,
  planApiRemoval,
  planApiSync,
  readApiEntries,
  readApis,
  signatureOf,
  type ApiBook,
  type ApiRecord,
  type AppDetails,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Amount, Badge, Card, Empty } from '../../ui/parts.tsx'
import { Unread } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { reading, TextField } from '../../ui/field.tsx'
import { useIsOwner } from '../apps/owner.tsx'
import { Act } from '../transactions/act.tsx'
import { WalletAction } from '../transactions/wallet-action.tsx'
import { Calls } from './calls.tsx'
import { Snippets } from './snippets.tsx'
import { TryDialog } from './try-dialog.tsx'

export function ApisTab({ app }: { app: AppDetails }) {
  const network = useNetwork()
  const own = useIsOwner(app)
  const book = useQuery({
    queryKey: ['apis', String(app.appId)],
    queryFn: () => readApis(network, app.appId),
  })
  if (book.isError || book.isPending) return <Unread query={book} title="APIs" what="the APIs" />
  const { apis, paused } = book.data
  return (
    <>
      {paused && (
        <div className="notice warn">
          <strong>New calls are refused: its owner has paused them.</strong>
        </div>
      )}
      <Card
        title="APIs"
        note="what contracts and accounts call, and are answered by it under its key"
      >
        {apis.length === 0 ? (
          <Empty>
            <p>Nothing of it can be called yet.</p>
            {own && <p>Write x-wetee.apis in its Compose file and sync them below.</p>}
          </Empty>
        ) : (
          <ApiTable app={app} book={book.data} own={own && app.state !== 'ended'} />
        )}
      </Card>
      <Calls app={app} book={book.data} />
      {apis.some(({ definition }) => definition !== undefined) && <Snippets book={book.data} />}
      {own && app.state !== 'ended' && <Sync app={app} />}
    </>
  )
}

function ApiTable({ app, book, own }: { app: AppDetails; book: ApiBook; own: boolean }) {
  return (
    <Table
      heads={[
        'API',
        'What it does',
        { num: 'Price' },
        'Answers within',
        'Who may call',
        { unseen: 'Actions' },
      ]}
    >
      {book.apis.map((api) => (
        <tr key={api.apiId}>
          <Cell label="API">
            <strong>{api.name}</strong>{' '}
            <span className="under">
              number {api.apiId}, version {api.version}
            </span>
          </Cell>
          <Cell label="What it does">
            {api.definition === undefined ? (
              <span className="quiet">{api.problem}</span>
            ) : (
              <>
                <code>{signatureOf(api.definition)}</code>
                <span className="under">
                  {api.definition.method} {api.definition.path}
                </span>
              </>
            )}
          </Cell>
          <Cell label="Price" className="num">
            {api.terms.priceWei === 0n ? 'none' : <Amount wei={api.terms.priceWei} />}
          </Cell>
          <Cell label="Answers within">{formatDuration(api.terms.timeoutSeconds)}</Cell>
          <Cell label="Who may call">
            {api.terms.restricted ? <Badge>a list</Badge> : 'anybody'}
          </Cell>
          <Cell label="Actions">
            <span className="buttons">
              <Try app={app} api={api} paused={book.paused} />
              {own && (
                <Act
                  kind="small"
                  danger="Remove the API"
                  label={`Remove ${api.name}`}
                  plan={(signer) => planApiRemoval(signer, app.appId, api.name)}
                >
                  Remove
                </Act>
              )}
            </span>
          </Cell>
        </tr>
      ))}
    </Table>
  )
}

function Try({ app, api, paused }: { app: AppDetails; api: ApiRecord; paused: boolean }) {
  const { definition } = api
  return (
    <WalletAction
      kind="small"
      label={`Try ${api.name}`}
      disabled={definition === undefined || paused}
      dialog={(close) =>
        definition !== undefined && (
          <TryDialog appId={app.appId} api={{ ...api, definition }} close={close} />
        )
      }
    >
      Try
    </WalletAction>
  )
}

/** Makes the book what a Compose file says, in one transaction that shows the difference first. */
function Sync({ app }: { app: AppDetails }) {
  const [text, setText] = useState('')
  const [remove, setRemove] = useState(true)
  const { value: entries, problem } = reading(text, (given) =>
    readApiEntries(given, { name: 'any' }),
  )
  return (
    <Card title="Sync from a Compose file" note="one transaction; the difference is shown first">
      <div className="body">
        <TextField
          label="Compose file with x-wetee.apis"
          value={text}
          onValue={setText}
          rows={8}
          problem={problem}
          hint={
            entries === undefined
              ? 'Added, changed and removed until the chain has what the file has.'
              : entries.length === 0
                ? 'It has no x-wetee.apis.'
                : `${entries.length} ${entries.length === 1 ? 'API' : 'APIs'}: ${entries.map(({ name }) => name).join(', ')}`
          }
        />
        <label>
          <input
            type="checkbox"
            checked={remove}
            onChange={(event) => setRemove(event.target.checked)}
          />{' '}
          Remove what the file does not have
        </label>
        <div className="buttons">
          <Act
            disabled={entries === undefined || (entries.length === 0 && !remove)}
            plan={(signer) => planApiSync(signer, app.appId, entries ?? [], { remove })}
          >
            Compare and sync
          </Act>
        </div>
      </div>
    </Card>
  )
}
