// `wetee dao show ID`: a proposal with its calls in words.
import { Command } from 'commander'
import { formatTime, showProposal, talliesOf, type ProposalDetails } from '@wetee/sdk'
import { parseProposal } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, facts, printJson, printLine } from '../../output/print.ts'

export function daoShowCommand(context: Context): Command {
  const command = new Command('show')
    .description('Show a proposal: what it would do, votes, what comes next')
    .argument('<proposal>', 'its number')
    .action((proposal: string, options: SharedOptions) => run(context, proposal, options))
  return withExample(withShared(command), 'wetee dao show 4711')
}

async function run(context: Context, text: string, options: SharedOptions): Promise<void> {
  const proposalId = parseProposal(text)
  const network = await openFor(context, options, false)
  const proposal = await showProposal(network, proposalId)
  if (options.json === true) return printJson(context, proposal)
  for (const line of facts(describe(proposal))) printLine(context, clean(line))
  const [, ...body] = proposal.description.split('\n')
  for (const line of body) printLine(context, clean(line))
}

function describe(proposal: ProposalDetails): [string, string][] {
  return [
    ['Proposal', String(proposal.proposalId)],
    ['Title', proposal.title],
    ['State', `${proposal.state}, ${proposal.track} track`],
    ['By', proposal.proposer],
    ['Votes as of', formatTime(proposal.snapshot)],
    ...talliesOf(proposal),
    ...(proposal.eta === undefined
      ? []
      : [['Executable', formatTime(proposal.eta)] as [string, string]]),
    ...proposal.calls.map(({ text }, index): [string, string] => [`Call ${index + 1}`, text]),
  ]
}
