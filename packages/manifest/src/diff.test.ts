import { expect, test } from 'vitest'
import { diffManifests } from './diff.ts'
import { build, service } from './testing/compose-text.ts'

test('equal manifests differ in nothing', async () => {
  const { document } = await build(service())
  expect(diffManifests(document, document)).toEqual([])
})

test('every change is named once, by service and variable', async () => {
  const before = await build(service('ports: ["80"]', 'environment: { A: 1, B: 2 }'))
  const after = await build(
    service('ports: ["81"]', 'environment: { A: 1, B: 3, C: 4 }', 'command: [run]'),
  )
  expect(diffManifests(before.document, after.document)).toEqual([
    { path: 'services.web.command', kind: 'added', after: ['run'] },
    { path: 'services.web.environment.B', kind: 'changed', before: '2', after: '3' },
    { path: 'services.web.environment.C', kind: 'added', after: '4' },
    { path: 'services.web.ports.80.target', kind: 'removed', before: 80 },
    { path: 'services.web.ports.81.target', kind: 'added', after: 81 },
  ])
})

test('changed terms show', async () => {
  const before = await build(service())
  const after = await build(service('deploy: { replicas: 3 }'))
  expect(diffManifests(before.document, after.document)).toEqual([
    { path: 'terms.replicas', kind: 'changed', before: 1, after: 3 },
  ])
})
