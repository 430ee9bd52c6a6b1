// The two worlds that a plan compares, and what it may order. Types only.
import type { UpdateRule } from '@wetee/manifest'
import type { Health } from '../health/health.ts'
import type { InstanceKey } from '../instance/identity.ts'
import type { ContainerState } from '../runtime/runtime.ts'

/** A service, reduced to what decides when it is started. */
export type PlannedService = {
  readonly name: string
  /** Manifest digest of its image, `sha256:...`. */
  readonly digest: string
  readonly dependsOn: readonly {
    readonly service: string
    readonly condition: 'service_started' | 'service_healthy' | 'service_completed_successfully'
  }[]
  /** `on-failure`: exit code 0 is its goal. `no`: it is started once. */
  readonly restart: 'always' | 'on-failure' | 'no'
  readonly hasHealthcheck: boolean
}

/** A version that shall run here. */
export type DesiredVersion = {
  readonly version: number
  readonly role: 'current' | 'pending'
  readonly replicas: number
  /** Older ones are stopped when it is current, also while it is not ready. */
  readonly security: boolean
  /** `undefined`: start first, no canary. */
  readonly update: UpdateRule | undefined
  readonly services: readonly PlannedService[]
}

/** What the chain says about an application, at a finalized block. */
export type DesiredApp = {
  readonly appId: bigint
  readonly state: 'active' | 'paused' | 'ended'
  /** At most one current and one pending; versions on other workers and refused ones are absent. */
  readonly versions: readonly DesiredVersion[]
  /** The current version, when it runs on another worker: what is left of older ones here has been replaced. */
  readonly currentElsewhere: number | undefined
  /** Every replica of pending holds a live lease on chain, and the upgrade delay is over. */
  readonly pendingAttested: boolean
  /** The pending version's window is over. */
  readonly pendingExpired: boolean
}

/** What an agent says about itself. */
export type AgentState = 'measuring' | 'verified' | 'attested' | 'lapsed' | 'failed'

/** A pod of the application as it is now. */
export type ObservedInstance = InstanceKey & {
  readonly podId: string
  readonly containers: ReadonlyMap<string, ContainerState>
  /** Its engine starts nothing of it any more. */
  readonly isOver?: boolean
  /** Its relay socket is served by this process. */
  readonly attached: boolean
  /**
   * `lost`: the TEE it was launched in is gone. `outdated`: it was launched without the network's key, and there is one now.
   * Neither can ever prove anything again.
   */
  readonly tee: 'alive' | 'lost' | 'outdated'
  /** `undefined`: does not answer. */
  readonly agent: AgentState | undefined
  /** Why it is in this state, in its own words: `secrets.pending` and others; `undefined` where it says nothing. */
  readonly agentCode: string | undefined
  /** Every published port has answered through the agent. */
  readonly answering: boolean
  /** Of services with a healthcheck that run or shall run; one that does not run is `starting`. */
  readonly health: ReadonlyMap<string, Health>
  /** Attested, without a live lease on chain, and nothing waits here to become one: the appraisal was lost with a process before this one. */
  readonly isLeaseless: boolean
  readonly drainingSinceMs: number | undefined
  /** Open connections of clients, as its agent says. */
  readonly connections: number | undefined
  /** It takes traffic, without a break, since then as far as this process knows. */
  readonly readySinceMs: number | undefined
}

/** How often something was tried since it last held, and when last. */
export type Attempt = { readonly count: number; readonly lastAtMs: number }

/** The application on this machine. */
export type ObservedApp = {
  readonly instances: readonly ObservedInstance[]
  /** Pods with labels of this application that are no instance of it (wrong id, doubled). */
  readonly strangers: readonly string[]
  /** Pod ids of instances without a pod: their folder is left, and maybe their TEE. */
  readonly leftovers: readonly string[]
  /** Digests of images that are whole in the store. */
  readonly images: ReadonlySet<string>
  readonly attempts: ReadonlyMap<string, Attempt>
  /** Keys of orders that are being carried out in the background. */
  readonly busy: ReadonlySet<string>
  readonly hasVolumes: boolean
}

/** Why an instance is removed. */
export type RemoveReason =
  | 'stranger'
  | 'leftover'
  | 'paused'
  | 'ended'
  | 'not-desired'
  | 'drained'
  | 'tee-lost'
  | 'network-key.changed'
  | 'agent-refused'
  | 'agent-restarted'
  | 'pod-over'

/** One order; every one is idempotent. */
export type Action =
  | {
      readonly type: 'pull'
      readonly version: number
      readonly service: string
      readonly digest: string
    }
  | { readonly type: 'create'; readonly key: InstanceKey; readonly podId: string }
  | { readonly type: 'attach'; readonly key: InstanceKey; readonly podId: string }
  | {
      readonly type: 'start'
      readonly key: InstanceKey
      readonly podId: string
      readonly container: string
    }
  /**
   * Stopped and started again. `agent-restarted`: it was started before its agent, whose socket and secrets are others now.
   * `unhealthy`: its healthcheck has failed for long.
   */
  | {
      readonly type: 'restart'
      readonly key: InstanceKey
      readonly podId: string
      readonly container: string
      readonly reason: 'agent-restarted' | 'unhealthy'
    }
  /** Makes room for the same replica of a pending version; started again if that does not become well. */
  | {
      readonly type: 'stop'
      readonly key: InstanceKey
      readonly podId: string
      readonly container: string
    }
  /** Has its agent prove itself now, not only when the next round is due. */
  | { readonly type: 'renew'; readonly podId: string }
  | { readonly type: 'drain'; readonly key: InstanceKey; readonly podId: string }
  | { readonly type: 'remove'; readonly podId: string; readonly reason: RemoveReason }
  | { readonly type: 'activate'; readonly version: number }
  | { readonly type: 'drop-pending'; readonly version: number }
  | { readonly type: 'remove-volumes' }

/** Orders for now, and when to look again even if nothing happens. */
export type Plan = {
  readonly actions: readonly Action[]
  readonly nextAtMs: number | undefined
  /** Attempt keys of everything that is to be done, due or not: what failed earlier and is not here has lost its point. */
  readonly keys: ReadonlySet<string>
}

/** Under which key an action's attempts are counted. */
export function attemptKey(action: Action): string {
  switch (action.type) {
    case 'pull':
      return `pull:${action.digest}`
    case 'create':
    case 'attach':
    case 'renew':
    case 'drain':
    case 'remove':
      return `${action.type}:${action.podId}`
    case 'restart': {
      const why = action.reason === 'unhealthy' ? 'heal' : action.type
      return `${why}:${action.podId}/${action.container}`
    }
    case 'start':
    case 'stop':
      return `${action.type}:${action.podId}/${action.container}`
    case 'activate':
    case 'drop-pending':
      return `${action.type}:${action.version}`
    case 'remove-volumes':
      return action.type
  }
}
