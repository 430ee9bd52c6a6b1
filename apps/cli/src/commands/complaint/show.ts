// `wetee complaint show ID`: a complaint with evidence, answer and decision.
import { Command } from 'commander'
import { formatDot, formatTime, showComplaint, type ComplaintDetails } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, facts, printJson, printLine } from '../../output/print.ts'

export function complaintShowCommand(context: Context): Command {
  const command = new Command('show')
    .description('Show a complaint: evidence, answer, decision')
    .argument('<complaint>', 'its number')
    .action((complaint: string, options: SharedOptions) => run(context, complaint, options))
  return withExample(withShared(command), 'wetee complaint show 5')
}

async function run(context: Context, text: string, options: SharedOptions): Promise<void> {
  const complaintId = parseId('complaint', text)
  const network = await openFor(context, options, false)
  const complaint = await showComplaint(network, complaintId)
  if (options.json === true) return printJson(context, complaint)
  for (const line of facts(describe(complaint))) printLine(context, clean(line))
}

function describe(one: ComplaintDetails): [string, string][] {
  const answer =
    one.answeredAt === 0n
      ? 'none yet'
      : `${formatTime(one.answeredAt)}: ${one.answerDigest} at ${one.answerUri ?? 'no address'}`
  const decision: [string, string][] =
    one.slashedWei === undefined
      ? []
      : [
          [
            'Slashed',
            `${formatDot(one.slashedWei)}, ${formatDot(one.lossWei ?? 0n)} of it to the complainant`,
          ],
        ]
  return [
    ['Complaint', `${one.complaintId}, ${one.status}`],
    ['About', `worker ${one.workerId}, application ${one.appId} version ${one.version}`],
    ['By', one.complainant],
    ['Filed', formatTime(one.filedAt)],
    ['Decided by', formatTime(one.decideBy)],
    ['Claimed', `${formatDot(one.claimedWei)}, ${formatDot(one.lockedWei)} of the stake locked`],
    ['Bond', formatDot(one.bondWei)],
    ['Evidence', `${one.evidenceDigest} at ${one.evidenceUri ?? 'no address'}`],
    ['Answer', answer],
    ...decision,
  ]
}
