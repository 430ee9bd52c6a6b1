// Who was found out in a session, from what its board says. Pure.
import type { Board, BoardMember } from './board.ts'
import type { Findings } from './findings.ts'
import type { SessionFault } from './state.ts'

/** In the order of the protocol; the same for every node that reads the same board. */
export function faultsOf(
  board: Board,
  { place, dealings, verdicts, parts }: Findings,
): SessionFault[] {
  const dealer = (index: number) => seat('dealers', board.dealers, index)
  const member = (index: number) => seat('members', board.members, index)
  const keyless = [...board.registrations.keys()]
    .filter((index) => place.session.members[index - 1]?.encryptionKey === undefined)
    .sort((a, b) => a - b)
    .map((index) => ({ ...member(index), code: 'registration.invalid' as const }))
  const refused = (dealings?.refused() ?? []).map((index) => ({
    ...dealer(index),
    code: 'dealing.invalid' as const,
  }))
  // A dealing that does not count is told once, not once for each who complained of it; nor is one that is missing.
  const judged = verdicts.all().flatMap((remark): SessionFault[] => {
    if (remark.verdict === 'complainer')
      return [{ ...member(remark.member), code: 'complaint.false', dealer: remark.dealer }]
    if (dealings?.dealing(remark.dealer) === undefined) return []
    return [{ ...dealer(remark.dealer), code: 'share.wrong' }]
  })
  const shown = (parts?.wrong() ?? []).map((wrong): SessionFault =>
    wrong.member === 0
      ? { ...dealer(wrong.dealer), code: 'reveal.invalid' }
      : { ...member(wrong.member), code: 'recovery.invalid', dealer: wrong.dealer },
  )
  return [...keyless, ...refused, ...judged, ...shown]
}

function seat(
  committee: SessionFault['committee'],
  seats: readonly BoardMember[],
  index: number,
): Pick<SessionFault, 'committee' | 'index' | 'nodeId'> {
  return { committee, index, nodeId: seats[index - 1]?.nodeId ?? 0n }
}
