// What a node says next in a session, and the state that it is in, from what it found out. Pure.
import type { Group, Point, SecretScalar } from '@wetee/threshold'
import type { Board, SessionMessage } from './board.ts'
import type { Findings } from './findings.ts'
import type { OwnMessages } from './own-messages.ts'
import { sameBytes, type OwnSecrets } from './place.ts'
import type { SessionState, SessionTrouble } from './state.ts'

/** State, messages that are not on the board yet, and the secret of a key that has to be kept before there are more. */
export type Said = {
  readonly state: SessionState
  readonly trouble?: SessionTrouble
  readonly messages: readonly SessionMessage[]
  readonly keep?: SecretScalar
}

/** What is needed to say something. */
export type Speaker = {
  readonly group: Group
  readonly own: OwnSecrets
  readonly made: OwnMessages
}

/** What to say to a board that was read, once registering is over. */
export function say(board: Board, findings: Findings, speaker: Speaker): Said {
  const { member, dealer, trouble } = findings.place
  const standing = trouble && { trouble }
  if (member === undefined && dealer === undefined) return quiet('not-a-member', trouble)
  switch (board.phase) {
    case 'deal':
      return { ...standing, ...sayDealing(board, findings, speaker) }
    case 'complain':
      if (member === undefined) return quiet('dealt', trouble)
      if (findings.dealings === undefined) return quiet('waiting')
      return sayComplaints(board, findings, member, speaker)
    default:
      if (member === undefined)
        return quiet(board.phase === 'confirmed' ? 'confirmed' : 'dealt', trouble)
      if (findings.dealings === undefined) return quiet('waiting')
      return sayParts(board, findings, member, speaker)
  }
}

function sayDealing(board: Board, { place, oldKey }: Findings, speaker: Speaker): Said {
  const { dealer, member, resharing } = place
  if (dealer === undefined) return quiet('waiting')
  if (board.dealings.has(dealer)) return quiet(member === undefined ? 'dealt' : 'waiting')
  const { made } = speaker
  const dealing = (body: Uint8Array): Said => ({
    state: 'dealing',
    messages: [{ kind: 'deal', sender: dealer, subject: 0, body }],
  })
  if (!resharing) return dealing(made.deal(dealer))
  if (oldKey === undefined) return quiet('waiting')
  const share = oldShare(oldKey.publicShares[dealer - 1], speaker)
  if (share === undefined) return quiet('waiting', 'old-share.missing')
  return dealing(made.handOn(dealer, share))
}

/** The own share of the old epoch, where it is the one that the old key has of this dealer. */
function oldShare(expected: Point | undefined, { group, own }: Speaker): SecretScalar | undefined {
  const { previousShare } = own
  if (previousShare === undefined || expected === undefined) return undefined
  return sameBytes(group.multiplyBase(previousShare), expected) ? previousShare : undefined
}

function sayComplaints(
  { complaints }: Board,
  { dealings }: Findings,
  member: number,
  { made }: Speaker,
): Said {
  const said = new Set(complaints.flatMap((one) => (one.member === member ? [one.dealer] : [])))
  const messages = (dealings?.wrongShares() ?? []).flatMap((dealer): SessionMessage[] => {
    const dealing = dealings?.dealing(dealer)
    if (dealing === undefined || said.has(dealer)) return []
    const body = made.complain(dealing, member)
    return [{ kind: 'complain', sender: member, subject: dealer, body }]
  })
  return { state: 'checking', messages }
}

function sayParts(board: Board, findings: Findings, member: number, speaker: Speaker): Said {
  const { result, outcome } = findings
  if (findings.contradicts(board)) return quiet('without-share', 'transcript.differs')
  if (result === 'none') return quiet('failed', troubleOf(findings))
  if (outcome === 'none') return quiet('without-share', 'share.wrong')
  if (board.phase === 'confirmed') return quiet(outcome === undefined ? 'waiting' : 'confirmed')
  if (result !== undefined) return quiet('confirming')
  return board.phase === 'reveal'
    ? sayReveal(board, findings, speaker)
    : sayRecoveries(board, findings, member, speaker)
}

function sayReveal({ reveals }: Board, findings: Findings, { made }: Speaker): Said {
  const { dealer } = findings.place
  const own = findings.qualified?.find((dealing) => dealing.dealer === dealer)
  if (own === undefined || reveals.has(own.dealer)) return quiet('revealing')
  const body = made.reveal(own)
  if (body === undefined) return quiet('revealing', 'dealing.not-own')
  const message = { kind: 'reveal', sender: own.dealer, subject: 0, body } as const
  return { state: 'revealing', messages: [message] }
}

function sayRecoveries(
  { recoveries }: Board,
  { parts, dealings }: Findings,
  member: number,
  { made }: Speaker,
): Said {
  const said = new Set(recoveries.flatMap((one) => (one.member === member ? [one.dealer] : [])))
  const messages = (parts?.missing() ?? []).flatMap((dealing): SessionMessage[] => {
    const share = dealings?.share(dealing.dealer)
    if (share === undefined || said.has(dealing.dealer)) return []
    const body = made.recover(dealing, member, share)
    return [{ kind: 'recover', sender: member, subject: dealing.dealer, body }]
  })
  return { state: 'recovering', messages }
}

/** Why nothing can come of it. */
function troubleOf({ qualified, place, oldKey }: Findings): SessionTrouble {
  const needed = oldKey?.threshold ?? place.session.threshold
  return (qualified?.length ?? 0) < needed ? 'dealers.too-few' : 'recoveries.too-few'
}

function quiet(state: SessionState, trouble?: SessionTrouble): Said {
  return { state, messages: [], ...(trouble && { trouble }) }
}
