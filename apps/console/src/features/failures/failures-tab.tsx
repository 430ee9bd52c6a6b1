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
import { Card, Failure, Time } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { saveText } from '../../ui/save.ts'
import { useSessionEnd, WithAgents } from '../owner/sessions.tsx'

export function FailuresTab({ app }: { app: AppDetails }) {
  return (
    <WithAgents app={app} what="failures">
      {(sessions, signOut) => (
        <>
          <Bundles app={app} sessions={sessions} signOut={signOut} />
          <Exceptions app={app} sessions={sessions} />
        </>
      )}
    </WithAgents>
  )
}

type Props = { app: AppDetails; sessions: readonly OwnerSession[] }

const seconds = (time: string) => BigInt(Math.floor(Date.parse(time) / 1_000))
const keysOf = (sessions: readonly OwnerSession[]) => sessions.map(({ tlsKeyHash }) => tlsKeyHash)

function Bundles({ app, sessions, signOut }: Props & { signOut: () => void }) {
  const network = useNetwork()
  const [problem, setProblem] = useState<unknown>()
  const bundles = useQuery({
    queryKey: ['bundles', String(app.appId), keysOf(sessions)],
    queryFn: ({ signal }) => instanceFailures(network, app.appId, { sessions, signal }),
  })
  useSessionEnd(bundles.error, signOut)
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
      <Queried
        query={bundles}
        what="the bundles"
        none={
          <>
            <p>Nothing has failed since these agents began.</p>
            <p>
              With a log key in its manifest they are kept for 30 days: <code>wetee failures</code>{' '}
              opens them.
            </p>
          </>
        }
      >
        {(found) => (
          <Table heads={['When', 'Reason', 'Service', 'Instance', { unseen: 'Actions' }]}>
            {found.map((bundle) => (
              <Bundle
                key={`${bundle.version}/${bundle.replica}/${bundle.id}`}
                bundle={bundle}
                save={() => save(bundle.id)}
              />
            ))}
          </Table>
        )}
      </Queried>
    </Card>
  )
}

type Found = Awaited<ReturnType<typeof instanceFailures>>[number]

function Bundle({ bundle, save }: { bundle: Found; save: () => void }) {
  const { id, time, hostsWord, version, replica } = bundle
  return (
    <tr>
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
          onClick={save}
        >
          Download
        </button>
      </Cell>
    </tr>
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
      <Queried query={exceptions} what="the exceptions" none="None in the logs of these instances.">
        {(found) => (
          <ul className="menu body">
            {found.map((one) => (
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
      </Queried>
    </Card>
  )
}
