// What builders have recorded of an application's image: shown behind the steps, and judged where a caller demands it.
import { commitWord, repositoryHash } from '@wetee/attestation'
import { expect, test } from 'vitest'
import { attestedApp, type AttestedApp } from '../testing/attested-app.ts'
import { verifyStepIds, type VerifyReport } from './report.ts'
import type { BuildDemand } from './source-check.ts'
import { verifyEvidence } from './verify.ts'

const judge = (app: AttestedApp, build?: BuildDemand): Promise<VerifyReport> =>
  verifyEvidence(app, {
    ...{ evidence: app.document, nowMs: app.nowMs, channelKeyHash: app.tlsKeyHash },
    ...(build === undefined ? {} : { build }),
  })

const record = {
  statementDigest: `0x${'b2'.repeat(32)}`,
  repositoryHash: repositoryHash('https://git.example/you/app'),
  commit: commitWord('b4'.repeat(20)),
  manifestDigest: `0x${'00'.repeat(32)}`,
  builderVersion: 3,
  recordedAt: 1n,
} as const

/** The application's one image, and records of it by builder 4. */
async function builtApp(records: readonly (typeof record)[] = [record]) {
  const app = await attestedApp()
  const image = `0x${'cd'.repeat(32)}`
  app.world.views.set(`cloud.buildersOf(${image},0,1)`, [4n])
  for (const [builder, builds] of [[4n, records] as const, [5n, []] as const])
    app.world.views.set(`cloud.buildsOf(${image},${builder},0,100)`, builds)
  return app
}
const sourceOf = (report: VerifyReport) => report.steps.find(({ id }) => id === 'source')

test('where a build of the image was recorded its commit is shown behind the steps, and nobody is believed', async () => {
  const report = await judge(await builtApp())
  expect(report.steps.map(({ id }) => id)).toEqual([...verifyStepIds, 'source'])
  expect(report.ok).toBe(true)
  expect(sourceOf(report)).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/^commit (b4){20}, says builder 4 \(not judged/) as string,
    proof: { builder: '4, version 3', statementDigest: record.statementDigest },
  })
  expect(sourceOf(await judge(await builtApp([])))).toBeUndefined()
})

test.each<[string, BuildDemand, boolean]>([
  ['the builder that recorded it', { builderAppId: 4n }, true],
  ['its repository', { builderAppId: 4n, repository: 'git@git.example:you/app.git' }, true],
  ['another builder', { builderAppId: 5n }, false],
  ['another repository', { builderAppId: 4n, repository: 'https://git.example/fork/app' }, false],
])('a record by %s is demanded', async (_, build, ok) => {
  const app = await builtApp()
  const report = await judge(app, build)
  expect([report.ok, sourceOf(report)?.ok]).toEqual([ok, ok])
  expect(report.failed).toEqual(ok ? [] : ['source'])
})
