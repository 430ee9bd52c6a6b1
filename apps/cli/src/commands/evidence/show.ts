// `wetee evidence show`: what a file says, field by field. Verifies nothing, and says so.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { withExample } from '../../options.ts'
import { clean, paint, printJson, printLine } from '../../output/print.ts'
import { decodeEvidence, maxFileBytes, readFileBytes } from './evidence-file.ts'
import { describeBytes } from './fields/describe.ts'
import { describeCertificate, describeDocument, describeEndorsements } from './fields/document.ts'
import { describeCcel, describeDstackLog } from './fields/event-log.ts'
import type { Description, Field } from './fields/field.ts'
import { breakText } from './lines.ts'

export function evidenceShowCommand(context: Context): Command {
  const command = new Command('show')
    .description('Explain a quote, report, document, log or certificate, without verifying it')
    .argument('<file>', 'the file; hex, base64 and PEM are read too')
    .option('--json', 'one JSON document on stdout')
    .action((file: string, options: { json?: boolean }) => run(context, file, options))
  return withExample(command, 'wetee evidence show quote.bin', 'wetee evidence show evidence.json')
}

const note = 'Nothing here has been verified: these are the claims of the file, not facts.'

function run(context: Context, file: string, options: { json?: boolean }): void {
  const found = describeFile(readFileBytes(context, file, 'the evidence'))
  if (found === undefined)
    throw new CliError(
      'file.unknown',
      `${file} is no quote, report, evidence document, event log, collateral or certificate known here`,
    )
  const sections = found.sections.filter(({ fields }) => fields.length > 0)
  const description = { ...found, sections }
  if (options.json === true) return printJson(context, { verified: false, note, ...description })
  printLine(context, paint(context, 'yellow', note))
  for (const line of breakText(`It looks like: ${clean(description.what)}`, lineWidth))
    printLine(context, line)
  for (const { title, fields } of sections) {
    printLine(context)
    printLine(context, paint(context, 'bold', clean(title)))
    for (const line of fieldLines(fields)) printLine(context, clean(line))
  }
}

function describeFile(bytes: Uint8Array): Description | undefined {
  if (bytes.length > maxFileBytes) return undefined
  const file = decodeEvidence(bytes)
  if (file.kind === 'document') return describeDocument(file.text)
  const found = describeBytes(file.bytes)
  if (file.kind === 'dstack') {
    const log = file.eventLog === undefined ? undefined : describeDstackLog(file.eventLog)
    const sections = [...(found?.sections ?? []), ...(log?.sections ?? [])]
    return { what: `answer of a dstack guest with a ${found?.what ?? 'quote'}`, sections }
  }
  return found ?? describeText(bytes) ?? describeCertificate(bytes) ?? describeCcel(bytes)
}

function describeText(bytes: Uint8Array): Description | undefined {
  const text = new TextDecoder().decode(bytes).trim()
  if (text.startsWith('[')) return describeDstackLog(text)
  if (!text.startsWith('{')) return undefined
  try {
    return describeEndorsements(JSON.parse(text) as object)
  } catch {
    return undefined
  }
}

const lineWidth = 80

/** Offset, name, and the meaning beside it; hex beside it too where it is short, else below. */
function fieldLines(fields: readonly Field[]): string[] {
  const hasOffsets = fields.some(({ offset }) => offset !== undefined)
  const label = Math.max(...fields.map(({ name }) => name.length), 12)
  const start = 2 + (hasOffsets ? 8 : 0) + label + 2
  const room = Math.max(32, lineWidth - start)
  return fields.flatMap(({ offset, name, hex, meaning }) => {
    const place = offset === undefined ? '' : `0x${offset.toString(16).padStart(4, '0')}`
    const head = `  ${hasOffsets ? place.padEnd(8) : ''}${name.padEnd(label)}  `
    const beside = [hex !== undefined && hex.length <= 16 ? hex : undefined, meaning]
    const short = beside.filter(Boolean).join('  ')
    const long = hex !== undefined && hex.length > 16 ? hexLines(hex, room) : []
    const body = [...(short === '' ? [] : breakText(short, room)), ...long]
    return (body.length === 0 ? [''] : body).map((text, index) =>
      `${index === 0 ? head : ' '.repeat(start)}${text}`.trimEnd(),
    )
  })
}

function hexLines(hex: string, room: number): string[] {
  if (/^0+$/.test(hex)) return [`zero, ${hex.length / 2} bytes`]
  return breakText(hex, room)
}
