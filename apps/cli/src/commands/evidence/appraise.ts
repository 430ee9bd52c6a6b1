// `wetee evidence appraise`: whether evidence in files is authentic, and what a policy says of it.
import { Command } from 'commander'
import {
  AttestationError,
  FLAG_TEXTS,
  offlinePolicy,
  parsePolicy,
  strictPolicy,
  type ClaimFlag,
  type Policy,
} from '@wetee/attestation'
import type { Context } from '../../context.ts'
import { CliError, exitCodes, type ExitCode } from '../../error.ts'
import { readText } from '../../file.ts'
import { withExample } from '../../options.ts'
import { clean, paint, printJson, printLine } from '../../output/print.ts'
import {
  parseInstant,
  readAppraiseInput,
  readTrustStore,
  type AppraiseInput,
  type AppraiseOptions,
} from './appraise-input.ts'
import { appraiseInput, invalidResult, type AppraiseResult } from './appraise-result.ts'
import { breakText, labelled } from './lines.ts'

const maxPolicyBytes = 262_144

export function evidenceAppraiseCommand(
  context: Context,
  finish: (code: ExitCode) => void,
): Command {
  const command = new Command('appraise')
    .description('Judge evidence in files: authentic or not, and what a policy says of it')
    .option('--evidence <file>', 'quote, report, Nitro document or evidence document')
    .option('--collateral <file>', 'JSON as `fetch` writes it; Intel: the nine fields of PCS')
    .option('--leaf <file>', 'AMD: VCEK or VLEK certificate, DER or PEM')
    .option('--ask <file>', 'AMD: the certificate that issued it')
    .option('--crl <file>', 'AMD: revocation list of the root')
    .option('--event-log <file>', 'TDX: CCEL or dstack log, replayed before it is believed')
    .option(
      '--root <file>',
      'root certificate to trust, may repeat; else the pinned ones of the vendors',
      (file: string, files: readonly string[] = []) => [...files, file],
    )
    .option('--at <time>', 'the instant to judge by, ISO 8601; else now')
    .option('--policy <file>', 'policy as JSON, or the word strict; else what evidence alone shows')
    .option('--json', 'one JSON document on stdout')
    .action(async (options: AppraiseOptions) => finish(await run(context, options)))
  return withExample(
    command,
    'wetee evidence appraise --evidence quote.bin --collateral collateral.json',
    'wetee evidence appraise --evidence report.bin --leaf vcek.der --ask ask.der --crl crl.der',
    'wetee evidence appraise --evidence evidence.json --at 2026-06-01 --policy strict --json',
  )
}

async function run(context: Context, options: AppraiseOptions): Promise<ExitCode> {
  const atMs = parseInstant(options.at, Date.now())
  const { policy, name: policyName } = readPolicy(context, options.policy)
  const facts = { platform: null, policy: policyName, atMs }
  let input: AppraiseInput | undefined
  let result: AppraiseResult
  try {
    input = readAppraiseInput(context, options)
    const trustStore = readTrustStore(context, options.root, input.platform)
    result = await appraiseInput(input, { trustStore, atMs, policy, policyName })
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    result = invalidResult(error, facts)
  }
  if (options.json === true) printJson(context, result)
  else print(context, options, result)
  const refused = options.policy !== undefined && result.strictPolicy === 'reject'
  return result.verdict === 'valid' && !refused ? exitCodes.ok : exitCodes.failedCheck
}

/** The policy of a file, the strict one, or the one for files chosen by hand. */
function readPolicy(
  context: Context,
  given: string | undefined,
): { readonly policy: Policy; readonly name: string } {
  if (given === undefined) return { policy: offlinePolicy(), name: 'offline' }
  if (given === 'strict') return { policy: strictPolicy(), name: 'strict' }
  try {
    const policy = parsePolicy(readText(context, given, 'a policy', maxPolicyBytes))
    return { policy, name: given }
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    throw new CliError('file.policy', `${given} is not a policy: ${error.message}`, {
      cause: error,
    })
  }
}

const platformNames: Readonly<Record<string, string>> = {
  tdx: 'TDX guest',
  sgx: 'SGX enclave',
  'sev-snp': 'SEV-SNP guest',
  nitro: 'AWS Nitro enclave',
}

function print(context: Context, options: AppraiseOptions, result: AppraiseResult): void {
  const line = (text = '') => printLine(context, text)
  if (result.simulated === true)
    line(
      paint(
        context,
        'banner',
        ' SIMULATED: no hardware vendor stands behind this root, it proves nothing ',
      ),
    )
  const name = platformNames[result.platform ?? ''] ?? 'evidence'
  if (result.verdict === 'invalid') {
    const why = breakText(`${name}: ${clean(result.message ?? '')}`, 69)
    for (const [index, part] of why.entries())
      line(`${index === 0 ? paint(context, 'red', '✘ invalid') : ' '.repeat(9)}  ${part}`)
    line(`  code ${result.code}, judged at ${result.at}`)
    return printAdvice(context, result)
  }
  line(`${paint(context, 'green', '✔ valid')}  ${name}, authentic at ${result.at}`)
  line()
  for (const text of labelled(factsOf(result))) line(text)
  line()
  line(paint(context, 'bold', 'Measurements'))
  for (const text of labelled([
    ...Object.entries(result.measurements ?? {}),
    ['report data', result.reportData === '' ? 'none' : (result.reportData ?? '')],
  ]))
    line(text)
  printEventLog(context, result)
  line()
  printPolicy(context, options, result)
  printAdvice(context, result)
}

function factsOf(result: AppraiseResult): [string, string | number][] {
  const root = `${clean(result.trustRoot ?? '')}${result.simulated === true ? ' (no vendor)' : ''}`
  const flags = (result.flags ?? []).map((flag) => `${flag}: ${FLAG_TEXTS[flag as ClaimFlag]}`)
  const intel: [string, string][] =
    result.tcbStatus === null
      ? []
      : [
          ['TCB status', `${result.tcbStatus}, level of ${(result.tcbDate ?? '').slice(0, 10)}`],
          ['advisories', (result.advisoryIds ?? []).join(', ') || 'none'],
        ]
  return [
    ['root', root],
    ...intel,
    ['flags', flags.join('; ') || 'none'],
    ...Object.entries(result.details ?? {}).map(
      ([label, value]) => [spaced(label), value] as [string, string | number],
    ),
  ]
}

/** `evaluationNumber` as `evaluation number`; names of the vendors in capitals. */
function spaced(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.replace(/\b(?:tcb|ppid|fmspc|vmpl|svn)\b/g, (word) => word.toUpperCase())
}

function printEventLog(context: Context, { eventLog }: AppraiseResult): void {
  if (eventLog === null) return
  printLine(context)
  printLine(context, paint(context, 'bold', 'Event log'))
  printLine(context, `  ${eventLog.format}: ${eventLog.events} events replay to RTMR0 to 3`)
  for (const text of labelled(
    eventLog.named.map(({ event, payload }) => [clean(event), payloadText(payload)]),
  ))
    printLine(context, text)
}

/** Text where the payload is text that fits a line, else its hex. */
function payloadText(hex: string): string {
  const text = Buffer.from(hex, 'hex').toString('latin1')
  if (text === '') return '(empty)'
  return /^[\x20-\x7e]{1,56}$/.test(text) ? `"${text}"` : hex
}

function printPolicy(context: Context, options: AppraiseOptions, result: AppraiseResult): void {
  const about =
    options.policy === undefined
      ? 'Policy: offline (status and flags; not age, minimum TCB, lists or roots)'
      : `Policy: ${clean(options.policy)}`
  printLine(context, about)
  if (result.strictPolicy === 'accept')
    return printLine(context, `  ${paint(context, 'green', '✔ accept')}`)
  const why = breakText(`${clean(result.message ?? '')} (${result.policyCode})`, 68)
  for (const [index, part] of why.entries())
    printLine(
      context,
      `  ${index === 0 ? paint(context, 'red', '✘ reject') : ' '.repeat(8)}  ${part}`,
    )
}

function printAdvice(context: Context, { advice, at }: AppraiseResult): void {
  if (advice === null) return
  printLine(context)
  printLine(context, paint(context, 'bold', 'What the platform is short of'))
  for (const text of advice.short) printItem(context, text)
  if (advice.short.length === 0) printItem(context, 'no security version: see the steps')
  if (advice.steps.length > 0) printLine(context, paint(context, 'bold', 'What to do'))
  for (const text of advice.steps) printItem(context, text)
  if (advice.toleratedUntil !== null)
    printLine(
      context,
      Date.parse(advice.toleratedUntil) < Date.parse(at)
        ? `The policy tolerated this until ${advice.toleratedUntil}; that is over.`
        : `The policy tolerates this until ${advice.toleratedUntil}.`,
    )
}

function printItem(context: Context, text: string): void {
  for (const [index, part] of breakText(clean(text), 76).entries())
    printLine(context, `${index === 0 ? '  - ' : '    '}${part}`)
}
