// Conditions come and go with what their source says.
import { expect, test } from 'vitest'
import type { Condition } from '@wetee/daemon'
import { appScope, ConditionBoard } from './condition.ts'

const condition = (code: string, severity: Condition['severity'] = 'warning'): Condition => ({
  code,
  severity,
  text: code,
  remedy: '',
})

test('a source replaces what it said, others keep theirs, errors come first', () => {
  const board = new ConditionBoard()
  board.set('worker', 'a', [condition('a.one'), condition('a.two')])
  board.set('worker', 'b', [condition('b.one', 'error')])
  expect(board.list('worker').map(({ code }) => code)).toEqual(['b.one', 'a.one', 'a.two'])
  board.set('worker', 'a', [condition('a.two')])
  expect(board.list('worker').map(({ code }) => code)).toEqual(['b.one', 'a.two'])
  expect(board.list(appScope(1n))).toEqual([])
})

test('the listener hears once of what is new and once of what has passed', () => {
  const heard: string[] = []
  const board = new ConditionBoard((scope, { code }, held) =>
    heard.push(`${scope} ${code} ${held}`),
  )
  board.set('worker', 'a', [condition('x')])
  board.set('worker', 'a', [condition('x')])
  board.set('worker', 'a', [])
  board.set(appScope(1n), 'a', [condition('y')])
  board.clear(appScope(1n))
  expect(heard).toEqual(['worker x true', 'worker x false', 'app/1 y true', 'app/1 y false'])
})
