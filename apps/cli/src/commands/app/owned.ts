// What commands share that ask the agents of an application. Writes warnings.
import type { OwnerOptions } from '@wetee/sdk'
import type { LogKeys, SealedProblem } from '@wetee/sdk/node'
import type { Context } from '../../context.ts'
import { readText } from '../../file.ts'
import { wholeNumber } from '../../options.ts'
import { clean, paint } from '../../output/print.ts'

/** Which replica, until when, and who hears of agents that do not answer. */
export function ownerOptions(
  context: Context,
  { replica }: { readonly replica?: string },
): OwnerOptions {
  return {
    signal: context.signal,
    ...(replica === undefined ? {} : { replica: wholeNumber('--replica', replica, 0, 65_535) }),
    onProblem: (instance, error) => {
      const where = `version ${instance.version}, replica ${instance.replica}`
      const text = paint(context, 'yellow', clean(`${where}: ${error.message} (${error.code})`))
      context.stderr.write(`${text}\n`)
    },
  }
}

/** The keys of a file that `wetee logs key` has made. */
export function readKeyOption(context: Context, file: string): Promise<LogKeys> {
  return context.sdk.readLogKey(readText(context, file, 'a log key', 4_096))
}

/** Says on stderr what is missing or does not fit. */
export function sayProblem(context: Context): (problem: SealedProblem) => void {
  return ({ instanceKey, text }) => {
    const of = instanceKey === undefined ? '' : `instance ${instanceKey}: `
    context.stderr.write(`${paint(context, 'yellow', clean(`${of}${text}`))}\n`)
  }
}
