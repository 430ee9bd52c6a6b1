// The frames that an instance signs in, pinned; @wetee/sdk has the same.
import { expect, test } from 'vitest'
import { applicationDigest, challengeDigest } from './statements.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const counting = new Uint8Array(32).map((_, at) => at)

test('both frames are those of docs/reference/agent-socket.md, to the last byte', () => {
  expect(hex(applicationDigest(counting))).toBe(
    'cabd6cc0efb3a08d071580d86f8d5d93f938ef0ecd3f32bbfcebe14c3eb450a7',
  )
  expect(hex(challengeDigest(new Uint8Array(16).fill(0xab), counting))).toBe(
    '525b3dc2d1b2325f302fba12b0b598b3568b0e0e1d46d7dadfdc5a00771749d1',
  )
})
