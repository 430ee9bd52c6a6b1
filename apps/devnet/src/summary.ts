// The table that `npm start` ends with. Pure.
import type { Application } from './application.ts'
import type { Network } from './network.ts'
import { workerNames, workerUrl } from './workers.ts'

/** What runs, where, and what to try next. */
export function summary(network: Network, application: Application, startedAt: number): string {
  const { contracts } = network.profile
  const rows: [string, string][] = [
    ['web console', network.consoleUrl ?? 'not served'],
    ['application', `${application.name}, id ${application.appId}`],
    ['  URL', `${application.url}  (self-signed: curl -k)`],
    ['  by name', application.nameUrl],
    ['  evidence', `${application.url}/.well-known/wetee/evidence`],
    ['chain', `${network.rpcUrl}  (chain id ${network.profile.chainId}, local)`],
    ['contracts', `Subnet ${contracts.subnet}`],
    ['', `Quorum ${contracts.quorum}`],
    ['', `Cloud  ${contracts.cloud}`],
    ['DAO', `Governor ${contracts.governor}, fast track ${contracts.fastGovernor}`],
    ['', `Treasury ${contracts.timelock} (timelock)`],
    ['', `Token ${contracts.token}, all held by the developer's account`],
    ...workerNames
      .filter((name) => network.children.isRunning(name))
      .map((name): [string, string] => [
        name,
        `${workerUrl(network, name)}  (${network.engine ?? 'unknown'})`,
      ]),
    ['dsecret', nodeUrls(network).join('  ')],
    ['state', network.state.folder],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const seconds = Math.round((performance.now() - startedAt) / 100) / 10
  return [
    '',
    `Ready after ${seconds} s. TEEs and their vendor are SIMULATED here: nothing is confidential.`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ...network.warnings.map((warning, index) => `${index === 0 ? '\n' : ''}  ! ${warning}`),
    '',
    'Try in a second terminal:',
    `  curl -k ${application.url}`,
    `  curl -k -X PUT ${application.url}/note    (it writes to contract ${network.notebook})`,
    `  npx wetee verify ${application.name}`,
    `  npx wetee show ${application.name}`,
    `  npx wetee logs ${application.name} -f`,
    `  npx wetee secret list ${application.name}`,
    '  npx wetee dsecret epoch',
    '  npx wetee deploy examples/hello/compose.yaml --name second --wait',
    '  npm run example -- price-oracle',
    '',
    'Ctrl-C stops everything; npm start goes on where it stopped; npm start -- --reset starts over.',
    '',
  ].join('\n')
}

/** Of the nodes that run. */
function nodeUrls({ ports, children }: Network): readonly string[] {
  const runs = (_port: number, index: number) => children.isRunning(`dsecret-${index + 1}`)
  return ports.dsecret.filter(runs).map((port) => `https://127.0.0.1:${port}`)
}
