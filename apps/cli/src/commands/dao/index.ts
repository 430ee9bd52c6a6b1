// `wetee dao`: the group of commands of the network's governance.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { withExample } from '../../options.ts'
import { daoCancelCommand } from './cancel.ts'
import { daoDelegateCommand } from './delegate.ts'
import { daoExecuteCommand } from './execute.ts'
import { daoListCommand } from './list.ts'
import { daoMembersCommand } from './members.ts'
import { daoProposeCommand } from './propose.ts'
import { daoQueueCommand } from './queue.ts'
import { daoShowCommand } from './show.ts'
import { daoTreasuryCommand } from './treasury.ts'
import { daoVoteCommand } from './vote.ts'

export function daoCommand(context: Context): Command {
  const command = new Command('dao')
    .description('Govern the network: propose, vote, execute, treasury, members')
    .addCommand(daoListCommand(context))
    .addCommand(daoShowCommand(context))
    .addCommand(daoProposeCommand(context))
    .addCommand(daoVoteCommand(context))
    .addCommand(daoQueueCommand(context))
    .addCommand(daoExecuteCommand(context))
    .addCommand(daoCancelCommand(context))
    .addCommand(daoDelegateCommand(context))
    .addCommand(daoTreasuryCommand(context))
    .addCommand(daoMembersCommand(context))
  return withExample(command, 'wetee dao list --open', 'wetee dao show 4711')
}
