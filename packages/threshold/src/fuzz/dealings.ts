// Fuzz targets of registrations, dealings, complaints and reveals: both back ends judge the same, and nothing
// changed passes a check. No I/O.
import { complain, judgeComplaint } from '../dkg/complaint.ts'
import { checkDealing, deal } from '../dkg/dealing.ts'
import { checkRegistration, register } from '../dkg/registration.ts'
import { checkReveal, reveal } from '../dkg/reveal.ts'
import { ThresholdError } from '../error.ts'
import type { Group } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { dealWrong, layout, plus } from '../testing/adversary.ts'
import { people, seeded, sessionOf } from '../testing/ceremony.ts'

const native = openNativeGroup()
const who = people(native, 3, 'fuzz')
const session = sessionOf(native, who, 2)
const secret = native.randomSecret(seeded('fuzz secret'))
const right = deal(native, session, 1, secret, seeded('fuzz'))
const wrong = dealWrong(native, session, 1, secret, 'fuzz', new Map([[2, plus(1n)]]))
const dealing = checkDealing(native, session, 1, wrong)
const complaint = complain(native, session, dealing, 2, who.keys[1]!, seeded('fuzz complaint'))
const shown = reveal(native, session, dealing, 0, secret, seeded('fuzz reveal'))
const place = {
  chainId: 420_420_421,
  contract: new Uint8Array(20).fill(7),
  epoch: 1,
  blockHash: new Uint8Array(32).fill(9),
}
const registered = register(native, place, who.members[0]!, who.keys[0]!, seeded('fuzz key'))
const at = layout(session)
/** What the proofs of a dealing speak of: A_0 and its proof, E and its proof. */
const PROVEN = [
  [0, at.commitment(1)],
  [at.possession, at.share(1)],
] as const

/** Targets by name; only ThresholdError may escape one. */
export const dealingTargets: Record<string, (input: Uint8Array) => void> = {
  'threshold-registration': (input) => {
    agreed((group) => checkRegistration(group, place, who.members[0]!, input))
    if (!startsWith(input, registered)) throw new Error('changed bytes were accepted')
  },
  'threshold-dealing': (input) => {
    agreed((group) => {
      const { commitments, encryptedShares } = checkDealing(group, session, 1, input)
      return [commitments, encryptedShares]
    })
    if (PROVEN.some(([from, to]) => !startsWith(input.subarray(from), right.subarray(from, to))))
      throw new Error('changed bytes were accepted')
  },
  'threshold-complaint': (input) => {
    const given = { dealer: 1, complainer: 2, bytes: input }
    const verdict = agreed((group) => judgeComplaint(group, session, wrong, given))
    if (verdict === 'dealer' && !startsWith(input, complaint))
      throw new Error('a changed complaint put the dealer out')
  },
  'threshold-reveal': (input) => {
    agreed((group) => checkReveal(group, session, dealing, 0, input))
    if (!startsWith(input, shown)) throw new Error('changed bytes were accepted')
  },
}

/** Valid inputs by target, for mutation. */
export const dealingSeeds: Record<string, readonly Uint8Array[]> = {
  'threshold-registration': [registered],
  'threshold-dealing': [right, wrong],
  'threshold-complaint': [complaint],
  'threshold-reveal': [shown],
}

/** What both back ends give; where both refuse, the error of the first. */
function agreed<T>(run: (group: Group) => T): T {
  const [one, other] = [native, nobleGroup].map((group) => {
    try {
      return { value: run(group) }
    } catch (error) {
      if (error instanceof ThresholdError) return { error }
      throw error
    }
  })
  const said = (result: typeof one) =>
    JSON.stringify(result?.error?.code ?? result?.value, (_, part: unknown) =>
      part instanceof Uint8Array ? [...part] : part,
    )
  if (said(one) !== said(other)) throw new Error('the back ends differ')
  if (one?.error) throw one.error
  return one?.value as T
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return start.every((byte, i) => bytes[i] === byte)
}
