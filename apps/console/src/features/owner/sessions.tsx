// The owner of an application, signed in with the wallet: at the agents of its instances, and at its worker. Kept in memory alone.
import { useEffect, useState, useSyncExternalStore, type ReactNode } from 'react'
import {
  openOwnerSessions,
  openWorkerSession,
  type AppDetails,
  type Network,
  type OwnerSession,
  type WorkerSession,
} from '@wetee/sdk'
import { Empty, Failure } from '../../ui/parts.tsx'
import { walletCode } from '../../wallet/wallet-code.ts'
import { useWallet } from '../../wallet/wallet.tsx'
import { outageOf } from '../apps/outage.ts'
import { OwnerOnly } from '../apps/owner.tsx'
import { ThroughWorker } from '../apps/worker-away.tsx'
import { endsSession } from './session-end.ts'

/** Agents end theirs after fifteen minutes. */
const keptMs = 840_000

type Kept<T> = { readonly value: T; readonly endsMs: number }
const agents = new Map<string, Kept<readonly OwnerSession[]>>()
const workers = new Map<string, Kept<WorkerSession>>()
const listeners = new Set<() => void>()

function keep<T>(kept: Map<string, Kept<T>>, key: string, value: T): void {
  kept.set(key, { value, endsMs: Date.now() + keptMs })
  for (const listener of listeners) listener()
}

function find<T>(kept: Map<string, Kept<T>>, key: string): T | undefined {
  const found = kept.get(key)
  return found !== undefined && found.endsMs > Date.now() ? found.value : undefined
}

function useKept<T>(kept: Map<string, Kept<T>>, key: string): T | undefined {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    () => find(kept, key),
  )
}

function forget<T>(kept: Map<string, Kept<T>>, key: string): void {
  kept.delete(key)
  for (const listener of listeners) listener()
}

/** Signs out when what is asked fails because the other side no longer knows the session: then it is signed for anew. */
export function useSessionEnd(error: unknown, signOut: () => void): void {
  // What the session before has failed with is still known to the query, and says nothing of this one.
  const [earlier] = useState(error)
  const isOver = error !== earlier && endsSession(error)
  useEffect(() => {
    if (isOver) signOut()
  })
}

const keyOf = (app: AppDetails, account: string | undefined) =>
  `${app.appId}/${app.currentVersion}/${app.pendingVersion}/${account ?? ''}`

/** `children` with the sessions at the agents of all instances, once the owner has signed in. */
export function WithAgents(props: {
  app: AppDetails
  what: string
  children: (sessions: readonly OwnerSession[], signOut: () => void) => ReactNode
}) {
  const { app, what, children } = props
  const { account } = useWallet()
  const key = keyOf(app, account)
  const sessions = useKept(agents, key)
  const [problems, setProblems] = useState<readonly string[]>([])
  if (sessions === undefined)
    return (
      <OwnerOnly app={app} what={`reads ${what}`}>
        <SignIn
          app={app}
          source={`${capital(what)} come from inside its instances`}
          text={`${capital(what)} come from inside the TEE of each instance, sealed to this page: its evidence is verified here before anything is signed. One signature for each instance; nothing is sent to the chain.`}
          open={async (signer) => {
            const failed: string[] = []
            keep(
              agents,
              key,
              await openOwnerSessions(signer, app.appId, {
                onProblem: ({ version, replica }, error) =>
                  failed.push(`version ${version}, replica ${replica}: ${error.message}`),
              }),
            )
            setProblems(failed)
          }}
        />
      </OwnerOnly>
    )
  return (
    <>
      {problems.map((problem) => (
        <div className="notice warn" key={problem}>
          {problem}
        </div>
      ))}
      {children(sessions, () => forget(agents, key))}
    </>
  )
}

/** `children` with the session at the application's worker, once the owner has signed in. */
export function WithWorker(props: {
  app: AppDetails
  what: string
  children: (session: WorkerSession, signOut: () => void) => ReactNode
}) {
  const { app, what, children } = props
  const { account } = useWallet()
  const key = `${app.workerId}/${app.appId}/${account ?? ''}`
  const session = useKept(workers, key)
  if (session === undefined)
    return (
      <OwnerOnly app={app} what={`reads ${what}`}>
        <SignIn
          app={app}
          source={`${capital(what)} comes`}
          text={`Its worker keeps ${what} for its owner alone. One signature for the next fifteen minutes; nothing is sent to the chain.`}
          open={async (signer) => keep(workers, key, await openWorkerSession(signer, app.appId))}
        />
      </OwnerOnly>
    )
  return children(session, () => forget(workers, key))
}

const capital = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}`

function SignIn(props: {
  app: AppDetails
  /** Where it comes from, for as long as the worker does not answer; completed by "through worker 1". */
  source: string
  text: string
  open: (signer: Network) => Promise<void>
}) {
  const { app, source, text, open } = props
  const { signer } = useWallet()
  const [state, setState] = useState<'idle' | 'busy' | { readonly error: unknown }>('idle')
  const signIn = () => {
    if (signer === undefined) return
    setState('busy')
    open(signer).then(
      () => setState('idle'),
      (error: unknown) =>
        setState({
          error:
            walletCode(error) === 4001
              ? new Error('You declined it in the wallet: nothing was read.')
              : error,
        }),
    )
  }
  if (outageOf(app) !== undefined)
    return (
      <Empty>
        <ThroughWorker app={app} what={source} />
      </Empty>
    )
  return (
    <div className="empty">
      <p className="narrow">{text}</p>
      <button
        type="button"
        className="button primary"
        disabled={state === 'busy' || signer === undefined}
        onClick={signIn}
      >
        {state === 'busy' ? 'Look at your wallet …' : 'Sign in'}
      </button>
      {typeof state === 'object' && <Failure error={state.error} retry={signIn} />}
    </div>
  )
}
