// For tests: a process that opens a runtime, starts one container and holds on until it is killed. Does I/O.
import { openRuntime, type RuntimeKind } from '../index.ts'
import type { ContainerSpec, PodSpec } from '../runtime.ts'

/** What the process is given as its one argument, in JSON. */
export type HoldOrder = {
  readonly kind: RuntimeKind
  readonly stateDir: string
  readonly socketPath?: string
  readonly pod: PodSpec
  readonly container: ContainerSpec
}

const order = JSON.parse(process.argv[2] ?? '') as HoldOrder
const log = { debug() {}, info() {}, warn() {}, error() {} }
const runtime = await openRuntime({
  kind: order.kind,
  stateDir: order.stateDir,
  ...(order.socketPath === undefined ? {} : { socketPath: order.socketPath }),
  allowSandbox: true,
  log,
  signal: new AbortController().signal,
})
await runtime.createPod(order.pod)
await runtime.startContainer(order.pod.id, order.container)
console.log('ready')
setInterval(() => undefined, 1_000_000)
