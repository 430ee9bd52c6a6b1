// What a worker is wired from. Types only.
import type { Store } from '@wetee/daemon'
import type { TlsIdentity } from '@wetee/certificates'
import type { WorkerConfig } from './config.ts'
import type { Inheritance } from './handover/successor.ts'
import type { Log } from './log.ts'
import type { WorkerIdentity, WorkerNetwork } from './network.ts'
import type { Capabilities, Runtime } from './runtime/runtime.ts'

/** What has been opened before anything is wired. */
export type Opened = {
  readonly config: WorkerConfig
  readonly signal: AbortSignal
  readonly log: Log
  /** Absolute, without links. */
  readonly stateDir: string
  readonly store: Store
  readonly network: WorkerNetwork
  readonly identity: WorkerIdentity
  readonly runtime: Runtime
  readonly capabilities: Capabilities
  /** In a cluster: the key that agents know this worker by. */
  readonly doorIdentity: TlsIdentity | undefined
  /** Listeners of the process that this one follows. */
  readonly inheritance: Inheritance | undefined
}
