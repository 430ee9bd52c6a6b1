// Which programs of a Kubernetes control plane are built, from which Go modules, and where they are kept. Pure.
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A Go module of ours that only names what it needs, and the programs built from it. */
export type WrapperModule = {
  readonly name: string
  /** Staging modules of Kubernetes, which its own go.mod replaces by folders that a module does not have. */
  readonly replaced: readonly string[]
  readonly replacement: string
  /** A Go file of this folder that is its program. */
  readonly source?: string
  readonly programs: readonly Program[]
}

/** A program: its package with version, and the linker's settings. */
export type Program = {
  readonly name: string
  readonly package: string
  readonly version: string
  readonly set: Readonly<Record<string, string>>
}

export const kubernetesVersion = '1.34.4'
const etcdVersion = '3.5.35'
const kwokVersion = '0.7.0'
const [major = '', minor = '', patch = ''] = kubernetesVersion.split('.')

/** Version of everything together: names the folder of the cache. */
export const assetsVersion = `${kubernetesVersion}-etcd${etcdVersion}-kwok${kwokVersion}`

const component = (name: string): Program => ({
  name,
  package: `k8s.io/kubernetes/cmd/${name}`,
  version: `v${kubernetesVersion}`,
  set: {
    'k8s.io/component-base/version.gitVersion': `v${kubernetesVersion}`,
    'k8s.io/component-base/version.gitMajor': major,
    'k8s.io/component-base/version.gitMinor': minor,
  },
})

const STAGING = [
  'api apiextensions-apiserver apimachinery apiserver cli-runtime client-go cloud-provider cluster-bootstrap code-generator',
  'component-base component-helpers controller-manager cri-api cri-client csi-translation-lib dynamic-resource-allocation',
  'endpointslice externaljwt kms kube-aggregator kube-controller-manager kube-proxy kube-scheduler kubectl kubelet metrics',
  'mount-utils pod-security-admission sample-apiserver sample-cli-plugin sample-controller',
]

const staged = {
  replaced: STAGING.flatMap((line) => line.split(' ')).map((name) => `k8s.io/${name}`),
  replacement: `v0.${minor}.${patch}`,
}

/** Kubernetes' validation as a program: a tenth of what an API server takes to build. */
export const validationModule: WrapperModule = {
  ...staged,
  name: 'validation',
  source: 'validation.go',
  programs: [
    {
      name: 'validation',
      package: 'k8s.io/kubernetes',
      version: `v${kubernetesVersion}`,
      set: {},
    },
  ],
}

/** The smallest first: what is wrong shows early. */
export const wrapperModules: readonly WrapperModule[] = [
  {
    name: 'etcd',
    replaced: [],
    replacement: '',
    programs: [
      {
        name: 'etcd',
        package: 'go.etcd.io/etcd/server/v3',
        version: `v${etcdVersion}`,
        set: {},
      },
    ],
  },
  {
    name: 'kwok',
    replaced: [],
    replacement: '',
    programs: [
      {
        name: 'kwok',
        package: 'sigs.k8s.io/kwok/cmd/kwok',
        version: `v${kwokVersion}`,
        set: {},
      },
    ],
  },
  validationModule,
  {
    ...staged,
    name: 'kubernetes',
    programs: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(component),
  },
]

/** Names of all programs. */
export const programNames = wrapperModules.flatMap(({ programs }) =>
  programs.map(({ name }) => name),
)

/** Where the programs are: KUBEBUILDER_ASSETS as it is, else a folder of the user's cache. */
export function assetsFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const { KUBEBUILDER_ASSETS, XDG_CACHE_HOME } = environment
  if (KUBEBUILDER_ASSETS !== undefined && KUBEBUILDER_ASSETS !== '') return KUBEBUILDER_ASSETS
  const cache =
    XDG_CACHE_HOME === undefined || XDG_CACHE_HOME === ''
      ? join(homedir(), '.cache')
      : XDG_CACHE_HOME
  return join(cache, 'wetee', 'kubernetes', assetsVersion)
}

/** Text of a wrapper's go.mod. */
export function goMod({ name, replaced, replacement }: WrapperModule): string {
  const lines = replaced.map((path) => `\t${path} => ${path} ${replacement}\n`)
  const replace = lines.length === 0 ? '' : `\nreplace (\n${lines.join('')})\n`
  return `module wetee.local/${name}\n\ngo 1.24.0\n${replace}`
}
