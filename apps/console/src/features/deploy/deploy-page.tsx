// Deploying: a Compose file checked as it is written, a worker, a deposit, then signing and the application's own page.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { deployIntent, nativeAsset, planDeploy, type Network } from '@wetee/sdk'
import { Card, Page } from '../../ui/parts.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { Act } from '../transactions/act.tsx'
import { ComposeEditor, NoCredentials, useCompose } from './compose.tsx'
import { resolveInPage, type Checked } from './draft.ts'
import { readDeposit } from './deposit.ts'
import { readExample } from './example.ts'
import { factsOf } from './plan-facts.ts'
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

type Choices = {
  readonly name: string
  readonly workerId: bigint | undefined
  /** As written. */
  readonly deposit: string
  /** Whether what looks like a credential is none. */
  readonly credentials: boolean
}

const noChoices: Choices = { name: '', workerId: undefined, deposit: '', credentials: false }

export function DeployPage() {
  const [choices, setChoices] = useState(noChoices)
  const compose = useCompose('wetee.draft', startingText, choices.name)
  const example = useQuery({
    queryKey: ['example'],
    queryFn: ({ signal }) => readExample(signal),
    refetchInterval: false,
    staleTime: Infinity,
  })
  const { checked } = compose
  const depositWei = readDeposit(choices.deposit)
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
                onClick={() => compose.change(example.data ?? '')}
              >
                Use the example
              </button>
            )
          }
        >
          <div className="body">
            <ComposeEditor compose={compose} />
          </div>
        </Card>
        <div className="menu">
          <Where checked={checked} choices={choices} change={setChoices} />
          <Sign
            ready={checked.draft !== undefined && depositWei.problem === undefined}
            intent={(signer) =>
              intentOf(signer, { ...choices, text: compose.text, depositWei: depositWei.value })
            }
          />
        </div>
      </div>
    </Page>
  )
}

function Where(props: { checked: Checked; choices: Choices; change: (choices: Choices) => void }) {
  const { checked, choices, change } = props
  const { name, workerId, deposit, credentials } = choices
  return (
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
            onChange={(event) => change({ ...choices, name: event.target.value })}
          />
          <span className="hint">
            An application of yours with this name is updated; another name makes a new one.
          </span>
        </div>
        <WorkerChoice
          draft={checked.draft}
          chosen={workerId}
          choose={(id) => change({ ...choices, workerId: id })}
        />
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
            onChange={(event) => change({ ...choices, deposit: event.target.value })}
          />
          <span className="hint" id="deploy-deposit-hint">
            {readDeposit(deposit).problem ?? 'What is not used comes back when you terminate it.'}
          </span>
        </div>
        <NoCredentials
          checked={checked}
          value={credentials}
          change={(value) => change({ ...choices, credentials: value })}
        />
      </div>
    </Card>
  )
}

type Wanted = Pick<Choices, 'name' | 'workerId' | 'credentials'> & {
  readonly text: string
  readonly depositWei: bigint | undefined
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
  const navigate = useNavigate()
  return (
    <div className="buttons">
      <Act
        kind="primary"
        disabled={!ready}
        plan={intent}
        onDone={({ outcome: { appId } }) => {
          if (typeof appId === 'bigint')
            void navigate({ to: '/app/$id/{-$part}', params: { id: appId, part: undefined } })
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
