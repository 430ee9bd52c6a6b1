// For tests: one control plane for a test file, the worker's service account with its rights, runtimes over it. Starts processes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { keepLog } from '../../../testing/silent-log.ts'
import type { Runtime } from '../../runtime.ts'
import { ApiClient } from '../api-client.ts'
import { openKubernetesRuntime } from '../kubernetes-runtime.ts'
import { ControlPlane } from './control-plane.ts'
import { sampleConfig } from './sample-pods.ts'

const RBAC = join(import.meta.dirname, '../../../../../../deploy/kubernetes/worker-rbac.yaml')
const CLASSES = `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: made-by-hand }
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: Immediate
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: { name: kata-qemu-tdx }
handler: kata-qemu-tdx
`

/** Where the programs are; `undefined` when nobody has built them. */
export const assets = process.env['KUBEBUILDER_ASSETS']

/** What a test file works with. */
export class RealCluster {
  readonly plane: ControlPlane
  readonly token: string
  readonly #runtimes: { readonly runtime: Runtime; readonly ending: AbortController }[] = []
  readonly #ending = new AbortController()
  readonly log = keepLog()

  static async start(): Promise<RealCluster> {
    const plane = await ControlPlane.start(assets ?? '')
    try {
      await plane.applyYaml(readFileSync(RBAC, 'utf8'))
      await plane.applyYaml(CLASSES)
      return new RealCluster(plane, await plane.tokenOf('wetee-system', 'wetee-worker'))
    } catch (error) {
      await plane.close()
      throw error
    }
  }

  private constructor(plane: ControlPlane, token: string) {
    this.plane = plane
    this.token = token
  }

  get admin(): ApiClient {
    return this.plane.admin
  }

  /** A runtime with the worker's own rights. */
  async open(over: Record<string, unknown> = {}, collectMs = 3_600_000): Promise<Runtime> {
    const ending = new AbortController()
    const runtime = await openKubernetesRuntime({
      config: sampleConfig({ storageClassName: 'made-by-hand', ...over }),
      cluster: this.plane.cluster(this.token),
      log: this.log,
      signal: ending.signal,
      collectMs,
    })
    this.#runtimes.push({ runtime, ending })
    return runtime
  }

  /** The worker's own rights without the driver. */
  worker(): ApiClient {
    return new ApiClient(this.plane.cluster(this.token), this.#ending.signal)
  }

  async close(): Promise<void> {
    for (const { runtime, ending } of this.#runtimes) {
      ending.abort()
      await runtime.close()
    }
    this.#ending.abort()
    await this.plane.close()
  }
}
