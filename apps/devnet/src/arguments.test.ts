// What `npm start -- ...` may say.
import { expect, test } from 'vitest'
import { parseDevnetArguments } from './arguments.ts'

test('without arguments a devnet is started in the usual folder and goes on where it stopped', () => {
  expect(parseDevnetArguments([])).toEqual({
    once: false,
    json: false,
    reset: false,
    stateDir: '.wetee/devnet',
    runtime: 'auto',
    workers: 1,
    nodes: undefined,
  })
})

test('every option is taken', () => {
  const argv = [
    '--once',
    '--json',
    '--reset',
    '--runtime',
    'sandbox',
    '--state',
    '/x',
    '--workers',
    '2',
    '--nodes',
    '7',
  ]
  expect(parseDevnetArguments(argv)).toEqual({
    once: true,
    json: true,
    reset: true,
    stateDir: '/x',
    runtime: 'sandbox',
    workers: 2,
    nodes: 7,
  })
  expect(parseDevnetArguments(['--help'])).toBe('help')
})

test.each([
  [['--runtime', 'podman'], /--runtime takes docker, sandbox or auto, not podman/],
  [['--workers', '3'], /--workers takes 1 or 2, not 3/],
  [['--nodes', '16'], /--nodes takes 1 to 15, not 16/],
  [['--nodes', '1.5'], /--nodes takes 1 to 15, not 1.5/],
  [['--json'], /--json goes with --once/],
  [['--resett'], /--resett/],
  [['deploy'], /deploy/],
])('%j is refused with a sentence', (argv, message) => {
  expect(() => parseDevnetArguments(argv)).toThrow(message)
})
