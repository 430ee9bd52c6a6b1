// The worker's part of transactions of application 1, in a process that a test can kill: network profile, state folder and socket as arguments.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openChain, parseNetworkProfile, TransactionQueue } from '@wetee/chain'
import { createMetrics, openStore } from '@wetee/daemon'
import { openForwards, relayChain } from '@wetee/worker/forwards'
import { startRelay } from '@wetee/worker/relay'
import { anvilAccount } from './local-anvil.ts'

const [networkFile = '', stateDir = '', socketPath = ''] = process.argv.slice(2)
const { signal } = new AbortController()
const say = (level: string) => (fields: object, message: string) =>
  console.log(level, message, JSON.stringify(fields))
const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
const chain = openChain(parseNetworkProfile(readFileSync(networkFile, 'utf8')), { signal })
const account = anvilAccount(1)
const outbox = openStore(join(stateDir, 'chain.db'))
const queue = new TransactionQueue({ pollMs: 200 }, { chain, account, outbox })
const head = () => chain.finalized()
const forwards = openForwards({
  ...{ network: { chain, queue, account }, head, stateDir, pollMs: 100 },
  ...{ metrics: createMetrics('worker'), log, signal },
})
await startRelay({
  socketPath,
  actions: {
    ...{ head, collateral: () => Promise.resolve({}), isListed: () => false },
    chain: relayChain(forwards, 1n),
  },
  log,
})
process.send?.('ready')
await forwards.run()
