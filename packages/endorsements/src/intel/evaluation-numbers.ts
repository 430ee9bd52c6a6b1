// The list of TCB evaluation data numbers that Intel keeps up. Verifies nothing. Pure.
import type { Fields } from '../cache/entry.ts'
import { EndorsementError } from '../error.ts'

/** One set of TCB evaluation data. */
export type EvaluationNumber = {
  readonly number: number
  /** ISO 8601, as Intel wrote it. */
  readonly recoveryEventDate: string
  /** ISO 8601, as Intel wrote it. */
  readonly tcbDate: string
}

/** The list, newest first as a rule, with what proves it: the signed text, signature, chain. */
export type EvaluationNumbers = {
  readonly numbers: readonly EvaluationNumber[]
  readonly text: string
  /** r||s, hex. */
  readonly signature: string
  /** PEM: signer, root. */
  readonly issuerChain: string
}

const MAX_NUMBERS = 64

/** Reads the list. Throws EndorsementError `answer.malformed`. */
export function readEvaluationNumbers(fields: Fields): EvaluationNumbers {
  const { text = '', signature = '', chain = '' } = fields
  const list = (JSON.parse(text) as { tcbEvalNumbers?: unknown }).tcbEvalNumbers
  if (!Array.isArray(list) || list.length > MAX_NUMBERS)
    throw malformed(`expected at most ${MAX_NUMBERS} tcbEvalNumbers`)
  return { numbers: list.map(readNumber), text, signature, issuerChain: chain }
}

function readNumber(value: unknown): EvaluationNumber {
  if (typeof value !== 'object' || value === null) throw malformed('expected an object')
  const given = value as Record<string, unknown>
  const number = given['tcbEvaluationDataNumber']
  const recoveryEventDate = given['tcbRecoveryEventDate']
  const tcbDate = given['tcbDate']
  if (typeof number !== 'number' || !Number.isSafeInteger(number) || number < 0)
    throw malformed('expected a number')
  if (typeof recoveryEventDate !== 'string' || typeof tcbDate !== 'string')
    throw malformed('expected dates')
  return { number, recoveryEventDate, tcbDate }
}

function malformed(message: string): EndorsementError {
  return new EndorsementError('answer.malformed', `evaluation numbers: ${message}`)
}
