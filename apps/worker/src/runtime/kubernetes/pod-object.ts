// A pod of the port as a Pod of Kubernetes, within Pod Security `restricted`. Pure.
import { gzipSync } from 'node:zlib'
import type { Limits, PodContainer, PodMount, PodSpec } from '../runtime.ts'
import { RuntimeError } from '../runtime-error.ts'
import type { Desired } from './api-object.ts'
import type { KubernetesConfig } from './config.ts'
import {
  containerName,
  LABELS_ANNOTATION,
  NAMES_ANNOTATION,
  ownLabels,
  POD_LABEL,
  labelValue,
} from './names.ts'
import { AGENTS_SERVICE, INSTANCE_ACCOUNT } from './namespace-objects.ts'

const MIB = 1_048_576
/** The group that volumes on disks are given to. */
const VOLUME_GROUP = 65_534
const FILES_VOLUME = 'files'
const FILE_ANNOTATION = 'wetee.dev/file-'
const INITDATA_ANNOTATION = 'io.katacontainers.config.hypervisor.cc_init_data'

type Volume = { readonly name: string; readonly [source: string]: unknown }
type VolumeMount = {
  readonly name: string
  readonly mountPath: string
  readonly readOnly: boolean
  readonly subPath?: string
}

/** The Pod of a checked spec in its namespace. Throws RuntimeError `pod.invalid`. */
export function podObject(spec: PodSpec, namespace: string, config: KubernetesConfig): Desired {
  const containers = spec.containers ?? []
  const files = new Files(spec.id)
  const volumes: Volume[] = [
    ...(spec.memory ?? []).map(({ name, sizeBytes }) => memoryVolume(memoryName(name), sizeBytes)),
    ...(spec.disks ?? []).map(({ name }) => ({
      name: diskName(name),
      persistentVolumeClaim: { claimName: name },
    })),
  ]
  const rendered = containers.map((container, index) => {
    const tmpfs = container.tmpfs.map(({ target, sizeBytes }, place) => {
      const name = `tmp-${index}-${place}`
      volumes.push(memoryVolume(name, sizeBytes))
      return { name, mountPath: target, readOnly: false }
    })
    const mounts = container.mounts.map((mount) => volumeMount(mount, files))
    return { container, object: containerObject(container, [...tmpfs, ...mounts], config) }
  })
  if (files.count > 0) volumes.push(files.volume())
  const worker = spec.labels['wetee.worker'] ?? ''
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: spec.id,
      namespace,
      labels: { ...ownLabels(worker), [POD_LABEL]: labelValue(spec.id) },
      annotations: {
        [LABELS_ANNOTATION]: JSON.stringify(spec.labels),
        [NAMES_ANNOTATION]: JSON.stringify(
          Object.fromEntries(containers.map(({ name }) => [containerName(name), name])),
        ),
        ...files.annotations(),
        ...(spec.initdata === undefined || !takesInitdata(config)
          ? {}
          : { [INITDATA_ANNOTATION]: encodeInitdata(spec.initdata) }),
      },
    },
    spec: {
      ...placement(config),
      ...network(spec, config),
      restartPolicy: restartPolicy(spec),
      serviceAccountName: INSTANCE_ACCOUNT,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 30,
      securityContext: {
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
        ...((spec.disks ?? []).length === 0
          ? {}
          : { fsGroup: VOLUME_GROUP, fsGroupChangePolicy: 'OnRootMismatch' }),
      },
      initContainers: rendered
        .filter(({ container }) => container.gate !== undefined)
        .map(({ container, object }) => ({
          ...object,
          // A container of this policy is a sidecar: those after it are started while it runs.
          ...(container.gate === 'completed' ? {} : { restartPolicy: 'Always' }),
        })),
      containers: rendered
        .filter(({ container }) => container.gate === undefined)
        .map(({ object }) => object),
      volumes,
    },
  }
}

/** Whether pods are confidential machines, by the word of the configuration or the name of the class (kata-qemu-tdx, kata-snp). */
function takesInitdata({ initdata, runtimeClassName = '' }: KubernetesConfig): boolean {
  return initdata ?? /(^|[.-])(tdx|snp)([.-]|$)/.test(runtimeClassName)
}

/** A text as the annotation for a confidential virtual machine takes it: the same bytes for the same text. */
function encodeInitdata(text: string): string {
  return gzipSync(text, { level: 9 }).toString('base64')
}

function placement(config: KubernetesConfig): object {
  const { runtimeClassName, nodeSelector, tolerations } = config
  return {
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
    nodeSelector,
    tolerations: tolerations.map(({ key, value, effect }) => ({
      key,
      ...(value === undefined ? { operator: 'Exists' } : { operator: 'Equal', value }),
      ...(effect === undefined ? {} : { effect }),
    })),
  }
}

function network(spec: PodSpec, { nameservers }: KubernetesConfig): object {
  return {
    hostname: spec.id,
    subdomain: AGENTS_SERVICE,
    hostAliases:
      spec.hostNames.length === 0 ? [] : [{ ip: '127.0.0.1', hostnames: [...spec.hostNames] }],
    dnsPolicy: 'None',
    dnsConfig: { nameservers, searches: [], options: [{ name: 'ndots', value: '1' }] },
    enableServiceLinks: false,
  }
}

/** Kubernetes has one policy for all containers that are no gates. */
function restartPolicy({ id, containers = [] }: PodSpec): string {
  const policies = new Set(
    containers.filter(({ gate }) => gate === undefined).map(({ restart }) => restart),
  )
  if (policies.size > 1)
    throw new RuntimeError(
      'pod.invalid',
      `${id}: containers that nothing waits for must all have the same restart policy here`,
    )
  return { always: 'Always', 'on-failure': 'OnFailure', no: 'Never' }[[...policies][0] ?? 'always']
}

function containerObject(
  container: PodContainer,
  volumeMounts: readonly VolumeMount[],
  { sgx }: KubernetesConfig,
): object {
  const { entrypoint, command, environment, workingDirectory, check, gate } = container
  const [uid, gid] = container.user.split(':').map(Number)
  const probe = check === undefined ? undefined : probeObject(check)
  return {
    name: containerName(container.name),
    image: container.image,
    imagePullPolicy: 'IfNotPresent',
    ...(entrypoint === undefined ? {} : { command: entrypoint.map(literal) }),
    ...(command === undefined ? {} : { args: command.map(literal) }),
    ...(workingDirectory === undefined ? {} : { workingDir: workingDirectory }),
    env: Object.entries(environment).map(([name, value]) => ({ name, value: literal(value) })),
    resources: resources(container.limits, sgx),
    securityContext: {
      runAsUser: uid,
      runAsGroup: gid,
      runAsNonRoot: true,
      readOnlyRootFilesystem: container.readOnlyRoot,
      allowPrivilegeEscalation: false,
      privileged: false,
      capabilities: { drop: ['ALL'] },
    },
    ...(gate === 'healthy' ? { startupProbe: probe } : {}),
    ...(gate !== 'healthy' && probe !== undefined ? { readinessProbe: probe } : {}),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    volumeMounts,
  }
}

function probeObject(check: NonNullable<PodContainer['check']>): object {
  const seconds = (ms: number) => Math.max(1, Math.ceil(ms / 1_000))
  return {
    exec: { command: check.program },
    periodSeconds: seconds(check.intervalMs),
    timeoutSeconds: seconds(check.timeoutMs),
    failureThreshold: check.failures,
  }
}

/** What is asked for is what is granted: nobody lives on what others leave. */
function resources({ cpuMilli, memoryBytes }: Limits, sgx: KubernetesConfig['sgx']): object {
  const amounts = {
    cpu: `${cpuMilli}m`,
    memory: String(memoryBytes),
    ...(sgx === undefined
      ? {}
      : {
          'sgx.intel.com/enclave': String(sgx.enclaves),
          'sgx.intel.com/epc': `${sgx.epcMiB}Mi`,
        }),
  }
  return { limits: amounts, requests: amounts }
}

/** Kubernetes reads `$(NAME)` in words and values, and `$$` as one `$`. */
function literal(text: string): string {
  return text.replaceAll('$', '$$$$')
}

function memoryVolume(name: string, sizeBytes: number): Volume {
  return { name, emptyDir: { medium: 'Memory', sizeLimit: String(Math.max(sizeBytes, MIB / 256)) } }
}

function memoryName(name: string): string {
  return containerName(`m-${name}`)
}

function diskName(name: string): string {
  return containerName(`d-${name}`)
}

function volumeMount(mount: PodMount, files: Files): VolumeMount {
  const { target: mountPath, readOnly } = mount
  if ('memory' in mount)
    return {
      name: memoryName(mount.memory),
      mountPath,
      readOnly,
      ...(mount.file === undefined ? {} : { subPath: mount.file }),
    }
  if ('volume' in mount) return { name: diskName(mount.volume), mountPath, readOnly }
  return { name: FILES_VOLUME, mountPath, readOnly: true, subPath: files.add(mount.text) }
}

/** Public files as annotations of the pod, so that a pod is one object: it is there with all of them or not at all. */
class Files {
  readonly #podId: string
  readonly #texts: string[] = []

  constructor(podId: string) {
    this.#podId = podId
  }

  get count(): number {
    return this.#texts.length
  }

  /** Name of the file in the volume. */
  add(text: string): string {
    const at = this.#texts.indexOf(text)
    if (at !== -1) return `file-${at}`
    this.#texts.push(text)
    const total = this.#texts.reduce((sum, one) => sum + Buffer.byteLength(one), 0)
    if (total > MAX_FILE_BYTES)
      throw new RuntimeError(
        'pod.invalid',
        `${this.#podId}: its files have more than ${MAX_FILE_BYTES} bytes`,
      )
    return `file-${this.#texts.length - 1}`
  }

  annotations(): Record<string, string> {
    return Object.fromEntries(this.#texts.map((text, i) => [`${FILE_ANNOTATION}${i}`, text]))
  }

  volume(): Volume {
    return {
      name: FILES_VOLUME,
      downwardAPI: {
        items: this.#texts.map((_, i) => ({
          path: `file-${i}`,
          fieldRef: { fieldPath: `metadata.annotations['${FILE_ANNOTATION}${i}']` },
        })),
      },
    }
  }
}

/** All annotations of an object together may have 256 KiB; labels, names and initdata need their part. */
const MAX_FILE_BYTES = 163_840
