// The images together: the devnet's container runs a network, and console, dsecret node and worker join it as containers. None of them is root
// or has a network but the devnet's own loopback. Starts containers, writes files.
import {
  besideDevnet,
  endsInTime,
  readOnly,
  sharedFolder,
  stateFolder,
  untilHealthy,
  type RunningNetwork,
  type Stage,
} from './containers.ts'
import type { ImageName } from './image-checks.ts'
import { checkDsecret, checkWorker } from './joining-checks.ts'
import { must } from './report.ts'

/** What the built-in sandbox needs that Docker's defaults keep from containers: namespaces of its own, a whole /proc. No capability. */
const sandboxRights = ['seccomp=unconfined', 'apparmor=unconfined', 'systempaths=unconfined']
const devnetOptions = [
  ...['--network', 'none', ...readOnly],
  ...sandboxRights.flatMap((option) => ['--security-opt', option]),
]
const onceMs = 900_000

type Once = {
  readonly ok: boolean
  readonly durationMs: number
  readonly steps: readonly { readonly name: string; readonly ok: boolean }[]
}

/** `--once` in a container of its own: the whole road, checked step by step. */
export async function checkOnce({ docker, report, tagOf, folder }: Stage): Promise<void> {
  await report.check('devnet', 'passes --once without root and without a network', async () => {
    const state = ['-v', `${stateFolder(folder, 'once')}:/var/lib/wetee`]
    const { code, stdout, stderr } = await docker(
      ['run', '--rm', ...devnetOptions, ...state, tagOf('devnet'), '--once', '--json'],
      { mayFail: true, timeoutMs: onceMs },
    )
    const { ok, steps, durationMs } = JSON.parse(stdout) as Once
    const failed = steps.find((step) => !step.ok)
    must(code === 0 && ok, `${failed?.name ?? 'it failed'}: ${stderr.slice(-1_000)}`)
    return `${steps.length} steps in ${Math.round(durationMs / 1_000)} s`
  })
}

/** A network that stays, with the other images in it. */
export async function checkNetwork(stage: Stage): Promise<void> {
  const { docker, report, tagOf, folder } = stage
  const state = stateFolder(folder, 'network')
  const started: ImageName[] = []
  const start = async (
    name: ImageName,
    options: readonly string[],
    args: readonly string[] = [],
  ) => {
    started.push(name)
    await docker(['run', '-d', '--name', name, ...readOnly, ...options, tagOf(name), ...args])
    return untilHealthy(docker, name)
  }
  try {
    const isUp = await report.check('devnet', 'brings a network up, and is healthy', () =>
      start(
        'devnet',
        [...devnetOptions, ...sharedFolder(state)],
        ['--state', `${state}/.wetee/devnet`],
      ),
    )
    // Without it there is nothing to join.
    if (!isUp) return
    const network: RunningNetwork = { ...stage, state, start }
    await checkConsole(network)
    await checkDsecret(network)
    await checkWorker(network)
    for (const name of started.toReversed())
      await report.check(name, 'ends at SIGTERM', () => endsInTime(docker, name))
  } finally {
    for (const name of started) await docker(['rm', '-f', '-v', name], { mayFail: true })
  }
}

const askConsole = `
const page = await fetch('http://127.0.0.1:8080/')
const profile = await fetch('http://127.0.0.1:8080/network.json')
const { chainId } = await profile.json()
const policy = page.headers.get('content-security-policy')
console.log(JSON.stringify({ policy, text: await page.text(), chainId }))`

async function checkConsole({ docker, report, state, start }: RunningNetwork): Promise<void> {
  const profile = `${state}/.wetee/devnet/network.json:/etc/wetee/network.json:ro`
  await report.check('console', 'serves, and is healthy', () =>
    start('console', [...besideDevnet, '-v', profile]),
  )
  await report.check('console', 'pages come with their policy and the network', async () => {
    const ask = ['exec', 'devnet', 'node', '--input-type=module', '-e', askConsole]
    const { stdout } = await docker(ask)
    type Answer = { readonly policy: string; readonly text: string; readonly chainId: number }
    const { policy, text, chainId } = JSON.parse(stdout) as Answer
    must(policy.startsWith("default-src 'none'; script-src 'self'"), `its policy is ${policy}`)
    must(text.includes('src="./assets/'), 'that is no page of the console')
    return `chain ${chainId}`
  })
}
