// Threshold cryptography over secp256k1. Pure; secrets are handled by the back end of `./native`.
export { THRESHOLD_ERROR_CODES, ThresholdError, type ThresholdErrorCode } from './error.ts'
export {
  ORDER,
  POINT_BYTES,
  SCALAR_BYTES,
  type Group,
  type Point,
  type PublicScalar,
  type RandomBytes,
  type SecretScalar,
} from './group/group.ts'
export { nobleGroup } from './group/noble-group.ts'
export { lagrangeAtZero } from './group/scalar.ts'
export { keyBase, proofBase } from './group/bases.ts'
export {
  CIPHERTEXT_OVERHEAD_BYTES,
  MAX_CIPHERTEXT_BYTES,
  MAX_PLAINTEXT_BYTES,
  parseCiphertext,
  type Ciphertext,
} from './encryption/ciphertext.ts'
export { checkCiphertext, ciphertextDigest, type CheckedCiphertext } from './encryption/check.ts'
export { encrypt, type Encryption } from './encryption/encrypt.ts'
export { MAX_LABEL_BYTES, secretLabel, type SecretLabel } from './encryption/label.ts'
export type { Holder, ReleaseRequest } from './release/batch.ts'
export type { Reply } from './release/candidates.ts'
export { combine, type Combined } from './release/combine.ts'
export { checkPublicShares, type Committee } from './release/committee.ts'
export { checkRelease, releaseShares, type Member } from './release/release.ts'
export { releaseQuestionDigest, type ReleaseQuestion } from './release/question.ts'
export {
  judgeReply,
  MAX_JUDGED_ITEMS,
  type Accused,
  type JudgedReply,
  type Judgement,
  type ReleaseHints,
} from './release/judgement.ts'
export { releaseDigest, type SignedReleases } from './release/reply-digest.ts'
export { MAX_ITEMS, parseRelease, type Release, type ReleaseKind } from './release/wire.ts'
export {
  checkDerivedRelease,
  combineDerived,
  derivedPoint,
  releaseDerivedShares,
  type DerivedKeyName,
  type DerivedKeys,
} from './derived/derived-key.ts'
export {
  MAX_MEMBERS,
  memberRoot,
  openSession,
  sessionId,
  type SessionMember,
  type Session,
  type SessionName,
} from './dkg/session.ts'
export {
  checkRegistration,
  register,
  registeredMembers,
  REGISTRATION_BYTES,
  type Registrant,
  type RegistrationPlace,
} from './dkg/registration.ts'
export {
  checkDealing,
  checkMemberDealing,
  deal,
  dealingBytes,
  dealingDigest,
  parseDealing,
  type Dealing,
} from './dkg/dealing.ts'
export { badShares, openShare, verifyShare, type DealtShare } from './dkg/share.ts'
export {
  complain,
  judgeComplaint,
  qualified,
  type CheckDealing,
  type Complaint,
  type Verdict,
} from './dkg/complaint.ts'
export { checkReveal, reveal, revealedConstant } from './dkg/reveal.ts'
export {
  confirmationDigest,
  networkKey,
  ownShare,
  publicShareRoot,
  type Contribution,
  type NetworkKey,
} from './dkg/network-key.ts'
export { checkResharing, resharedKey, resharedShare } from './resharing/resharing.ts'
export { digestOf, frame, unsigned } from './transcript/transcript.ts'
