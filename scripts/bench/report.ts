// How measuring commands answer: a line or an entry of a JSON array per figure, exit 2 for wrong usage. Prints.
import { round, type Measured } from './measure.ts'

/** Prints the figures: JSON for programs, else a line each that leads with the ratio. */
export function printMeasured(measured: readonly Measured[], json: boolean): void {
  if (json) console.log(JSON.stringify(measured, null, 2))
  else for (const one of measured) console.log(lineOf(one))
}

/** One line of a figure. */
export function lineOf({ name, value, unit, reference, ratio, target, ok }: Measured): string {
  const verdict = ok ? 'ok' : 'MISSED'
  return `${name}: ${ratio} x ${reference.name} (${value} ${unit} to ${reference.value} ${unit}; target at most ${round(target)}): ${verdict}`
}

/** Says what is wrong with the arguments and ends the process. */
export function fail(problem: string, usage: string): never {
  console.error(`${problem}\n${usage}`)
  process.exit(2)
}
