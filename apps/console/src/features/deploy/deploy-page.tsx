// Deploying: a Compose file checked as it is written, a worker, a deposit, then signing and the application's own page.
import { useDeferredValue, useRef, useState } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { deployIntent, nativeAsset, planDeploy, type Network } from '@wetee/sdk'
import { Card, Failure, Page } from '../../ui/parts.tsx'
import { go } from '../../ui/route.ts'
import { useWallet } from '../../wallet/wallet.tsx'
import { Act } from '../transactions/act.tsx'
import { checkCompose, linesOf, resolveInPage, type Checked } from './draft.ts'
import { readDeposit } from './deposit.ts'
import { Editor } from './editor.tsx'
import { readExample } from './example.ts'
import { factsOf } from './plan-facts.ts'
import { Problems } from './problems.tsx'
import { WorkerChoice } from './worker-choice.tsx'

const startingText = `name: my-app
services:
  web:
    image: registry.example/me/my-app:1.0
    ports:
      - target: 80
    deploy:
      resources:
        limits:
          cpus: '0.25'
          memory: 128m
x-wetee:
  tee: [tdx, sev-snp]
`

const draftKey = 'wetee.draft'
const nothing: Checked = { problems: [], warnings: [] }

export function DeployPage() {
  const [text, setText] = useState(() => sessionStorage.getItem(draftKey) ?? startingText)
  const [name, setName] = useState('')
  const [workerId, setWorkerId] = useState<bigint | undefined>()
  const [deposit, setDeposit] = useState('')
  const [problem, setProblem] = useState<unknown>()
  const [credentials, setCredentials] = useState(false)
  const focusLine = useRef<((line: number) => void) | null>(null)
  const written = useDeferredValue(text)
  const checking = useQuery({
    queryKey: ['compose', written, name],
    queryFn: () => checkCompose(written, name),
    placeholderData: keepPreviousData,
    refetchInterval: false,
    staleTime: Infinity,
    gcTime: 0,
  })
  const example = useQuery({
    queryKey: ['example'],
    queryFn: ({ signal }) => readExample(signal),
    refetchInterval: false,
    staleTime: Infinity,
  })
  const checked = checking.data ?? nothing
  const change = (next: string) => {
    setProblem(undefined)
    setText(next)
    sessionStorage.setItem(draftKey, next)
  }
  return (
    <Page
      title="Deploy"
      sub="An unmodified Compose file and a deposit. It is checked here as you write; nothing leaves this page until you sign."
    >
      <div className="columns">
        <Card
          title="Compose file"
          note="write, paste or drop it"
          end={
            typeof example.data === 'string' && (
              <button
                type="button"
                className="button small"
                onClick={() => change(example.data ?? '')}
              >
                Use the example
              </button>
            )
          }
        >
          <div className="body">
            <Editor
              text={text}
              onText={change}
              onProblem={setProblem}
              lines={linesOf(checked)}
              focusLine={focusLine}
            />
            {problem !== undefined && <Failure error={problem} />}
            {checking.isError && <Failure error={checking.error} />}
            <Problems checked={checked} show={(line) => focusLine.current?.(line)} />
          </div>
        </Card>
        <div className="menu">
          <Card title="Where, and how long">
            <div className="body">
              <div className="field">
                <label htmlFor="deploy-name">Name</label>
                <input
                  id="deploy-name"
                  className="input"
                  value={name}
                  maxLength={32}
                  autoComplete="off"
                  placeholder={checked.draft?.document.name ?? 'as in the file'}
                  onChange={(event) => setName(event.target.value)}
                />
                <span className="hint">
                  An application of yours with this name is updated; another name makes a new one.
                </span>
              </div>
              <WorkerChoice draft={checked.draft} chosen={workerId} choose={setWorkerId} />
              <div className="field">
                <label htmlFor="deploy-deposit">Deposit in DOT</label>
                <input
                  id="deploy-deposit"
                  className="input"
                  inputMode="decimal"
                  autoComplete="off"
                  value={deposit}
                  placeholder="a week of rent, and the grace deposit"
                  aria-invalid={readDeposit(deposit).problem !== undefined}
                  aria-describedby="deploy-deposit-hint"
                  onChange={(event) => setDeposit(event.target.value)}
                />
                <span className="hint" id="deploy-deposit-hint">
                  {readDeposit(deposit).problem ??
                    'What is not used comes back when you terminate it.'}
                </span>
              </div>
              {checked.warnings.some(({ code }) => code.includes('credential')) && (
                <label>
                  <input
                    type="checkbox"
                    checked={credentials}
                    onChange={(event) => setCredentials(event.target.checked)}
                  />{' '}
                  The values that look like credentials are none: they may be public for ever
                </label>
              )}
            </div>
          </Card>
          <Sign
            ready={checked.draft !== undefined && readDeposit(deposit).problem === undefined}
            intent={(signer) =>
              intentOf(signer, {
                text,
                name,
                workerId,
                depositWei: readDeposit(deposit).value,
                credentials,
              })
            }
          />
        </div>
      </div>
    </Page>
  )
}

type Wanted = {
  readonly text: string
  readonly name: string
  readonly workerId: bigint | undefined
  readonly depositWei: bigint | undefined
  readonly credentials: boolean
}

async function intentOf(signer: Network, wanted: Wanted) {
  const { text, name, workerId, depositWei, credentials } = wanted
  const plan = await planDeploy(signer, {
    composeText: text,
    resolveImage: resolveInPage,
    ...(name === '' ? {} : { name }),
    ...(workerId === undefined ? {} : { workerId }),
    ...(depositWei === undefined ? {} : { depositWei }),
  })
  if (plan.action === 'none')
    throw new Error(`“${plan.name}” runs exactly this already: there is nothing to do.`)
  return deployIntent(signer, plan, { allowCredentials: credentials, facts: factsOf(plan) })
}

function Sign({
  ready,
  intent,
}: {
  ready: boolean
  intent: (signer: Network) => ReturnType<typeof intentOf>
}) {
  const { account } = useWallet()
  return (
    <div className="buttons">
      <Act
        kind="primary"
        disabled={!ready}
        plan={intent}
        onDone={({ outcome: { appId } }) => {
          if (typeof appId === 'bigint') go('app', String(appId))
        }}
      >
        {account === undefined ? 'Connect wallet to deploy' : 'Review and sign'}
      </Act>
      <span className="quiet">
        Paid in {nativeAsset.symbol}. You see cost and call before anything is signed.
      </span>
    </div>
  )
}
