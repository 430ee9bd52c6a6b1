// The policy that the Kata agent of a confidential pod holds its host to (Rego, package agent_policy). Pure.
import { AttestationError } from '../error.ts'

/** What the host may have done in the pod. */
export type PodPermissions = {
  /** `sha256:..` of their manifests, from whatever registry; nothing else becomes a container. */
  readonly images: readonly string[]
  /** Programs with their arguments that may be run beside a container's own: probes of the kubelet. */
  readonly commands: readonly (readonly string[])[]
}

const IMAGE = /^sha256:[0-9a-f]{64}$/
/** What a pod needs to come up and go, whatever runs in it. */
const ALLOWED = [
  ...['AddARPNeighbors', 'CreateSandbox', 'DestroySandbox', 'GetMetrics', 'GetOOMEvent'],
  ...['GuestDetails', 'ListInterfaces', 'ListRoutes', 'OnlineCPUMem', 'PullImage'],
  ...['RemoveContainer', 'RemoveStaleVirtiofsShareMounts', 'SignalProcess', 'StartContainer'],
  ...['StatsContainer', 'UpdateEphemeralMounts', 'UpdateInterface', 'UpdateRoutes', 'WaitProcess'],
]
/** Out of the pod and into it: output, input, terminals, another policy. What is not named is refused too. */
const REFUSED = [
  ...['CloseStdin', 'CopyFile', 'CreateContainer', 'ExecProcess', 'PauseContainer', 'ReadStream'],
  ...['ReseedRandomDev', 'ResumeContainer', 'SetGuestDateTime', 'SetPolicy', 'StartTracing'],
  ...['StopTracing', 'TtyWinResize', 'UpdateContainer', 'WriteStream'],
]

/**
 * The policy: containers of these images alone, pulled inside the guest by digest, no command but these, no reading of output. The same
 * text for the same sets, whatever their order. It says nothing about variables, arguments or mounts of the containers. Throws
 * AttestationError `binding.invalid` for an image that is no digest.
 */
export function kataPolicy({ images, commands }: PodPermissions): string {
  const wrong = images.find((image) => !IMAGE.test(image))
  if (wrong !== undefined)
    throw new AttestationError('binding.invalid', `expected the digest of an image, got ${wrong}`)
  const imageSet = sorted(images.map((image) => JSON.stringify(`@${image}`)))
  const commandSet = sorted(
    commands.map((words) => JSON.stringify(words).replaceAll("'", '\\u0027')),
  )
  return [
    'package agent_policy',
    '',
    'import future.keywords.every',
    'import future.keywords.if',
    'import future.keywords.in',
    '',
    ...ALLOWED.map((name) => `default ${name}Request := true`),
    ...REFUSED.map((name) => `default ${name}Request := false`),
    '',
    `images := [${imageSet.join(', ')}]`,
    `commands := [${commandSet.join(', ')}]`,
    '',
    'pulled := [storage.source | some storage in input.storages; storage.driver == "image_guest_pull"]',
    '',
    'CreateContainerRequest if {',
    '  count(pulled) == 1',
    '  some image in images',
    '  endswith(pulled[0], image)',
    '}',
    '',
    '# What holds the namespaces of the pod: a program of the guest itself.',
    'CreateContainerRequest if {',
    '  count(pulled) == 1',
    '  pulled[0] == "pause"',
    '  input.OCI.Process.Args == ["/pause"]',
    '}',
    '',
    'ExecProcessRequest if {',
    '  input.process.Args in commands',
    '}',
    '',
    'CopyFileRequest if {',
    '  startswith(input.path, "/run/kata-containers/shared/containers/")',
    '  not contains(input.path, "/../")',
    '}',
    '',
  ].join('\n')
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort()
}
