import { beforeEach, describe, expect, test } from 'vitest'
import { AlertBook, type Finding } from './alert-book.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const finding = (more: Partial<Finding> = {}): Finding => ({
  ...{ scope: 'app/7', name: 'slow', severity: 'warning', text: 't', remedy: 'r', forMs: 0 },
  ...more,
})

describe('alerts', () => {
  let book: AlertBook
  beforeEach(() => {
    book = new AlertBook()
  })
  const told = (nowMs: number, silences: Parameters<AlertBook['notices']>[2] = []) =>
    book
      .notices(nowMs, 4 * HOUR, silences)
      .map(({ name, state, repeated }) => `${name} ${state}${repeated ? ' again' : ''}`)

  test('are told once, again after the repeat interval, and when they are over', () => {
    for (let at = 0; at <= 5 * HOUR; at += MINUTE) {
      book.note(finding(), at)
      expect(told(at), String(at)).toEqual(
        at === 0 ? ['slow firing'] : at === 4 * HOUR ? ['slow firing again'] : [],
      )
    }
    expect(told(5 * HOUR + MINUTE)).toEqual(['slow resolved'])
    expect(told(5 * HOUR + 2 * MINUTE)).toEqual([])
  })

  test('are pending until they have held long enough, and forgotten if they do not', () => {
    const slow = finding({ forMs: 5 * MINUTE })
    for (let at = 0; at < 5 * MINUTE; at += MINUTE) {
      book.note(slow, at)
      expect(told(at)).toEqual([])
    }
    expect(told(5 * MINUTE)).toEqual([])
    book.note(slow, 6 * MINUTE)
    expect(told(6 * MINUTE)).toEqual([])
    for (let at = 7; at <= 11; at++) book.note(slow, at * MINUTE)
    expect(told(11 * MINUTE)).toEqual(['slow firing'])
  })

  test('that stop and begin again at once are one', () => {
    book.note(finding(), 0)
    expect(told(0)).toEqual(['slow firing'])
    expect(told(MINUTE - 1)).toEqual([])
    book.note(finding(), MINUTE)
    expect(told(MINUTE)).toEqual([])
  })

  test('that are silenced are told when the silence is over, unless they are over, too', () => {
    const silence = [{ name: 'slow', untilMs: HOUR }]
    for (let at = 0; at < HOUR; at += MINUTE) {
      book.note(finding(), at)
      book.note(finding({ name: 'other' }), at)
      expect(told(at, silence)).toEqual(at === 0 ? ['other firing'] : [])
    }
    book.note(finding(), HOUR)
    expect(told(HOUR, silence)).toEqual(['slow firing', 'other resolved'])
    expect(told(2 * HOUR, [{ scope: 'app/8', untilMs: 9 * HOUR }])).toEqual(['slow resolved'])
    book.note(finding(), 3 * HOUR)
    told(3 * HOUR, [{ untilMs: 4 * HOUR }])
    expect(told(4 * HOUR)).toEqual([])
  })

  test('go on in the next process without being told twice', () => {
    book.note(finding(), 0)
    told(0)
    book = new AlertBook(JSON.parse(JSON.stringify(book.state())))
    book.note(finding(), MINUTE)
    expect(told(MINUTE)).toEqual([])
    expect(told(2 * MINUTE)).toEqual(['slow resolved'])
  })

  test('from a state of another form are none', () => {
    for (const state of [undefined, null, {}, [{}], 'x', [{ ...finding(), firing: 1 }]])
      expect(new AlertBook(state).firing()).toEqual([])
  })

  test('of a scope that is gone are over without a word', () => {
    book.note(finding(), 0)
    told(0)
    book.forget('app/7')
    expect(told(HOUR)).toEqual([])
  })
})
