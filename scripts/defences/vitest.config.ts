// Runs tests of any project as if one file had another text, which WETEE_DEFENCE names (JSON of a mutation): no file is written.
import { join } from 'node:path'
import { defineConfig, type Plugin } from 'vitest/config'
import { without, type Mutation } from './defence.ts'

const root = join(import.meta.dirname, '../..')
const given = process.env['WETEE_DEFENCE']

/** Before anything else has changed the text. */
function removing(mutation: Mutation): Plugin {
  return {
    name: 'without-a-defence',
    enforce: 'pre',
    transform(code, id) {
      if (id.split('?')[0] !== join(root, mutation.file)) return undefined
      console.log(`without a defence: ${mutation.file}`)
      return { code: without(mutation, code), map: null }
    },
  }
}

export default defineConfig({
  root,
  plugins: given === undefined ? [] : [removing(JSON.parse(given) as Mutation)],
  test: {
    include: ['{packages,apps}/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What was made of a file with its defence is not to be taken for what it is without.
    fsModuleCache: false,
  },
})
