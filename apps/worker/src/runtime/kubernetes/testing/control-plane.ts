// For tests: a real API server with etcd, controllers, scheduler and kwok's nodes without kubelets, on loopback, in a folder of its own.
// Starts processes.
import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { waitFor } from '@wetee/daemon'
import { parseAllDocuments } from 'yaml'
import { freePort } from '../../../testing/free-port.ts'
import { ApiClient } from '../api-client.ts'
import type { Cluster } from '../cluster.ts'

const START_MS = 120_000
const EVERY_MS = 100
const STOP_MS = 20_000
/** What a node of kwok has. */
const NODE = { cpu: '64', memory: '256Gi', pods: '500', 'ephemeral-storage': '1Ti' }

/** Plurals of what the tests apply as it stands in YAML. */
const PLURALS: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ServiceAccount: 'serviceaccounts',
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  ValidatingAdmissionPolicy: 'validatingadmissionpolicies',
  ValidatingAdmissionPolicyBinding: 'validatingadmissionpolicybindings',
  StorageClass: 'storageclasses',
  RuntimeClass: 'runtimeclasses',
  PersistentVolume: 'persistentvolumes',
  ConfigMap: 'configmaps',
  Node: 'nodes',
  Pod: 'pods',
  Service: 'services',
  StatefulSet: 'statefulsets',
}

/** An object as it stands in YAML. */
export type Raw = {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string }
  [field: string]: unknown
}

/** One control plane; `close` ends every process of it. */
export class ControlPlane {
  readonly folder: string
  readonly #assets: string
  readonly #processes = new Map<string, ChildProcess>()
  readonly #adminToken = randomBytes(16).toString('hex')
  readonly #ending = new AbortController()
  #server = ''
  #etcd = ''
  #admin: ApiClient | undefined

  private constructor(assets: string) {
    this.#assets = assets
    this.folder = mkdtempSync(join(tmpdir(), 'wetee-cluster-'))
  }

  /** Starts everything and waits until a pod could be scheduled. `assets`: the folder with the programs. */
  static async start(assets: string): Promise<ControlPlane> {
    const plane = new ControlPlane(assets)
    try {
      await plane.#start()
      return plane
    } catch (error) {
      const logs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kwok']
        .map((name) => `${name}: ${plane.logOf(name).slice(-1_500)}`)
        .join('\n')
      await plane.close()
      throw new Error(`the control plane has not started\n${logs}`, { cause: error })
    }
  }

  /** May do everything. */
  get admin(): ApiClient {
    if (this.#admin === undefined) throw new Error('not started')
    return this.#admin
  }

  /** How to reach it with a token. */
  cluster(token: string): Cluster {
    const ca = readFileSync(join(this.folder, 'certs', 'apiserver.crt'), 'utf8')
    return { server: this.#server, ca, token: () => token }
  }

  /** What a process has written. */
  logOf(name: string): string {
    const file = join(this.folder, `${name}.log`)
    return existsSync(file) ? readFileSync(file, 'utf8') : ''
  }

  /** Applies the documents of a YAML text as administrator. */
  async applyYaml(text: string): Promise<void> {
    for (const document of parseAllDocuments(text)) await this.applyRaw(document.toJS() as Raw)
  }

  /** Applies one object as administrator, or only asks whether it would be taken. */
  async applyRaw(object: Raw, { dryRun = false } = {}): Promise<void> {
    await this.admin.call('PATCH', pathOf(object), {
      query: {
        ...{ fieldManager: 'test', fieldValidation: 'Strict', force: 'true' },
        dryRun: dryRun ? 'All' : undefined,
      },
      body: object,
      contentType: 'application/apply-patch+yaml',
    })
  }

  /** A token of a service account, good for an hour. */
  async tokenOf(namespace: string, account: string): Promise<string> {
    const answer = (await this.admin.review(
      `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    )) as { status: { token: string } }
    return answer.status.token
  }

  /** Kills the API server as a crash does, and starts it again at the same address. */
  async killApiServer(): Promise<{ restart: () => Promise<void> }> {
    const before = this.#processes.get('kube-apiserver')
    before?.kill('SIGKILL')
    if (before !== undefined) await once(before, 'exit')
    return {
      restart: async () => {
        this.#startApiServer()
        await this.#answers()
      },
    }
  }

  async close(): Promise<void> {
    this.#ending.abort()
    this.#admin?.close()
    // The API server before etcd: it would wait for it.
    for (const name of [
      'kwok',
      'kube-scheduler',
      'kube-controller-manager',
      'kube-apiserver',
      'etcd',
    ])
      await this.#stop(name)
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #stop(name: string): Promise<void> {
    const child = this.#processes.get(name)
    this.#processes.delete(name)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(name === 'kube-apiserver' ? 'SIGKILL' : 'SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await ended
    clearTimeout(timer)
  }

  async #start(): Promise<void> {
    const [client, peer, secure] = [await freePort(), await freePort(), await freePort()]
    this.#etcd = `http://127.0.0.1:${client}`
    this.#server = `https://127.0.0.1:${secure}`
    const peers = `http://127.0.0.1:${peer}`
    const pem = { type: 'pkcs8', format: 'pem' } as const
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    writeFileSync(join(this.folder, 'accounts.key'), privateKey.export(pem), { mode: 0o600 })
    const user = `${this.#adminToken},admin,admin,system:masters\n`
    writeFileSync(join(this.folder, 'tokens.csv'), user, { mode: 0o600 })
    this.#run('etcd', [
      ...['--data-dir', join(this.folder, 'etcd'), '--unsafe-no-fsync', '--log-level', 'warn'],
      ...['--listen-client-urls', this.#etcd, '--advertise-client-urls', this.#etcd],
      ...['--listen-peer-urls', peers, '--initial-advertise-peer-urls', peers],
      ...['--initial-cluster', `default=${peers}`],
    ])
    this.#startApiServer()
    await waitFor(() => existsSync(join(this.folder, 'certs', 'apiserver.crt')), {
      ...{ signal: this.#ending.signal, timeoutMs: START_MS, everyMs: EVERY_MS },
      what: 'certificate of the API server',
    })
    this.#admin = new ApiClient(this.cluster(this.#adminToken), this.#ending.signal)
    await this.#answers()
    const kubeconfig = this.#writeKubeconfig()
    const files = ['--kubeconfig', kubeconfig, '--leader-elect=false', '--secure-port=0']
    this.#run('kube-controller-manager', [
      ...files,
      ...['--service-account-private-key-file', join(this.folder, 'accounts.key')],
      ...['--root-ca-file', join(this.folder, 'certs', 'apiserver.crt')],
    ])
    this.#run('kube-scheduler', files)
    writeFileSync(join(this.folder, 'kwok.yaml'), '')
    this.#run('kwok', [
      ...['--kubeconfig', kubeconfig, '--config', join(this.folder, 'kwok.yaml')],
      // Loopback: what a test starts in the place of a pod can be reached at its address.
      ...['--manage-all-nodes=true', '--cidr', '127.31.0.1/16'],
    ])
    await this.applyRaw({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'kwok-1' },
      status: { allocatable: NODE, capacity: NODE },
    })
    await waitFor(() => this.#isNodeReady(), {
      ...{ signal: this.#ending.signal, timeoutMs: START_MS, everyMs: EVERY_MS },
      what: 'node of kwok',
    })
  }

  async #isNodeReady(): Promise<boolean> {
    const node = (await this.admin.call('GET', '/api/v1/nodes/kwok-1')) as {
      spec: { taints?: unknown[] }
      status: { conditions?: { type: string; status: string }[] }
    }
    const ready = node.status.conditions?.find(({ type }) => type === 'Ready')
    return ready?.status === 'True' && (node.spec.taints ?? []).length === 0
  }

  #startApiServer(): void {
    const { port } = new URL(this.#server)
    this.#run('kube-apiserver', [
      ...['--etcd-servers', this.#etcd, '--secure-port', port, '--bind-address', '127.0.0.1'],
      ...['--advertise-address', '127.0.0.1', '--endpoint-reconciler-type', 'none'],
      ...['--cert-dir', join(this.folder, 'certs')],
      ...['--service-cluster-ip-range', '10.96.0.0/16', '--authorization-mode', 'RBAC'],
      ...['--token-auth-file', join(this.folder, 'tokens.csv')],
      ...['--service-account-issuer', 'https://kubernetes.default.svc'],
      ...['--service-account-key-file', join(this.folder, 'accounts.key')],
      ...['--service-account-signing-key-file', join(this.folder, 'accounts.key')],
      ...['--allow-privileged=true', '--profiling=false'],
    ])
  }

  async #answers(): Promise<void> {
    const isThere = async () => {
      const found = await this.admin.get('Namespace', 'kube-system').catch(() => undefined)
      return found !== undefined
    }
    await waitFor(isThere, {
      ...{ signal: this.#ending.signal, timeoutMs: START_MS, everyMs: EVERY_MS },
      what: 'API server',
    })
  }

  #writeKubeconfig(): string {
    const file = join(this.folder, 'admin.kubeconfig')
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
      clusters: [
        {
          name: 'test',
          cluster: {
            server: this.#server,
            'certificate-authority': join(this.folder, 'certs', 'apiserver.crt'),
          },
        },
      ],
      users: [{ name: 'admin', user: { token: this.#adminToken } }],
    }
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
    return file
  }

  #run(name: string, args: readonly string[]): void {
    const log = openSync(join(this.folder, `${name}.log`), 'a')
    const child = spawn(join(this.#assets, name), args, { stdio: ['ignore', log, log] })
    closeSync(log)
    child.once('error', () => undefined)
    this.#processes.set(name, child)
  }
}

function pathOf({ apiVersion, kind, metadata: { name, namespace } }: Raw): string {
  const plural = PLURALS[kind]
  if (plural === undefined) throw new Error(`no plural of ${kind}`)
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`
  return `${base}${place}/${plural}/${name}`
}
