// How far a version that is being started has come, live, with what is being waited for.
import { startSteps, stepsDone, type AppDetails, type StartStep } from '@wetee/sdk'

const words: Readonly<Record<StartStep, readonly [string, string]>> = {
  pulled: ['images pulled', 'its worker pulls the images by their digests'],
  launched: ['launched', 'its worker launches the TEE'],
  verified: ['measured', 'the agent in the TEE measures images and configuration'],
  attested: ['attested', 'a quorum of dsecret nodes appraises the evidence and signs a lease'],
  healthy: ['healthy', 'the application answers and its health checks pass'],
  active: ['active', 'the contract makes this version the current one'],
  drained: ['old version gone', 'the old version ends what it has begun'],
}

/** Nothing where all traffic is where it should be. */
export function Progress({ app }: { app: AppDetails }) {
  if (app.state !== 'active') return null
  const version = app.pending ?? app.version
  const wanted = version.version === app.currentVersion ? app.replicas : version.terms.replicas
  // The first version is the current one from the beginning: what counts is whether it is attested.
  const attested = app.liveReplicas >= app.replicas
  const seen = attested ? app : { ...app, currentVersion: app.currentVersion - 1 }
  const done = stepsDone(seen, version, wanted)
  const steps = startSteps.filter((step) => step !== 'drained' || app.currentVersion > 1)
  const now = steps.find((step) => !done.includes(step))
  if (now === undefined || (now === 'drained' && app.pending === undefined)) return null
  return (
    <div className="notice" role="status">
      <strong>
        Waiting for version {version.version}: {words[now][1]}
      </strong>
      <ol className="steps">
        {steps.map((step) => {
          const state = done.includes(step) ? 'done' : step === now ? 'now' : 'later'
          return (
            <li key={step} className={state} aria-current={state === 'now' ? 'step' : undefined}>
              {state === 'done' ? '✓ ' : ''}
              {words[step][0]}
            </li>
          )
        })}
      </ol>
      <span className="quiet">
        Attested and active are the chain’s word, the other steps its worker’s.
      </span>
    </div>
  )
}
