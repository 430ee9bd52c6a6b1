// For tests: everything that nodes have, as somebody finds it who takes their machines with the keys of their TEEs, and what of a
// recorded session it opens. File I/O.
import { createDecipheriv } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  checkDealing,
  openShare,
  verifyShare,
  type Dealing,
  type Group,
  type SecretScalar,
  type Session,
} from '@wetee/threshold'
import type { TeeDevice } from '@wetee/tee-device'
import type { Board } from '../session/board.ts'
import { withDraw } from '../session/draw.ts'

/** Contexts of sealing keys by what their files are called. */
const CONTEXTS: readonly (readonly [RegExp, string])[] = [
  [/keys-.*\.sealed/, 'wetee/dsecret-keys/v2'],
  [/shares.*\.sealed/, 'wetee/dsecret-share/v1'],
  [/sessions.*\.sealed/, 'wetee/dsecret-session-key/v1'],
]
const SCALAR_BYTES = 32
/** Of AES-GCM: the nonce and the tag stand before the ciphertext. */
const NONCE_BYTES = 12
const HEAD_BYTES = NONCE_BYTES + 16

/** Bytes that were found, with where. */
export type Loot = { readonly where: string; readonly bytes: Uint8Array }

/**
 * Every file below a state folder, and every sealed one as it was before it was sealed. What it is called in its seal does not
 * stand in the way: the cipher is opened without its tag.
 */
export async function plunder(
  stateDir: string,
  device: Pick<TeeDevice, 'sealingKey'>,
): Promise<Loot[]> {
  const { signal } = new AbortController()
  const found: Loot[] = []
  for (const name of readdirSync(stateDir, { recursive: true, encoding: 'utf8' })) {
    const file = join(stateDir, name)
    if (!statSync(file).isFile()) continue
    const bytes = readFileSync(file)
    const [, context] = CONTEXTS.find(([pattern]) => pattern.test(name)) ?? []
    const key = context && (await device.sealingKey(context, { signal }))
    found.push({ where: name, bytes: key ? unsealed(bytes, key) : bytes })
  }
  return found
}

/** Numbers that may be secrets: what stands at any place of what was found. Each once. */
export function scalarsIn(group: Group, loot: readonly Loot[]): SecretScalar[] {
  const scalars = new Map<string, SecretScalar>()
  for (const { bytes } of loot)
    for (const at of manyValued(bytes)) {
      const window = bytes.subarray(at, at + SCALAR_BYTES)
      const name = Buffer.from(window).toString('base64')
      if (scalars.has(name)) continue
      try {
        scalars.set(name, group.readSecret(window))
      } catch {
        // No number below the order.
      }
    }
  return [...scalars.values()]
}

/** Where 32 bytes begin with at least 20 values among them: texts, hex and pages of databases have fewer, no secret has. */
function* manyValued(bytes: Uint8Array): Generator<number> {
  const times = new Uint8Array(256)
  let values = 0
  for (const [at, byte] of bytes.entries()) {
    if (times[byte]!++ === 0) values++
    const gone = at - SCALAR_BYTES
    if (gone >= 0 && --times[bytes[gone]!]! === 0) values--
    if (gone >= -1 && values >= 20) yield gone + 1
  }
}

/** A recorded session: all of it is in calldata. */
export type Recorded = { readonly session: Session; readonly board: Board }

/**
 * What of the dealings somebody opens with these numbers: shares of members, and secrets of dealers; each number as it is, and as what
 * a node draws its dealing from.
 */
export function openDealings(
  group: Group,
  { session, board }: Recorded,
  scalars: readonly SecretScalar[],
): string[] {
  const dealings = [...board.dealings].map(([dealer, bytes]) => ({
    bytes,
    dealing: checkDealing(group, session, dealer, bytes),
  }))
  const points = new Map<string, string>()
  const note = (point: Uint8Array, what: string) => void points.set(String(point), what)
  for (const { dealing } of dealings) {
    note(dealing.ephemeral, `the ephemeral key of dealer ${dealing.dealer}`)
    dealing.commitments.forEach((point, k) => note(point, `a_${k} of dealer ${dealing.dealer}`))
  }
  for (const { index, encryptionKey } of session.members)
    if (encryptionKey) note(encryptionKey, `the key of member ${index}`)
  const known = (scalar: SecretScalar) => points.get(String(group.multiplyBase(scalar)))
  return scalars.flatMap((scalar) => {
    const drawn = withDraw(scalar, { sessionId: session.id, what: 'deal' }, (random) =>
      group.randomSecret(random),
    )
    const found = [known(scalar), known(drawn)].filter((what) => what !== undefined)
    return found.length === 0 ? [] : [...found, ...sharesOpened(group, session, dealings, scalar)]
  })
}

function sharesOpened(
  group: Group,
  session: Session,
  dealings: readonly { readonly dealing: Dealing }[],
  scalar: SecretScalar,
): string[] {
  return session.members.flatMap(({ index }) =>
    dealings.flatMap(({ dealing }) => {
      const share = openShare(group, session, dealing, index, scalar)
      return share !== undefined && verifyShare(group, dealing, index, share)
        ? [`the share of member ${index} by dealer ${dealing.dealer}`]
        : []
    }),
  )
}

function unsealed(bytes: Uint8Array, key: Uint8Array): Uint8Array {
  // Counter mode from the second block on is what GCM encrypts with (NIST SP 800-38D section 7.1).
  const counter = Buffer.concat([bytes.subarray(0, NONCE_BYTES), Buffer.from([0, 0, 0, 2])])
  const cipher = createDecipheriv('aes-256-ctr', key, counter)
  return Buffer.concat([cipher.update(bytes.subarray(HEAD_BYTES)), cipher.final()])
}
