// What a command may touch: streams, environment, the sdk. Tests give their own. Types and the real one; no I/O at import.
import * as sdk from '@wetee/sdk'
import * as sdkNode from '@wetee/sdk/node'
import { ask, attach, readSecret, type Attached } from './terminal.ts'

/** The part of the sdk that commands call; a test may replace any of it. */
export type Sdk = Pick<
  typeof sdk,
  | 'appMetrics'
  | 'applyPlan'
  | 'assetOf'
  | 'doctor'
  | 'grantViewer'
  | 'instanceEvents'
  | 'instanceExceptions'
  | 'instanceFailure'
  | 'instanceFailures'
  | 'listApps'
  | 'logs'
  | 'openNetwork'
  | 'planDeploy'
  | 'readDeployKeys'
  | 'requireDeployKey'
  | 'resolveApp'
  | 'revokeViewer'
  | 'showApp'
  | 'terminate'
  | 'verify'
  | 'verifyUsage'
  | 'viewers'
  | 'waitForApp'
> &
  Pick<
    typeof sdkNode,
    | 'exec'
    | 'findNetwork'
    | 'makeLogKey'
    | 'nodeTransport'
    | 'readLogKey'
    | 'resolveImageFromRegistry'
    | 'restoreVolume'
    | 'sealedBundles'
    | 'sealedLogs'
    | 'snapshotVolume'
    | 'volumes'
  >

/** Where text goes. */
export type Output = Pick<NodeJS.WriteStream, 'write'>

/** The surroundings of one run. */
export type Context = {
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly homeDir: string
  /** True when a person can be asked (stdin and stderr are a terminal). */
  readonly interactive: boolean
  readonly colour: boolean
  readonly nodeVersion: string
  readonly signal: AbortSignal
  readonly sdk: Sdk
  ask(question: string): Promise<string>
  readSecret(question: string): Promise<string>
  /** Hands standard input over to a command elsewhere. */
  attach(asTerminal: boolean): Attached
}

/** The sdk as published. */
export const realSdk: Sdk = {
  appMetrics: sdk.appMetrics,
  applyPlan: sdk.applyPlan,
  assetOf: sdk.assetOf,
  doctor: sdk.doctor,
  grantViewer: sdk.grantViewer,
  instanceEvents: sdk.instanceEvents,
  instanceExceptions: sdk.instanceExceptions,
  instanceFailure: sdk.instanceFailure,
  instanceFailures: sdk.instanceFailures,
  listApps: sdk.listApps,
  logs: sdk.logs,
  openNetwork: sdk.openNetwork,
  planDeploy: sdk.planDeploy,
  readDeployKeys: sdk.readDeployKeys,
  requireDeployKey: sdk.requireDeployKey,
  resolveApp: sdk.resolveApp,
  revokeViewer: sdk.revokeViewer,
  showApp: sdk.showApp,
  terminate: sdk.terminate,
  verify: sdk.verify,
  verifyUsage: sdk.verifyUsage,
  viewers: sdk.viewers,
  waitForApp: sdk.waitForApp,
  exec: sdkNode.exec,
  findNetwork: sdkNode.findNetwork,
  makeLogKey: sdkNode.makeLogKey,
  readLogKey: sdkNode.readLogKey,
  sealedBundles: sdkNode.sealedBundles,
  sealedLogs: sdkNode.sealedLogs,
  nodeTransport: sdkNode.nodeTransport,
  resolveImageFromRegistry: sdkNode.resolveImageFromRegistry,
  restoreVolume: sdkNode.restoreVolume,
  snapshotVolume: sdkNode.snapshotVolume,
  volumes: sdkNode.volumes,
}

/** The context of a real process. */
export function processContext(
  process: NodeJS.Process,
  homeDir: string,
  signal: AbortSignal,
): Context {
  const terminal = process.stdin.isTTY && process.stderr.isTTY
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    homeDir,
    interactive: terminal,
    colour: process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '',
    nodeVersion: process.versions.node,
    signal,
    sdk: realSdk,
    ask: (question) => ask(process.stdin, process.stderr, question, signal),
    readSecret: (question) => readSecret(process.stdin, process.stderr, question),
    attach: (asTerminal) => attach(process.stdin, process.stdout, asTerminal),
  }
}
