// `wetee app configure APP`: set environment references, update strategy and alerts; no new version.
import { Command } from 'commander'
import { planConfigure } from '@wetee/sdk'
import { readText } from '../../file.ts'
import type { Context } from '../../context.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from './run-app.ts'

/** Spaces included; the contract takes 16,384 canonical bytes. */
const maxConfigurationBytes = 65_536

type Options = SigningOptions & { readonly allowCredentials?: boolean }

export function appConfigureCommand(context: Context): Command {
  const command = new Command('configure')
    .description('Set environment references, update strategy and alerts; no new version')
    .argument('<app>', 'id or name')
    .argument('<file>', 'JSON object, public for ever; - for stdin')
    .option('--allow-credentials', 'publish values that look like credentials')
    .action((app: string, file: string, options: Options) => {
      const json = readText(context, file, 'a JSON file', maxConfigurationBytes)
      const allowCredentials = options.allowCredentials === true
      return runApp(context, app, options, (network, appId) =>
        planConfigure(network, appId, json, { allowCredentials }),
      )
    })
  return withExample(withSigning(command), 'wetee app configure hello settings.json')
}
