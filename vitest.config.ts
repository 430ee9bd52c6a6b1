// Test projects: `unit` runs in seconds beside the code; `browser` starts Chromium; `end-to-end` starts real processes and builds
// packages.
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take minutes, the longest first: one that is begun last keeps everybody waiting. */
const SLOWEST = [
  ...['examples', 'tools', 'lifecycle', 'dsecret', 'call-attacks', 'update-faults', 'upgrade'],
  ...['governance', 'calls', 'console', 'console-providers', 'console-dao'],
].map((name) => `${name}.test.ts`)

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      (SLOWEST.indexOf(basename(moduleId)) + SLOWEST.length + 1) % (SLOWEST.length + 1)
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b))
  }
}

/** Networks of their own, which wait for blocks: more of them than cores. What all of them import is read once for each process. */
const networks = { testTimeout: 180_000, hookTimeout: 300_000, isolate: false, maxWorkers: 3 }

const consoleFiles = 'tests/end-to-end/{console*,substrate-wallet}.test.ts'

const notUnit = [
  '**/*.conformance.test.ts',
  '**/*.cluster.test.ts',
  'scripts/{packages,installed,released}.test.ts',
].concat('**/node_modules/**', '**/dist/**')

/** They put something in the place of a module, which others in the same process would get too. */
const isolated = ['apps/dsecret/src/{release,shares}/zeroing.test.ts']

export default defineConfig({
  test: {
    // One for each core: the default leaves one of two idle.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'apps/*/src/**/*.test.ts',
            'scripts/**/*.test.ts',
            'contracts/deploy/*.test.ts',
            'contracts/{coverage,gas,hub-rules,parts,reference-pages}.test.ts',
          ],
          exclude: [...notUnit, ...isolated],
          testTimeout: 60_000,
          // One process for many files: a new one for each would take as long as all tests together.
          isolate: false,
        },
      },
      { test: { name: 'isolated', include: isolated, exclude: notUnit } },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'runtime',
          include: ['apps/worker/src/{runtime,volumes}/**/*.conformance.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        // `npm run test:long`: what goes on for minutes.
        test: {
          name: 'long',
          include: ['tests/end-to-end/*.long.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        // `npm run test:walletconnect`, which fetches packages that are no part of this project.
        test: { name: 'walletconnect', include: ['tests/walletconnect/*.test.ts'], ...networks },
      },
      {
        // `npm run test:kubernetes`: each file starts an API server of its own.
        test: {
          name: 'kubernetes',
          include: ['apps/worker/src/**/*.cluster.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'end-to-end',
          include: [
            'tests/end-to-end/**/*.test.ts',
            'contracts/*.test.ts',
            'scripts/{packages,installed,released}.test.ts',
          ],
          exclude: [
            'contracts/{coverage,gas,hub-rules,parts,reference-pages}.test.ts',
            '**/*.long.test.ts',
            '**/node_modules/**',
            '**/dist/**',
            consoleFiles,
          ],
          ...networks,
        },
      },
      { test: { name: 'console', include: [consoleFiles], ...networks } },
    ],
  },
})
