// `wetee dsecret`: the group of commands for those who run dsecret nodes.
import { Command } from 'commander'
import { dsecretRole } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { withExample } from '../../options.ts'
import { stakeCommand } from '../stake/stake.ts'
import { stakeWithdrawCommand } from '../stake/withdraw.ts'
import { unstakeCommand } from '../stake/unstake.ts'
import { dsecretAlertsCommand } from './alerts.ts'
import {
  dsecretCommitteeCommand,
  dsecretEndKeyCommand,
  dsecretEpochCommand,
  dsecretRefreshCommand,
  dsecretRotateCommand,
} from './epoch.ts'
import { dsecretKeysCommand } from './keys.ts'
import { dsecretListCommand } from './list.ts'
import { dsecretRegisterCommand } from './register.ts'
import { dsecretReportCommand } from './report.ts'
import { dsecretShowCommand } from './show.ts'
import { dsecretTerminateCommand } from './terminate.ts'

export function dsecretCommand(context: Context): Command {
  const command = new Command('dsecret')
    .description('Run dsecret nodes: register, stake, leave')
    .addCommand(dsecretListCommand(context))
    .addCommand(dsecretShowCommand(context))
    .addCommand(dsecretRegisterCommand(context))
    .addCommand(dsecretKeysCommand(context))
    .addCommand(dsecretTerminateCommand(context))
    .addCommand(dsecretEpochCommand(context))
    .addCommand(dsecretRefreshCommand(context))
    .addCommand(dsecretCommitteeCommand(context))
    .addCommand(dsecretRotateCommand(context))
    .addCommand(dsecretEndKeyCommand(context))
    .addCommand(dsecretAlertsCommand(context))
    .addCommand(dsecretReportCommand(context))
    .addCommand(stakeCommand(context, dsecretRole))
    .addCommand(unstakeCommand(context, dsecretRole))
    .addCommand(stakeWithdrawCommand(context, dsecretRole))
  return withExample(command, 'wetee dsecret list', 'wetee dsecret show 2')
}
