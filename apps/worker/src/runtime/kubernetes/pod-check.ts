// What a whole pod is checked for before the cluster sees it. Pure.
import type { PodContainer, PodSpec } from '../runtime.ts'
import { RuntimeError } from '../runtime-error.ts'
import { checkContainer, checkWholePod } from '../spec.ts'
import { containerName, isDnsLabel } from './names.ts'

const MAX_CONTAINERS = 64
const MAX_DISKS = 32
const MAX_INITDATA_BYTES = 262_144
const MAX_CHECK_WORDS = 64
const IMAGE = /^[a-z0-9.-]+(:[0-9]{1,5})?\/[a-z0-9._/-]{1,255}@sha256:[0-9a-f]{64}$/
const USER = /^([1-9][0-9]{0,9}):([1-9][0-9]{0,9})$/
const FILE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/
/** What every version of Kubernetes takes. */
const VARIABLE = /^(?!\.$|\.\.)[A-Za-z_.-][A-Za-z0-9_.-]*$/
const MAX_ID = 2 ** 31 - 1
const ANY_LAYOUT = { layout: '/', digest: '' }

/** Throws RuntimeError `pod.invalid` or `container.invalid`. */
export function checkKubernetesPod(spec: PodSpec): void {
  checkWholePod(spec)
  const { id, containers = [], disks = [], memory = [], initdata = '' } = spec
  const fail = (text: string): never => {
    throw new RuntimeError('pod.invalid', `${id}: ${text}`)
  }
  if (!isDnsLabel(id)) fail('an id ends with a letter or digit here')
  for (const name of spec.hostNames)
    if (!name.split('.').every(isDnsLabel)) fail(`${name} is no host name here`)
  if (containers.length === 0)
    fail('needs all its containers: they are started together by the cluster')
  if (containers.length > MAX_CONTAINERS) fail(`more than ${MAX_CONTAINERS} containers`)
  if (disks.length > MAX_DISKS) fail(`more than ${MAX_DISKS} volumes`)
  if (Buffer.byteLength(initdata) > MAX_INITDATA_BYTES) fail('its initdata is too large')
  for (const [index, { name, sizeBytes }] of disks.entries()) {
    if (!isDnsLabel(name) || disks.findIndex((other) => other.name === name) !== index)
      fail(`${name} is no name for a volume, or given twice`)
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) fail(`${name} has no size`)
  }
  const names = containers.map(({ name }) => containerName(name))
  if (new Set(names).size !== names.length) fail('a container is given twice')
  const lastGate = containers.findLastIndex(({ gate }) => gate !== undefined)
  const firstFree = containers.findIndex(({ gate }) => gate === undefined)
  if (firstFree === -1) fail('its last container may not be a gate')
  if (lastGate > firstFree) fail('a gate comes after a container that nothing waits for')
  const known = {
    memory: new Set(memory.map(({ name }) => name)),
    disks: new Set(disks.map(({ name }) => name)),
  }
  for (const container of containers) checkPodContainer(container, known)
}

function checkPodContainer(
  container: PodContainer,
  known: { readonly memory: ReadonlySet<string>; readonly disks: ReadonlySet<string> },
): void {
  const { name, image, user, mounts, gate, check, restart } = container
  const fail = (text: string): never => {
    throw new RuntimeError('container.invalid', `${name}: ${text}`)
  }
  for (const variable of Object.keys(container.environment))
    if (!VARIABLE.test(variable))
      fail(`${JSON.stringify(variable.slice(0, 80))} is no variable here`)
  const plain = mounts.map(({ target, readOnly }) => ({ target, readOnly, source: '/' }))
  checkContainer({ ...container, mounts: plain, image: ANY_LAYOUT })
  if (!IMAGE.test(image)) fail('the image is not named by registry, repository and digest')
  const [, uid, gid] = USER.exec(user) ?? []
  if (uid === undefined || Number(uid) > MAX_ID || Number(gid) > MAX_ID)
    fail('the user is no pair of numbers above 0')
  for (const mount of mounts) {
    if (mount.target.includes(':')) fail(`${mount.target}: a colon is no place for a mount`)
    if ('memory' in mount) {
      if (!known.memory.has(mount.memory)) fail(`the pod has no memory volume ${mount.memory}`)
      if (mount.file !== undefined && !FILE.test(mount.file)) fail(`${mount.file} is no file name`)
    } else if ('volume' in mount) {
      if (!known.disks.has(mount.volume)) fail(`the pod has no volume ${mount.volume}`)
    } else if (!('text' in mount)) fail('folders of the host cannot be mounted in a cluster')
  }
  if (gate === 'healthy' && check === undefined) fail('nothing says when it is healthy')
  if (gate === 'completed' && restart === 'always')
    fail('a container that never ends completes nothing')
  if (gate === 'completed' && check !== undefined) fail('what shall end has no check')
  if (gate !== undefined && gate !== 'completed' && restart !== 'always')
    fail('what others wait for while it runs is always restarted here')
  if (check === undefined) return
  const { program, intervalMs, timeoutMs, failures } = check
  if (program.length < 1 || program.length > MAX_CHECK_WORDS) fail('its check names no program')
  for (const value of [intervalMs, timeoutMs, failures])
    if (!Number.isSafeInteger(value) || value < 1) fail('its check has no whole numbers')
}
