// A view that is more than 5 minutes old decides nothing: whoever reads a head reads its age too, or is named here.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const source = join(import.meta.dirname, '..')
/** Readers of a head of any age, and why they may. */
const MAY: Readonly<Record<string, string>> = {
  'api/epoch-calls.ts': 'answers with public keys, which the asker checks against the chain',
  'api/node-api.ts': 'tells the head itself',
  'appraise/freshness.ts': 'is the check',
  'epochs/epoch-keeper.ts': 'its round checks the head that it is given',
  'node.ts': 'hands it to the API',
  'prove/own-evidence.ts': 'names the block; whoever appraises it judges its age',
  'watch/announcer.ts': 'calls what anybody may, and the contract judges by its newest block',
  'watch/watch-view.ts': 'hands it to the watcher',
  'watch/watcher.ts': 'cuts off, and lets nothing live that another check would not',
}

test('every path that releases, signs, sends or stores checks the age of its head', () => {
  const users = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (name) =>
      name.endsWith('.ts') &&
      !name.endsWith('.test.ts') &&
      !name.startsWith('testing/') &&
      /\.head\(\)/.test(readFileSync(join(source, name), 'utf8')),
  )
  expect(users.sort()).toEqual(Object.keys(MAY).sort())
})
