// `wetee secret list APP`: its secrets with their versions and readers; no value is known here.
import { Command } from 'commander'
import { describeReader, formatTime, listSecrets, resolveApp } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, printJson, printLine, table } from '../../output/print.ts'

export function secretListCommand(context: Context): Command {
  const command = new Command('list')
    .description('List the secrets of an application: versions, digests, readers')
    .argument('<app>', 'id or name')
    .action((app: string, options: SharedOptions) => run(context, app, options))
  return withExample(withShared(command), 'wetee secret list hello')
}

async function run(context: Context, app: string, options: SharedOptions): Promise<void> {
  const network = await openFor(context, options, false)
  const appId = await resolveApp(network, app)
  const secrets = await listSecrets(network, appId)
  if (options.json === true) return printJson(context, { appId, secrets })
  if (secrets.length === 0)
    return printLine(context, `No secrets. \`wetee secret set ${clean(app)} NAME\` makes one.`)
  const rows = secrets.map(({ name, current, latest, readers, keyEndsAt }) => [
    clean(name),
    `${current.version} of ${latest}`,
    keyEndsAt === undefined ? String(current.key) : `${current.key} (older)`,
    formatTime(current.setAt),
    `${current.ciphertextDigest.slice(0, 18)}...`,
    readers.length === 0 ? 'none' : String(readers.length),
  ])
  for (const line of table(['NAME', 'VERSION', 'KEY', 'SET', 'CIPHERTEXT', 'OTHER READERS'], rows))
    printLine(context, line)
  for (const { name, keyEndsAt } of secrets)
    if (keyEndsAt !== undefined)
      printLine(
        context,
        `  ${clean(name)} is sealed to an older key of the network, which ${keyEndsAt === 0n ? 'has ended' : `ends ${formatTime(keyEndsAt)}`}: set it anew, then deploy anew`,
      )
  for (const { name, readers } of secrets)
    for (const reader of readers)
      printLine(context, `  ${clean(name)} is also read by ${describeReader(reader)}`)
}
