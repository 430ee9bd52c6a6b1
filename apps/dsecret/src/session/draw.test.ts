// What a node draws: the same for the same purpose, another for any other.
import { openNativeGroup } from '@wetee/threshold/native'
import { expect, test } from 'vitest'
import { withDraw, type Purpose } from './draw.ts'

const group = openNativeGroup()
const secret = group.readSecret(new Uint8Array(32).fill(9))
const purpose: Purpose = { sessionId: new Uint8Array(32).fill(1), what: 'complain', subject: 2 }
const drawn = (of: Purpose, key = secret) =>
  withDraw(key, of, (random) => Buffer.concat([random(40), random(1)]).toString('hex'))

test('the same purpose gives the same bytes, another session, message, dealer or key others', () => {
  const others = [
    drawn({ ...purpose, sessionId: new Uint8Array(32).fill(2) }),
    drawn({ ...purpose, what: 'recover' }),
    drawn({ ...purpose, subject: 3 }),
    drawn(purpose, group.readSecret(new Uint8Array(32).fill(8))),
  ]
  expect(drawn(purpose)).toBe(drawn(purpose))
  expect(new Set([drawn(purpose), ...others]).size).toBe(5)
})
