// `wetee api`: the group of commands about what contracts can call of an application.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { withExample } from '../../options.ts'
import { apiAddCommand } from './add.ts'
import { apiCallersCommand } from './callers.ts'
import { apiClientCommand } from './client.ts'
import { apiImportCommand } from './import.ts'
import { apiListCommand } from './list.ts'
import { apiPauseCommand } from './pause.ts'
import { apiRemoveCommand } from './remove.ts'
import { apiSyncCommand } from './sync.ts'
import { apiUpdateCommand } from './update.ts'

export function apiCommand(context: Context): Command {
  const command = new Command('api')
    .description('What contracts can call of an application')
    .addCommand(apiListCommand(context))
    .addCommand(apiSyncCommand(context))
    .addCommand(apiAddCommand(context))
    .addCommand(apiUpdateCommand(context))
    .addCommand(apiRemoveCommand(context))
    .addCommand(apiCallersCommand(context))
    .addCommand(apiPauseCommand(context, 'pause'))
    .addCommand(apiPauseCommand(context, 'resume'))
    .addCommand(apiImportCommand(context))
    .addCommand(apiClientCommand(context))
  return withExample(command, 'wetee api list oracle', 'wetee api sync oracle compose.yaml')
}
