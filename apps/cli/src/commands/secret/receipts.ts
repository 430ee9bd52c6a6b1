// `wetee secret receipts [APP]`: who was given what, as every node has written it down; exit 1 when a node contradicts itself.
import { Command } from 'commander'
import {
  auditReceipts,
  formatTime,
  resolveApp,
  type AuditedReceipt,
  type NodeReceipts,
  type ReceiptAudit,
  type ReceiptOptions,
  type ReceiptState,
} from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { exitCodes, type ExitCode } from '../../error.ts'
import { readText } from '../../file.ts'
import { openFor, wholeNumber, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, paint, printJson, printLine, table } from '../../output/print.ts'

type Options = SharedOptions & {
  readonly name?: string
  readonly known?: string
  readonly limit?: string
  readonly first?: string
}

/** Bytes of an earlier result at most. */
const maxKnownBytes = 67_108_864
const maxLimit = 262_144
const maxNumber = 999_999_999_999_999

export function secretReceiptsCommand(context: Context, finish: (code: ExitCode) => void): Command {
  const command = new Command('receipts')
    .description('Show to whom the nodes released secrets, and check what they say')
    .argument('[app]', 'id or name: what it was given, and who was given its secrets; else all')
    .option('--name <secret>', 'releases with a secret of this name alone')
    .option('--known <file>', 'an earlier result (--json): nodes may not contradict it')
    .option('--limit <numbers>', 'receipts of each node that are read; default the newest 8192')
    .option('--first <number>', 'read from this number on instead')
    .action(async (app: string | undefined, options: Options) => {
      finish(await run(context, app, options))
    })
  return withExample(
    withShared(command),
    'wetee secret receipts hello',
    'wetee secret receipts hello --name db_password --json > receipts.json',
    'wetee secret receipts hello --known receipts.json',
  )
}

async function run(context: Context, app: string | undefined, options: Options): Promise<ExitCode> {
  const asked = readOptions(context, options)
  const network = await openFor(context, options, false)
  const appId = app === undefined ? undefined : await resolveApp(network, app)
  const audit = await auditReceipts(network, {
    ...asked,
    ...(appId === undefined ? {} : { appId }),
    signal: context.signal,
  })
  if (options.json === true) printJson(context, { appId, name: options.name, ...audit })
  else print(context, audit)
  return audit.ok ? exitCodes.ok : exitCodes.failedCheck
}

function readOptions(context: Context, { name, known, limit, first }: Options): ReceiptOptions {
  return {
    ...(name === undefined ? {} : { name }),
    ...(known === undefined
      ? {}
      : { known: readText(context, known, 'an earlier result', maxKnownBytes) }),
    ...(limit === undefined ? {} : { limit: wholeNumber('--limit', limit, 1, maxLimit) }),
    ...(first === undefined ? {} : { first: BigInt(wholeNumber('--first', first, 1, maxNumber)) }),
  }
}

const words: Readonly<Record<ReceiptState, string>> = {
  posted: 'in a posted root',
  pending: 'not posted yet',
  contradicted: 'CONTRADICTED by the posted root',
  unsigned: 'NOT SIGNED by the node',
  unchecked: 'not checked: its root is out of reach',
}

function print(context: Context, { receipts, nodes, block }: ReceiptAudit): void {
  if (receipts.length === 0) printLine(context, 'No receipts of this among those that were read.')
  else
    for (const line of table(['TIME', 'NODE', 'NO', 'READER', 'RELEASED', 'STATE'], rows(receipts)))
      printLine(context, oneLine(line))
  printLine(context)
  for (const node of nodes) printNode(context, node)
  const answered = nodes.filter((node) => node.answered).length
  printLine(
    context,
    `${answered} of ${nodes.length} nodes answered; keys and roots as of block ${block.number}.`,
  )
}

function rows(receipts: readonly AuditedReceipt[]): string[][] {
  return receipts.map(({ nodeId, receipt, state }) => [
    formatTime(BigInt(receipt.at)),
    String(nodeId),
    receipt.number,
    `app ${receipt.appId} v${receipt.version} replica ${receipt.replica} (${receipt.instanceKey.slice(0, 10)})`,
    receipt.items.map(describeItem).join(', '),
    words[state],
  ])
}

function describeItem(item: AuditedReceipt['receipt']['items'][number]): string {
  return item.kind === 'secret'
    ? `${item.appId}/${item.name} v${item.version}`
    : `key ${JSON.stringify(item.path)}`
}

function printNode(context: Context, node: NodeReceipts): void {
  const { nodeId, answered, problem, first, last, newest, posted, pinned, faults } = node
  const why = problem === undefined ? '' : oneLine(`${problem.message} (${problem.code})`)
  if (!answered) {
    printLine(context, `${paintMark(context, 'away')} node ${nodeId} is not shown: ${why}`)
    return
  }
  const read = last < first ? 'nothing to read' : `read ${first} to ${last} of ${newest}`
  const channel = pinned ? '' : '; its TLS key was not seen, its signatures were'
  const mark = paintMark(context, faults.length === 0 ? 'ok' : 'fault')
  printLine(context, `${mark} node ${nodeId}: ${read}, roots up to ${posted}${channel}`)
  if (why !== '') printLine(context, `  the rest is not shown: ${why}`)
  for (const { text, code } of faults)
    printLine(context, `  ${paint(context, 'red', `${text} (${code})`)}`)
}

/** What a node says cannot begin a line of its own. */
const oneLine = (text: string): string => clean(text.replace(/[\n\t]/g, ' '))

function paintMark(context: Context, what: 'ok' | 'fault' | 'away'): string {
  if (what === 'ok') return paint(context, 'green', '✔')
  return what === 'away' ? paint(context, 'yellow', '-') : paint(context, 'red', '✘')
}
