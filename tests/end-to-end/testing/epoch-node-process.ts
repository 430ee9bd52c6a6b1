// One node of the epochs as a process of its own: `node epoch-node-process.ts OPTIONS.json`. Ends with SIGTERM.
import { readFileSync } from 'node:fs'
import { runDaemon } from '@wetee/daemon'
import { runEpochNode, type EpochNodeOptions } from '@wetee/dsecret/testing'

const options = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as EpochNodeOptions
await runDaemon({
  name: 'dsecret',
  logLevel: 'debug',
  main: (context) => runEpochNode(options, context),
})
