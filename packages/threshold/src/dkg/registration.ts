// A member's key for one session alone, with the proof that the member has its secret. Pure.
import { ThresholdError } from '../error.ts'
import {
  POINT_BYTES,
  type Group,
  type Point,
  type RandomBytes,
  type SecretScalar,
} from '../group/group.ts'
import { encodeProof, parseProof, PROOF_BYTES } from '../proof/proof.ts'
import { proveSchnorr, verifySchnorr } from '../proof/schnorr.ts'
import { frame, unsigned } from '../transcript/transcript.ts'
import { indexBytes, type SessionMember, type SessionName } from './session.ts'

/** The key and its proof. */
export const REGISTRATION_BYTES = POINT_BYTES + PROOF_BYTES

/** The session that a key is for: known before anybody has registered. */
export type RegistrationPlace = Pick<SessionName, 'chainId' | 'contract' | 'epoch' | 'blockHash'>

/** Who registers. */
export type Registrant = Pick<SessionMember, 'index' | 'account'>

/**
 * What a member says to register the key of `secret`, 97 bytes. The secret is made for this session and no other, and is filled
 * with zeros when the session is over: whoever takes the machine later cannot open what was dealt to it.
 */
export function register(
  group: Group,
  place: RegistrationPlace,
  who: Registrant,
  secret: SecretScalar,
  random: RandomBytes,
): Uint8Array {
  const statement = statementOf(group, place, who, group.multiplyBase(secret))
  const bytes = new Uint8Array(REGISTRATION_BYTES)
  bytes.set(group.encode(statement.image))
  bytes.set(encodeProof(proveSchnorr(group, { ...statement, secret }, random)), POINT_BYTES)
  return bytes
}

/**
 * The key of a registration. Without the proof a member could register another's key, or one made of others'. Throws
 * ThresholdError `registration.malformed`, `registration.invalid`.
 */
export function checkRegistration(
  group: Group,
  place: RegistrationPlace,
  who: Registrant,
  bytes: Uint8Array,
): Point {
  const { key, proof } = parseRegistration(group, bytes)
  if (verifySchnorr(group, statementOf(group, place, who, key), proof)) return key
  throw new ThresholdError('registration.invalid', 'no proof that the member has the key')
}

/**
 * Members with the keys that they registered, by index from 1; without one where a registration is missing, does not pass the
 * check, or names a key that another member has registered as well. The same for everybody.
 */
export function registeredMembers(
  group: Group,
  place: RegistrationPlace,
  members: readonly Registrant[],
  registrations: ReadonlyMap<number, Uint8Array>,
): SessionMember[] {
  const keys = members.map((who) => keyOf(group, place, who, registrations.get(who.index)))
  const times = new Map<string, number>()
  for (const key of keys) times.set(nameOf(key), (times.get(nameOf(key)) ?? 0) + 1)
  return members.map(({ index, account }, at) => {
    const key = keys[at]
    const isOnes = key !== undefined && times.get(nameOf(key)) === 1
    return { index, account, encryptionKey: isOnes ? key : undefined }
  })
}

/** Every byte of a key as text: as UTF-8 two keys could look alike, and not in every back end. */
function nameOf(key: Point | undefined): string {
  return key?.join() ?? ''
}

function keyOf(
  group: Group,
  place: RegistrationPlace,
  who: Registrant,
  bytes: Uint8Array | undefined,
): Point | undefined {
  if (bytes === undefined) return undefined
  try {
    return checkRegistration(group, place, who, bytes)
  } catch (error) {
    if (error instanceof ThresholdError) return undefined
    throw error
  }
}

function parseRegistration(group: Group, bytes: Uint8Array) {
  if (bytes.length !== REGISTRATION_BYTES)
    throw new ThresholdError(
      'registration.malformed',
      `a registration: expected ${REGISTRATION_BYTES} bytes, got ${bytes.length}`,
    )
  try {
    return {
      key: group.decode(bytes.slice(0, POINT_BYTES)),
      proof: parseProof(bytes.slice(POINT_BYTES)),
    }
  } catch (cause) {
    throw new ThresholdError('registration.malformed', 'a registration: no point or no proof', {
      cause,
    })
  }
}

function statementOf(
  group: Group,
  { chainId, contract, epoch, blockHash }: RegistrationPlace,
  { index, account }: Registrant,
  image: Point,
) {
  const context = frame(
    'wetee/threshold/v1 registration',
    unsigned(chainId, 32),
    contract,
    unsigned(epoch, 8),
    blockHash,
    indexBytes(index),
    account,
  )
  return { base: group.generator, image, context }
}
