// Starts the simulated TEE platform of this machine's devnet: one chip for each machine of the network.
import { existsSync } from 'node:fs'
import { waitFor } from '@wetee/daemon'
import type { Children } from './children.ts'
import { nodeNames, type NodeName } from './accounts.ts'
import type { DevnetState, Ports } from './state.ts'

/**
 * Machines of the devnet; each is a simulated chip with a host socket of its own. The second worker's is of another vendor than all
 * others, so that a migration goes from TDX to SEV-SNP.
 */
export type Machine = 'worker' | 'worker-2' | NodeName

/** Which platform a machine simulates. */
export const teeOf = (machine: Machine): 'tdx' | 'sev-snp' =>
  machine === 'worker-2' ? 'sev-snp' : 'tdx'

/** Files of the vendors' roots. */
export const rootFiles = (state: DevnetState): readonly string[] =>
  ['intel', 'amd'].map((vendor) => state.path('platform', `${vendor}-root.pem`))

/** Host socket of a machine's simulated TEE. */
export const hostSocket = (state: DevnetState, machine: Machine): string =>
  state.path('platform', `${machine}.sock`)

/** Starts the platform and waits until every socket and the root certificate are there. */
export async function startPlatformProcess(network: {
  state: DevnetState
  children: Children
  ports: Ports
  signal: AbortSignal
}): Promise<{ machines: number }> {
  const { state, children, ports, signal } = network
  const machines: Machine[] = ['worker', 'worker-2', ...nodeNames(ports.dsecret.length)]
  const config = state.write('platform/config.json', {
    stateDir: state.path('platform'),
    vendorDir: state.path('platform'),
    machines: machines.map((name) => ({
      name,
      socket: hostSocket(state, name),
      tee: teeOf(name),
    })),
  })
  const main = new URL('platform/main.ts', import.meta.url).pathname
  children.start('platform', process.execPath, [main, '--config', config])
  await waitFor(
    () => {
      if (!children.isRunning('platform'))
        throw new Error('the TEE platform stopped: see logs/platform.log')
      return Promise.resolve(
        rootFiles(state).every((file) => existsSync(file)) &&
          machines.every((machine) => existsSync(hostSocket(state, machine))),
      )
    },
    { signal, timeoutMs: 90_000, everyMs: 50, what: 'the TEE platform' },
  )
  return { machines: machines.length }
}
