// `wetee worker`: the group of commands for those who run workers.
import { Command } from 'commander'
import { workerRole } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import type { ExitCode } from '../../error.ts'
import { withExample } from '../../options.ts'
import { stakeCommand } from '../stake/stake.ts'
import { stakeWithdrawCommand } from '../stake/withdraw.ts'
import { unstakeCommand } from '../stake/unstake.ts'
import { workerDoctorCommand } from './doctor.ts'
import { workerDrainCommand } from './drain.ts'
import { workerListCommand } from './list.ts'
import { workerNoticeCommand } from './notice.ts'
import { workerPriceCommand } from './price.ts'
import { workerRegisterCommand } from './register.ts'
import { workerShowCommand } from './show.ts'
import { workerShutdownCommand } from './shutdown.ts'
import { workerUpdateCommand } from './update.ts'

export function workerCommand(context: Context, finish: (code: ExitCode) => void): Command {
  const command = new Command('worker')
    .description('Run workers: register, stake, price, drain, shut down')
    .addCommand(workerListCommand(context))
    .addCommand(workerShowCommand(context))
    .addCommand(workerRegisterCommand(context))
    .addCommand(workerUpdateCommand(context))
    .addCommand(workerPriceCommand(context))
    .addCommand(workerDoctorCommand(context, finish))
    .addCommand(workerDrainCommand(context))
    .addCommand(workerNoticeCommand(context))
    .addCommand(workerShutdownCommand(context))
    .addCommand(stakeCommand(context, workerRole))
    .addCommand(unstakeCommand(context, workerRole))
    .addCommand(stakeWithdrawCommand(context, workerRole))
  return withExample(command, 'wetee worker list', 'wetee worker show 3')
}
