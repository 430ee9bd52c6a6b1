import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeErrors, errorsIn, readErrors } from './errors.ts'
import { root } from './run.ts'

test('a code counts where a message stands beside it, with … for what is filled in', () => {
  const text = `
throw new SdkError('app.unknown', \`no application "\${name}": \` + 'list them')
notes.refuse(at, 'value.type', isLong ? 'it is long' : 'it is short')
const finding = { code: 'clock.skewed', text: 'the clock is off' }
readFileSync('image.conf', 'not a message')
call('a.code', name)
`
  const found = errorsIn('packages/sdk/src/a.ts', text)
  expect(found).toEqual([
    { code: 'app.unknown', text: 'no application "…": list them', part: 'sdk' },
    { code: 'value.type', text: 'it is long', part: 'sdk' },
    { code: 'clock.skewed', text: 'the clock is off', part: 'sdk' },
  ])
})

test('the page of errors is that of the source', () => {
  const page = readFileSync(join(root, 'docs/reference/errors.md'), 'utf8')
  expect(page, 'npm run errors writes it').toBe(describeErrors(readErrors()))
})
