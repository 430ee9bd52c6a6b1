// `npm run test:walletconnect [-- VERSION]`: the console with a wallet on another device, by WalletConnect's packages, which are fetched for
// it and never part of the product. Starts npm and tests, writes to a folder below the temporary one.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { providerVersion } from '@wetee/console/walletconnect'
import { run } from './run.ts'

const NAME = '@walletconnect/ethereum-provider'
const FETCH_TIMEOUT_MS = 300_000

const [version = providerVersion] = process.argv.slice(2)
const folder = join(tmpdir(), 'wetee-walletconnect', version)
try {
  await fetchPackages()
  console.log(`${NAME} ${version} in ${folder}`)
  const env = { WETEE_WALLETCONNECT: folder }
  process.exitCode = (await run('vitest', ['run', '--project', 'walletconnect'], { env })).code
} catch (error) {
  const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  console.log(`SKIPPED: WalletConnect is not tested: ${NAME} ${version} was not fetched: ${why}`)
}

/** Once for each version; whatever is there by halves is fetched again. */
async function fetchPackages(): Promise<void> {
  const done = join(folder, 'fetched')
  if (existsSync(done)) return
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--save-exact']
  const args = ['install', ...quiet, `${NAME}@${version}`]
  await promisify(execFile)('npm', args, { cwd: folder, timeout: FETCH_TIMEOUT_MS })
  writeFileSync(done, '')
}
