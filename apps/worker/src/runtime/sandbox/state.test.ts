// Records on disk: what is not of their form, or too large, is none.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeJson } from './json-file.ts'
import { readContainer, readPod, type ContainerRecord, type PodRecord } from './state.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wetee-state-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const supervisor = { pid: 4_242, startTicks: '123456', bootId: 'b' }
const running: ContainerRecord = {
  format: 'wetee/sandbox-container/v1',
  supervisor,
  cgroups: ['/sys/fs/cgroup/pids/x'],
  phase: 'running',
  init: { ...supervisor, pid: 4_243 },
  startedAtMs: 1,
}
const pod: PodRecord = {
  format: 'wetee/sandbox-pod/v1',
  id: 'a',
  labels: { 'wetee.worker': 'w' },
  hostNames: ['web'],
  memory: [{ name: 'secrets-web', sizeBytes: 4_096 }],
  holder: supervisor,
}

test('records come back as they were written', () => {
  const path = join(folder, 'good.json')
  writeJson(path, running)
  expect(readContainer(path)).toEqual(running)
  writeJson(path, pod)
  expect(readPod(path)).toEqual(pod)
})

test.each([
  ['nothing', ''],
  ['half', '{"format":"wetee/sandbox-container/v1","phase":'],
  ['another format', JSON.stringify({ ...running, format: 'v2' })],
  ['a key more', JSON.stringify({ ...running, more: 1 })],
  ['process 1', JSON.stringify({ ...running, init: { ...supervisor, pid: 1 } })],
  ['a process group', JSON.stringify({ ...running, init: { ...supervisor, pid: -5 } })],
  ['no start time', JSON.stringify({ ...running, init: { ...supervisor, startTicks: '' } })],
  ['a relative group', JSON.stringify({ ...running, cgroups: ['x'] })],
  ['more than 1 MiB', JSON.stringify({ ...running, more: 'x'.repeat(1 << 20) })],
])('%s is no record', (name, text) => {
  const path = join(folder, `${name}.json`)
  writeFileSync(path, text)
  expect(readContainer(path)).toBe(undefined)
  expect(readPod(path)).toBe(undefined)
})

test('a file that is not there is no record', () => {
  expect(readContainer(join(folder, 'none.json'))).toBe(undefined)
})
