// Policies as JSON text. Pure.
import { AttestationError } from '../error.ts'
import { parseJson } from '../json.ts'
import { policyProblem } from './policy-fields.ts'
import type { Policy } from './policy.ts'

/** Longest policy, characters. */
export const MAX_POLICY_CHARACTERS = 262_144

/**
 * The policy that a JSON text holds: the fields of `Policy` by their names, none unknown, none
 * empty, zero or absent. Throws AttestationError `policy.malformed`, which names the field.
 */
export function parsePolicy(text: string): Policy {
  if (text.length > MAX_POLICY_CHARACTERS)
    throw new AttestationError(
      'policy.malformed',
      `policy: more than ${MAX_POLICY_CHARACTERS} characters`,
    )
  const value = parseJson(text, 'policy.malformed')
  const problem = policyProblem(value)
  if (problem !== undefined) throw new AttestationError('policy.malformed', problem)
  return value as Policy
}
