// Calls of an application's APIs with their life: opened, answered or timed out, and the answer.
import { useQuery } from '@tanstack/react-query'
import {
  listCalls,
  readCall,
  type ApiBook,
  type AppDetails,
  type CallRecord,
  type CallState,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { useDialog } from '../../ui/dialog-host.tsx'
import { Amount, Badge, Card, Facts, Hash, Time } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'

const states: Readonly<Record<CallState, readonly ['good' | 'warn' | 'bad', string]>> = {
  open: ['warn', 'waiting for its answer'],
  answered: ['good', 'answered'],
  'callback-failed': ['bad', 'answered, its callback failed'],
  replayed: ['good', 'answered, callback run again'],
  'timed-out': ['bad', 'timed out, fee returned'],
}

/** As many as are shown. */
const newest = 50

export function Calls({ app, book }: { app: AppDetails; book: ApiBook }) {
  const network = useNetwork()
  const open = useDialog()
  const calls = useQuery({
    queryKey: ['calls', String(app.appId)],
    queryFn: () => listCalls(network, { appId: app.appId }),
    select: (all) => all.toReversed().slice(0, newest),
    refetchInterval: 4_000,
  })
  const names = new Map(book.apis.map(({ apiId, name }) => [apiId, name]))
  const nameOf = (apiId: number) =>
    names.get(apiId) ?? `number ${apiId}${apiId <= book.latestApiId ? ', removed' : ''}`
  if (book.apis.length === 0 && calls.data?.length === 0) return null
  return (
    <Card title="Calls" note={`the newest ${newest}, by the chain's events`}>
      <Queried query={calls} what="the calls" none="Nobody has called it yet.">
        {(rows) => (
          <Table heads={['Call', 'API', 'State', 'Caller', { num: 'Fee' }, 'Answer by']}>
            {rows.map((call) => (
              <Row
                key={String(call.callId)}
                call={call}
                name={nameOf(call.apiId)}
                show={() => open((close) => <CallDialog callId={call.callId} close={close} />)}
              />
            ))}
          </Table>
        )}
      </Queried>
    </Card>
  )
}

function Row({ call, name, show }: { call: CallRecord; name: string; show: () => void }) {
  const [tone, text] = states[call.state]
  return (
    <tr>
      <Cell label="Call">
        <button
          type="button"
          className="copy at"
          onClick={show}
          aria-label={`Show call ${call.callId}`}
        >
          {String(call.callId)}
        </button>
      </Cell>
      <Cell label="API">
        {name} <span className="under">version {call.apiVersion}</span>
      </Cell>
      <Cell label="State">
        <Badge tone={tone}>{text}</Badge>
        {call.status !== undefined && <span className="under">status {call.status}</span>}
      </Cell>
      <Cell label="Caller">
        <Hash hex={call.caller} what="the caller's address" />
      </Cell>
      <Cell label="Fee" className="num">
        <Amount wei={call.feeWei} />
      </Cell>
      <Cell label="Answer by" className="tight">
        <Time seconds={call.deadline} />
      </Cell>
    </tr>
  )
}

function CallDialog({ callId, close }: { callId: bigint; close: () => void }) {
  const network = useNetwork()
  const call = useQuery({
    queryKey: ['call', String(callId)],
    queryFn: () => readCall(network, callId),
    refetchInterval: ({ state }) => (state.data?.state === 'open' ? 2_000 : false),
  })
  return (
    <Dialog title={`Call ${callId}`} close={close}>
      <Queried query={call} what="the call">
        {(data) => (
          <>
            <ol className="steps">
              <li className="done">✓ opened in block {String(data.openedBlock)}</li>
              <li className={data.state === 'open' ? 'now' : 'done'}>
                {data.state === 'open' ? 'waiting for its answer' : `✓ ${states[data.state][1]}`}
              </li>
              {data.closedBlock !== undefined && (
                <li className="done">✓ block {String(data.closedBlock)}</li>
              )}
            </ol>
            <Facts
              rows={[
                ...(data.status === undefined ? [] : [['Status', String(data.status)] as const]),
                ['Fee', <Amount key="f" wei={data.feeWei} />],
                ...(data.answerTx === undefined
                  ? []
                  : [
                      [
                        'Answered by',
                        <Hash key="t" hex={data.answerTx} what="the answer's transaction" />,
                      ] as const,
                    ]),
                ...Object.entries(data.values ?? {}).map(
                  ([name, value]) => [name, <code key={name}>{valueText(value)}</code>] as const,
                ),
                ...(data.text === undefined ? [] : [['Says', data.text] as const]),
              ]}
            />
            {data.values === undefined && data.payload !== undefined && data.text === undefined && (
              <pre className="code wrap" tabIndex={0}>
                {data.payload}
              </pre>
            )}
          </>
        )}
      </Queried>
    </Dialog>
  )
}

function valueText(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'bigint') return String(value)
  return (
    JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'bigint' ? String(part) : part,
    ) ?? ''
  )
}
