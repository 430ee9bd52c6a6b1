// Where workers stand on the map, and what their colours mean.
import { expect, test } from 'vitest'
import { byRegion, nodeLook, workerLook } from './regions.ts'

const worker = (region: string, status: 'active' | 'draining' | 'shutdown' = 'active') => ({
  region,
  status,
})

test('regions come by size, then by name; workers that shut down are not there', () => {
  const regions = byRegion([
    worker('us-1'),
    worker('eu-1'),
    worker('eu-1'),
    worker(''),
    worker('gone', 'shutdown'),
  ])
  expect(regions.map(([name, members]) => [name, members.length])).toEqual([
    ['eu-1', 2],
    ['no region', 1],
    ['us-1', 1],
  ])
})

test('a worker that is not proven is red whatever else it says', () => {
  const proven = { open: true, provenUntil: 9n, status: 'active' } as const
  expect(workerLook(proven)[0]).toBe('good')
  expect(workerLook({ ...proven, open: false })[0]).toBe('warn')
  expect(workerLook({ ...proven, status: 'draining' })[0]).toBe('warn')
  expect(workerLook({ ...proven, provenUntil: 0n })[0]).toBe('bad')
})

test('a member counts while its proof lives', () => {
  const node = { provenUntil: 10n, seated: true }
  expect(nodeLook(node, true, 9n)).toEqual(['good', 'member'])
  expect(nodeLook(node, true, 10n)).toEqual(['bad', 'member without a live proof'])
  expect(nodeLook(node, false, 9n)[0]).toBe('warn')
  expect(nodeLook({ ...node, seated: false }, false, 9n)[0]).toBe('')
})
