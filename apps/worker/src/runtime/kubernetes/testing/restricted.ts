// For tests: the rules of Pod Security `restricted`, written down once more on their own. Pure.

type Tree = { readonly [field: string]: unknown }

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
]
const HOST = ['hostNetwork', 'hostPID', 'hostIPC']

/** What of a Pod's spec breaks the rules; empty for one that holds them. */
export function brokenRules(spec: Tree): string[] {
  const broken: string[] = []
  for (const field of HOST) if (spec[field] === true) broken.push(field)
  const pod = tree(spec['securityContext'])
  if (tree(pod['seccompProfile'])['type'] !== 'RuntimeDefault') broken.push('seccompProfile')
  for (const volume of list(spec['volumes']))
    for (const kind of Object.keys(volume))
      if (kind !== 'name' && !VOLUMES.includes(kind)) broken.push(`volume ${kind}`)
  for (const container of [...list(spec['initContainers']), ...list(spec['containers'])]) {
    const context = tree(container['securityContext'])
    const say = (what: string) => broken.push(`${String(container['name'])}: ${what}`)
    if (context['allowPrivilegeEscalation'] !== false) say('allowPrivilegeEscalation')
    if (context['privileged'] !== false) say('privileged')
    if (context['runAsNonRoot'] !== true) say('runAsNonRoot')
    if (!(Number(context['runAsUser']) > 0)) say('runAsUser')
    const { drop, add } = tree(context['capabilities'])
    if (JSON.stringify(drop) !== '["ALL"]' || add !== undefined) say('capabilities')
    if (list(container['ports']).some((port) => port['hostPort'] !== undefined)) say('hostPort')
  }
  return broken
}

/** A field as an object; empty for everything else. */
export function tree(value: unknown): Tree {
  return typeof value === 'object' && value !== null ? (value as Tree) : {}
}

/** A field as a list of objects; empty for everything else. */
export function list(value: unknown): readonly Tree[] {
  return Array.isArray(value) ? (value as Tree[]) : []
}
