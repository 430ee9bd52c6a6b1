// A fourth dsecret node and a second worker join the devnet's network as containers, as docs/operate has it. Starts containers, writes files.
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { nodeConfigDigest } from '@wetee/attestation'
import type { Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import {
  besideDevnet,
  readOnly,
  sharedFolder,
  stateFolder,
  untilLogged,
  writeDocument,
  type RunningNetwork,
} from './containers.ts'
import { confined } from './image-checks.ts'
import { must } from './report.ts'

const deployMs = 400_000
const inside = '/var/lib/wetee/.wetee/devnet'

/** The folder of the devnet, here. */
const devnetOf = ({ state }: RunningNetwork): string => join(state, '.wetee/devnet')

/** Runs a line of the wetee command in the devnet's container. */
const wetee = ({ docker }: RunningNetwork, line: string) =>
  docker(['exec', 'devnet', 'wetee', ...line.split(' ')], { timeoutMs: deployMs })

function addressOf(network: RunningNetwork, role: string): string {
  const key = readFileSync(join(devnetOf(network), 'keys', `${role}.key`), 'utf8')
  return privateKeyToAccount(key.trim() as Hex).address
}

/** What Node prints for an expression in a container of an image. */
async function print(
  { docker, tagOf, state }: RunningNetwork,
  name: 'dsecret' | 'worker',
  expression: string,
) {
  const mount = ['-v', `${state}:/var/lib/wetee:ro`, '--entrypoint', 'node']
  const { stdout } = await docker(['run', ...confined, ...mount, tagOf(name), '-p', expression])
  return stdout.trim()
}

/** The node is the program that the network knows, makes its keys, is registered, and proves its machine. */
export async function checkDsecret(network: RunningNetwork): Promise<void> {
  const { docker, report, state, tagOf, start } = network
  await report.check('dsecret', 'is the program that the network knows', async () => {
    const hash = (path: string) =>
      `require('crypto').hash('sha256', require('fs').readFileSync('${path}'))`
    const own = await print(network, 'dsecret', hash('/opt/wetee/dsecret.js'))
    const known = await print(network, 'dsecret', hash(`${inside}/bin/dsecret.js`))
    must(own === known, `its program is ${own}, the network knows ${known}`)
    return own.slice(0, 16)
  })
  const file = join(state, 'dsecret.json')
  const mounts = [
    ...[...sharedFolder(state), '-v', `${file}:/etc/wetee/dsecret.json:ro`],
    ...['-v', `${stateFolder(state, 'dsecret-state')}:/var/lib/dsecret`, ...besideDevnet],
  ]
  await report.check('dsecret', 'joins, proves its machine, and is healthy', async () => {
    writeDocument(file, nodeConfiguration(network, await launch(network, `0x${'00'.repeat(32)}`)))
    const image = ['run', '--rm', ...readOnly, ...mounts, tagOf('dsecret')]
    const config = ['--config', '/etc/wetee/dsecret.json']
    const { stdout: keys } = await docker([...image, ...config, '--print-identity'])
    writeDocument(join(state, 'keys.json'), JSON.parse(keys) as object)
    const operator = addressOf(network, 'dsecret-4')
    await wetee(
      network,
      `dsecret register --yes --operator ${operator} --keys keys.json --endpoint https://127.0.0.1:7714`,
    )
    const profile = readFileSync(join(devnetOf(network), 'network.json'), 'utf8')
    const { chainId, contracts } = JSON.parse(profile) as Profile
    const named = {
      chainId: BigInt(chainId),
      subnet: contracts.subnet,
      role: 2,
      nodeId: 4n,
    } as const
    const socket = await launch(network, nodeConfigDigest(named))
    writeDocument(file, { ...nodeConfiguration(network, socket), nodeId: '4' })
    const healthy = await start('dsecret', mounts)
    await untilLogged(docker, 'dsecret', 'machine proven')
    return healthy
  })
  await report.check('dsecret', 'prints its configuration', async () => {
    const config = ['config', 'print', '--config', '/etc/wetee/dsecret.json']
    const { stdout } = await docker(['exec', 'dsecret', 'node', '/opt/wetee/dsecret.js', ...config])
    must(stdout.includes('7714'), `it printed ${stdout}`)
    return ''
  })
}

type Profile = { readonly chainId: string; readonly contracts: { readonly subnet: Hex } }

const nodeConfiguration = (network: RunningNetwork, guestSocket: string) => ({
  networkFile: `${inside}/network.json`,
  stateDir: '/var/lib/dsecret',
  listen: { port: 7714 },
  platform: {
    guestSocket,
    collateralSocket: `${inside}/platform/dsecret-4.sock`,
    allowSimulated: true,
  },
  operator: { privateKeyFile: `${inside}/keys/dsecret-4.key` },
  owner: addressOf(network, 'developer'),
})

/** Launches the program on the machine that no node has yet; returns the socket of its TEE. */
function launch(network: RunningNetwork, configuration: string): Promise<string> {
  const socketPath = join(devnetOf(network), 'platform/dsecret-4.sock')
  const files = ['dsecret.js', 'secp256k1.node'].map((name) => `${inside}/bin/${name}`)
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path: '/v1/launch', method: 'POST' }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        if (response.statusCode === 200) resolve((JSON.parse(text) as { socket: string }).socket)
        else reject(new Error(`the launch was answered with ${response.statusCode}: ${text}`))
      })
    })
    sent.on('error', reject)
    sent.end(JSON.stringify({ files, configuration }))
  })
}

/** The worker proves its machine and runs an application; its agent is healthy. */
export async function checkWorker(network: RunningNetwork): Promise<void> {
  const { docker, report, state, start, socketPath } = network
  const own = stateFolder(state, 'worker-state')
  const index = '/opt/wetee/agent-image/index.json'
  const digest = await print(
    network,
    'worker',
    `JSON.parse(require('fs').readFileSync('${index}')).manifests[0].digest`,
  )
  await report.check('worker', 'brings along the agent that the network knows', () => {
    const known = readFileSync(join(devnetOf(network), 'images/agent/index.json'), 'utf8')
    must(known.includes(digest), `${digest} is not in ${known}`)
    return Promise.resolve(digest.slice(0, 23))
  })
  const file = join(state, 'worker.json')
  writeDocument(file, workerConfiguration({ digest, stateDir: own, socketPath }))
  const mounts = [
    ...[...sharedFolder(state), '-v', `${file}:/etc/wetee/worker.json:ro`],
    ...['-v', `${socketPath}:${socketPath}`],
    // The group of the engine's socket.
    ...['--group-add', '0', ...besideDevnet],
  ]
  await report.check(
    'worker',
    'joins without root, proves its machine, and is healthy',
    async () => {
      const operator = addressOf(network, 'worker-2-operator')
      await wetee(
        network,
        `worker register --yes --operator ${operator} --endpoint http://127.0.0.1:7790 --cpus 2 --memory 4GiB --disk 20GiB --per-cpu 0.1 --per-memory 0.02 --per-disk 0.0005 --tee sev-snp --stake 5`,
      )
      const healthy = await start('worker', mounts)
      await untilLogged(docker, 'worker', 'machine proven')
      return healthy
    },
  )
  await report.check('worker', 'prints its configuration', async () => {
    const config = ['config', 'print', '--config', '/etc/wetee/worker.json']
    const program = '/opt/wetee/apps/worker/src/main.ts'
    const { stdout } = await docker(['exec', 'worker', 'node', program, ...config])
    must(stdout.includes('7790'), `it printed ${stdout}`)
    return ''
  })
  await report.check('worker', 'runs an application that is attested and verified', async () => {
    await wetee(
      network,
      'deploy /opt/wetee/examples/hello/compose.yaml --name second --worker 2 --yes --wait',
    )
    await wetee(network, 'verify second')
    return ''
  })
  await report.check('agent', 'answers its health check in that application', async () => {
    const filter = ['--filter', 'label=io.wetee.container=wetee-agent']
    const { stdout } = await docker(['ps', '--format', '{{.Names}}', ...filter])
    const [name = ''] = stdout.trim().split('\n')
    must(name !== '', 'no agent runs')
    const script = readFileSync(join(import.meta.dirname, '../../deploy/health.mjs'), 'utf8')
    const node = ['/usr/local/bin/node', '--input-type=module', '-e', script, 'agent']
    await docker(['exec', name, ...node])
    return name
  })
  await wetee(network, 'terminate second --yes').catch(() => undefined)
}

const workerConfiguration = ({
  digest,
  stateDir,
  socketPath,
}: {
  readonly digest: string
  readonly stateDir: string
  readonly socketPath: string
}) => ({
  networkFile: `${inside}/network.json`,
  operator: { privateKeyFile: `${inside}/keys/worker-2-operator.key` },
  stateDir,
  runtime: { kind: 'docker', socketPath },
  platform: { simulatedSocket: `${inside}/platform/worker-2.sock`, allowSimulated: true },
  // The simulated machine reads it too, by the same path: the devnet's, whose digest is that of the image's own.
  agentImage: { layout: `${inside}/images/agent`, digest },
  api: { port: 7790 },
  ingress: { portRange: [7950, 7999] },
  registries: [{ host: '127.0.0.1:5780', insecure: true }],
})
