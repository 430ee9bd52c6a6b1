// Verifies in the browser: the same thirteen steps as `wetee verify`, of an application or of a saved document.
import { useState, type FormEvent, type ReactNode } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { SdkError, showApp } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { DropZone } from '../../ui/drop.tsx'
import { Card, Copy, Failure, Hash, Loading, Page, Time } from '../../ui/parts.tsx'
import { useFailure } from '../../ui/queried.tsx'
import { outageOf } from '../apps/outage.ts'
import { WorkerAway } from '../apps/worker-away.tsx'
import { parseWanted } from './wanted.ts'
import { runVerification, type Verification } from './run-verification.ts'
import { Checklist } from './checklist.tsx'

/** Largest evidence document that is read from a file. */
const maxBytes = 262_144

/** At `/verify` as well as at `/verify/3`. */
export function VerifyPage() {
  const appId = useParams({ from: '/verify/$id', shouldThrow: false })?.id
  const [saved, setSaved] = useState<{ text: string; name: string } | undefined>()
  const [problem, setProblem] = useState<unknown>()
  return (
    <Page
      title={appId === undefined ? 'Verify' : `Verify application ${appId}`}
      sub="Which code runs, on which hardware, under whose keys: computed here by your browser from the evidence and the chain. Its worker is not believed, and nobody is asked."
      {...(appId === undefined
        ? {}
        : {
            actions: (
              <a className="button" href={`#/app/${appId}`}>
                The application
              </a>
            ),
          })}
    >
      {saved !== undefined ? (
        <Result key={saved.text} of={{ evidence: saved.text }} name={saved.name} />
      ) : (
        appId !== undefined && <Result of={{ appId }} name={`application-${appId}`} />
      )}
      {appId === undefined && saved === undefined && <Ask />}
      <Card title="A saved document" note="what somebody else saw, judged anew by the chain of now">
        <div className="body">
          <DropZone
            accept=".json,application/json"
            maxBytes={maxBytes}
            label="Choose evidence.json"
            onText={(text, name) => {
              setProblem(undefined)
              setSaved({ text, name })
            }}
            onProblem={setProblem}
          >
            Drop an evidence document here: one that was downloaded below a verification, or saved
            by <code>wetee verify --save</code>.
          </DropZone>
          {problem !== undefined && <Failure error={problem} />}
          {saved !== undefined && (
            <p>
              <button type="button" className="button small" onClick={() => setSaved(undefined)}>
                Forget {saved.name}
              </button>
            </p>
          )}
        </div>
      </Card>
    </Page>
  )
}

function Ask() {
  const navigate = useNavigate()
  const [text, setText] = useState('')
  const [problem, setProblem] = useState<string | undefined>()
  const open = (event: FormEvent) => {
    event.preventDefault()
    const wanted = parseWanted(text)
    if (wanted === undefined)
      setProblem('Expected the number of an application, such as 3. Its page shows it.')
    else void navigate({ to: '/verify/$id', params: { id: wanted } })
  }
  return (
    <Card title="An application">
      <form className="body" onSubmit={open}>
        <div className="field">
          <label htmlFor="verify-app">Number of the application</label>
          <div className="buttons">
            <input
              id="verify-app"
              className="input"
              style={{ maxWidth: 260 }}
              inputMode="numeric"
              autoComplete="off"
              value={text}
              aria-invalid={problem !== undefined}
              aria-describedby="verify-hint"
              onChange={(event) => {
                setText(event.target.value)
                setProblem(undefined)
              }}
            />
            <button type="submit" className="button primary">
              Verify
            </button>
          </div>
          <span
            className="hint"
            id="verify-hint"
            role={problem === undefined ? undefined : 'alert'}
          >
            {problem ?? 'Or open one from the list of applications.'}
          </span>
        </div>
      </form>
    </Card>
  )
}

function Result({ of, name }: { of: { appId: bigint } | { evidence: string }; name: string }) {
  const network = useNetwork()
  const result = useQuery({
    queryKey: ['verify', 'appId' in of ? String(of.appId) : of.evidence],
    queryFn: ({ signal }) => runVerification(network, of, signal),
    // What has no evidence yet, or a worker that is away, may have it soon.
    refetchInterval: ({ state: { error } }) =>
      error instanceof SdkError && error.retryable ? 3_000 : false,
    refetchOnWindowFocus: false,
    gcTime: 0,
  })
  const again = () => void result.refetch()
  const failure = useFailure(result)
  if (result.data === undefined && failure !== undefined) {
    const shown = <Failure error={failure} retry={again} />
    return 'appId' in of ? <NoEvidence appId={of.appId} failure={shown} /> : shown
  }
  if (result.isFetching || result.data === undefined)
    return (
      <Card
        title="Verifying …"
        note="fetching the evidence, reading the chain, checking signatures"
      >
        <Loading what="evidence and chain" lines={10} />
      </Card>
    )
  return (
    <>
      <Verdict verification={result.data} again={again} />
      <Card title="Thirteen steps" note="open a line for the facts that it rests on">
        <Checklist steps={result.data.report.steps} />
      </Card>
      <Keep verification={result.data} name={name} />
    </>
  )
}

/** Why there is nothing to judge: its worker is away, or what the failure says. */
function NoEvidence({ appId, failure }: { appId: bigint; failure: ReactNode }) {
  const network = useNetwork()
  const { data, dataUpdatedAt } = useQuery({
    queryKey: ['app', String(appId)],
    queryFn: ({ signal }) => showApp(network, appId, { signal }),
    refetchInterval: 3_000,
  })
  if (data === undefined || outageOf(data) === undefined) return failure
  return (
    <WorkerAway app={data} askedAtMs={dataUpdatedAt}>
      <span>
        Its evidence comes through the worker, so there is nothing to judge now. A saved document
        can be judged below, and <code>npx wetee verify {String(appId)}</code> asks the application
        itself.
      </span>
    </WorkerAway>
  )
}

function Verdict({ verification, again }: { verification: Verification; again: () => void }) {
  const { report, checkedAt, tookMs } = verification
  const held = report.steps.filter(({ ok }) => ok).length
  const unseen = report.steps.filter(({ skipped }) => skipped === true).length
  const unseenText = unseen === 0 ? '' : `, ${unseen} not judged here`
  const title = !report.ok
    ? `Not verified: ${report.failed.length || unseen} of 13 steps ${report.failed.length === 0 ? 'could not be judged' : 'failed'}`
    : report.simulated
      ? 'Every step holds, of a SIMULATED TEE: this protects nothing'
      : 'Verified'
  const tone = !report.ok ? 'bad' : report.simulated ? 'warn' : 'good'
  return (
    <div className={`notice ${tone}`} role="status">
      <h2>{title}</h2>
      <span>
        {held} of 13 hold{unseenText}. Checked <Time seconds={checkedAt} /> in {tookMs} ms.
      </span>
      <span>
        <button type="button" className="button small" onClick={again}>
          Check again
        </button>
      </span>
    </div>
  )
}

function Keep({ verification, name }: { verification: Verification; name: string }) {
  const { evidence, report } = verification
  const target = report.appId ?? 'APP'
  const save = () => {
    const url = URL.createObjectURL(new Blob([evidence.text], { type: 'application/json' }))
    const link = document.createElement('a')
    link.href = url
    link.download = `${name.replace(/\.json$/, '')}.evidence.json`
    link.click()
    URL.revokeObjectURL(url)
  }
  const commands = [
    ['your own connection included', `npx wetee verify ${target}`],
    ['of the downloaded document', `npx wetee verify ${target} --evidence ${name}.evidence.json`],
    ['every byte of it in words', `npx wetee evidence show ${name}.evidence.json`],
  ] as const
  return (
    <Card
      title="Do not believe this page"
      note="it came from a web server: check the same with a tool of your own"
    >
      <div className="body">
        {commands.map(([what, command]) => (
          <div key={command}>
            <span className="quiet">{what}</span>
            <pre className="code wrap" tabIndex={0}>
              {command}
              <Copy text={command} what={`the command: ${what}`} />
            </pre>
          </div>
        ))}
        <div className="buttons">
          <button type="button" className="button" onClick={save}>
            Download the evidence
          </button>
          <span className="quiet">
            {evidence.text.length.toLocaleString('en')} bytes, SHA-256{' '}
            <Hash hex={evidence.sha256} what="SHA-256 of the evidence" />
          </span>
        </div>
      </div>
    </Card>
  )
}
