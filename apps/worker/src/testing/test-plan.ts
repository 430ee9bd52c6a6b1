// Desired and observed worlds for tests of the plan. No I/O.
import { AGENT_CONTAINER, podIdOf } from '../instance/identity.ts'
import type {
  DesiredApp,
  DesiredVersion,
  ObservedApp,
  ObservedInstance,
} from '../reconcile/model.ts'
import type { ContainerState } from '../runtime/runtime.ts'

/** What the plans of tests follow. */
export const policy = { tag: 'w1', drainMs: 10_000 }
/** The image of the service `web`. */
export const digestA = `sha256:${'a'.repeat(64)}`
/** When plans are made, milliseconds. */
export const now = 1_000_000
/** A container that has run for a minute. */
export const running: ContainerState = { state: 'running', startedAtMs: now - 60_000 }
/** A container that has ended. */
export const exited = (exitCode: number, finishedAtMs = now): ContainerState => ({
  state: 'exited',
  exitCode,
  oomKilled: false,
  finishedAtMs,
})
/** The service of `version`. */
export const web = {
  name: 'web',
  digest: digestA,
  dependsOn: [],
  restart: 'always' as const,
  hasHealthcheck: false,
}
/** A version with one service. */
export const version = (number: number, over: Partial<DesiredVersion> = {}): DesiredVersion => ({
  version: number,
  role: 'current',
  replicas: 1,
  security: false,
  update: undefined,
  services: [web],
  ...over,
})
/** An application that is active with version 1. */
export const app = (over: Partial<DesiredApp> = {}): DesiredApp => ({
  appId: 7n,
  state: 'active',
  versions: [version(1)],
  currentElsewhere: undefined,
  pendingAttested: false,
  pendingExpired: false,
  ...over,
})
/** An attested, answering instance of a version. */
export const pod = (number: number, over: Partial<ObservedInstance> = {}): ObservedInstance => ({
  appId: 7n,
  version: number,
  replica: over.replica ?? 0,
  podId: podIdOf('w1', { appId: 7n, version: number, replica: over.replica ?? 0 }),
  containers: new Map([
    [AGENT_CONTAINER, running],
    ['web', running],
  ]),
  attached: true,
  tee: 'alive',
  agent: 'attested',
  agentCode: undefined,
  answering: true,
  health: new Map(),
  isLeaseless: false,
  drainingSinceMs: undefined,
  connections: undefined,
  readySinceMs: now - 60_000,
  ...over,
})
/** Nothing but the image of `web`. */
export const world = (over: Partial<ObservedApp> = {}): ObservedApp => ({
  instances: [],
  strangers: [],
  leftovers: [],
  images: new Set([digestA]),
  attempts: new Map(),
  busy: new Set(),
  hasVolumes: false,
  ...over,
})
