// What has failed: bundles that the agents have kept, and exceptions in the logs, grouped.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import {
  instanceExceptions,
  instanceFailure,
  instanceFailures,
  type AppDetails,
  type OwnerSession,
} from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Card, Cell, Empty, Failure, Loading, Time } from '../../ui/parts.tsx'
import { saveText } from '../../ui/save.ts'
import { WithAgents } from '../owner/sessions.tsx'

export function FailuresTab({ app }: { app: AppDetails }) {
  return (
    <WithAgents app={app} what="failures">
      {(sessions) => (
        <>
          <Bundles app={app} sessions={sessions} />
          <Exceptions app={app} sessions={sessions} />
        </>
      )}
    </WithAgents>
  )
}

type Props = { app: AppDetails; sessions: readonly OwnerSession[] }

const seconds = (time: string) => BigInt(Math.floor(Date.parse(time) / 1_000))
const keysOf = (sessions: readonly OwnerSession[]) => sessions.map(({ tlsKeyHash }) => tlsKeyHash)

function Bundles({ app, sessions }: Props) {
  const network = useNetwork()
  const [problem, setProblem] = useState<unknown>()
  const bundles = useQuery({
    queryKey: ['bundles', String(app.appId), keysOf(sessions)],
    queryFn: ({ signal }) => instanceFailures(network, app.appId, { sessions, signal }),
  })
  const save = (id: string) => {
    setProblem(undefined)
    instanceFailure(network, app.appId, id, { sessions }).then(
      (bundle) => {
        if (bundle === undefined)
          return setProblem(new Error('Its agent no longer has this bundle.'))
        const text = `${JSON.stringify(bundle, undefined, 2)}\n`
        saveText(`application-${app.appId}-failure-${id}.json`, text, 'application/json')
      },
      (error: unknown) => setProblem(error),
    )
  }
  return (
    <Card title="Failure bundles" note="lines, events and state of the moment, kept by the agents">
      {problem !== undefined && <Failure error={problem} />}
      {bundles.isError && <Failure error={bundles.error} retry={() => void bundles.refetch()} />}
      {bundles.isPending && <Loading what="the bundles" />}
      {bundles.data?.length === 0 && (
        <Empty>
          <p>Nothing has failed since these agents began.</p>
          <p>
            With a log key in its manifest they are kept for 30 days: <code>wetee failures</code>{' '}
            opens them.
          </p>
        </Empty>
      )}
      {bundles.data !== undefined && bundles.data.length > 0 && (
        <div className="scroll">
          <table className="stack">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Reason</th>
                <th scope="col">Service</th>
                <th scope="col">Instance</th>
                <th scope="col">
                  <span className="unseen">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {bundles.data.map(({ id, time, hostsWord, version, replica }) => (
                <tr key={`${version}/${replica}/${id}`}>
                  <Cell label="When" className="tight">
                    <Time seconds={seconds(time)} />
                  </Cell>
                  <Cell label="Reason">
                    {hostsWord.reason}
                    {hostsWord.exitCode !== undefined && `, exit code ${hostsWord.exitCode}`}
                    {hostsWord.outOfMemory === true && ', out of memory'}
                    <span className="under">its worker’s word</span>
                  </Cell>
                  <Cell label="Service">{hostsWord.service ?? '–'}</Cell>
                  <Cell label="Instance">
                    version {version}, replica {replica}
                  </Cell>
                  <Cell label="Actions">
                    <button
                      type="button"
                      className="button small"
                      aria-label={`Download bundle ${id}`}
                      onClick={() => save(id)}
                    >
                      Download
                    </button>
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

function Exceptions({ app, sessions }: Props) {
  const network = useNetwork()
  const exceptions = useQuery({
    queryKey: ['exceptions', String(app.appId), keysOf(sessions)],
    queryFn: ({ signal }) => instanceExceptions(network, app.appId, { sessions, signal }),
  })
  return (
    <Card title="Exceptions" note="found in the logs inside the TEE, those of one kind together">
      {exceptions.isError && (
        <Failure error={exceptions.error} retry={() => void exceptions.refetch()} />
      )}
      {exceptions.isPending && <Loading what="the exceptions" />}
      {exceptions.data?.length === 0 && <Empty>None in the logs of these instances.</Empty>}
      {exceptions.data !== undefined && exceptions.data.length > 0 && (
        <ul className="menu body">
          {exceptions.data.map((one) => (
            <li key={`${one.version}/${one.replica}/${one.service}/${one.fingerprint}`}>
              <details>
                <summary>
                  <strong>{one.type}</strong> {one.message}{' '}
                  <span className="quiet">
                    {one.count} times in {one.service}, last <Time seconds={seconds(one.last)} />
                  </span>
                </summary>
                <pre className="code wrap" tabIndex={0}>
                  {one.sample}
                </pre>
              </details>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
