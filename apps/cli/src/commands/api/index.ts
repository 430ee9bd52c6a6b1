// `wetee api`: the group of commands about what contracts can call of an application.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { withExample } from '../../options.ts'
import { apiListCommand } from './list.ts'

export function apiCommand(context: Context): Command {
  const command = new Command('api')
    .description('What contracts can call of an application')
    .addCommand(apiListCommand(context))
  return withExample(command, 'wetee api list oracle')
}
