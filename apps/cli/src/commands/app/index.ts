// `wetee app`: the group of commands that change a running application.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { withExample } from '../../options.ts'
import { appBudgetCommand } from './budget.ts'
import { appCapCommand } from './cap.ts'
import { appConfigureCommand } from './configure.ts'
import { appDeployKeyCommand } from './deploy-key.ts'
import { appDropCommand } from './drop.ts'
import { appEventsCommand } from './events.ts'
import { appExceptionsCommand } from './exceptions.ts'
import { appExecCommand } from './exec.ts'
import { appFreezeCommand } from './freeze.ts'
import { appGuardianCommand } from './guardian.ts'
import { appMigrateCommand } from './migrate.ts'
import { appPauseCommand } from './pause.ts'
import { appResumeCommand } from './resume.ts'
import { appRecordBuildCommand } from './record-build.ts'
import { appRestoreCommand } from './restore.ts'
import { appScaleCommand } from './scale.ts'
import { appSnapshotCommand } from './snapshot.ts'
import { appTransferCommand } from './transfer.ts'
import { appUpdateCommand } from './update.ts'
import { appViewersCommand } from './viewers.ts'

export function appCommand(context: Context, finish: (code: number) => void): Command {
  const command = new Command('app')
    .description(
      'Look into a running application, and change it: update, scale, migrate, pause, rules',
    )
    .addCommand(appEventsCommand(context))
    .addCommand(appExceptionsCommand(context))
    .addCommand(appExecCommand(context, finish))
    .addCommand(appViewersCommand(context, finish))
    .addCommand(appSnapshotCommand(context))
    .addCommand(appRecordBuildCommand(context))
    .addCommand(appRestoreCommand(context))
    .addCommand(appUpdateCommand(context))
    .addCommand(appConfigureCommand(context))
    .addCommand(appScaleCommand(context))
    .addCommand(appMigrateCommand(context))
    .addCommand(appPauseCommand(context))
    .addCommand(appResumeCommand(context))
    .addCommand(appFreezeCommand(context))
    .addCommand(appDropCommand(context))
    .addCommand(appGuardianCommand(context))
    .addCommand(appCapCommand(context))
    .addCommand(appBudgetCommand(context))
    .addCommand(appDeployKeyCommand(context))
    .addCommand(appTransferCommand(context))
  return withExample(command, 'wetee app scale hello 3', 'wetee app update hello compose.yaml')
}
