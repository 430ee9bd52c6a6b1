// The order for the last step: what is put in is what is read, and a NUL is no way to put in more.
import { expect, test } from 'vitest'
import { encodeEnter, type EnterOrder } from './enter.ts'

const order: EnterOrder = {
  root: '/state/root',
  uid: 1,
  gid: 2,
  mapped: true,
  processes: 0,
  hasInput: false,
  workingDirectory: '/',
  filter: new Uint8Array([1, 255]),
  environment: { A: 'b=c', EMPTY: '' },
  program: ['/bin/x', '', 'a b'],
}

test('texts end in NUL, with the number of variables before them', () => {
  const texts = Buffer.from(encodeEnter(order)).toString().split('\0')
  expect(texts).toEqual(
    [
      '/state/root',
      '1',
      '2',
      '1',
      '0',
      '0',
      '/',
      '01ff',
      '2',
      'A=b=c',
      'EMPTY=',
      '/bin/x',
      '',
      'a b',
    ].concat(''),
  )
})

test.each([
  ['a NUL in a word', { program: ['/bin/x', 'a\0b'] }],
  ['a NUL in a variable', { environment: { A: 'b\0C=d' } }],
  ['a NUL in the working directory', { workingDirectory: '/\0' }],
  ['no program', { program: [] }],
  ['a program without a name', { program: [''] }],
])('%s is refused', (_, changes) => {
  expect(() => encodeEnter({ ...order, ...changes })).toThrow(
    expect.objectContaining({ code: 'container.invalid' }),
  )
})
