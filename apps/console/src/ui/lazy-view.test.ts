import { expect, test, vi } from 'vitest'
import { importAgain } from './lazy-view.ts'

const url = 'http://127.0.0.1:7714/assets/logs-tab-BdR2lYWq.js'
const failed = () =>
  Promise.reject(new TypeError(`Failed to fetch dynamically imported module: ${url}`))
const waits = [0, 0, 0]

test('a file that comes is asked for once', async () => {
  const importFrom = vi.fn()
  expect(await importAgain(() => Promise.resolve('file'), importFrom, waits)).toBe('file')
  expect(importFrom).not.toHaveBeenCalled()
})

test('a file that did not come is asked for under an address that the browser has not seen fail', async () => {
  const importFrom = vi.fn<(url: string) => Promise<string>>()
  importFrom.mockImplementationOnce(failed).mockResolvedValueOnce('file')
  expect(await importAgain(failed, importFrom, waits)).toBe('file')
  expect(importFrom.mock.calls).toEqual([[`${url}?again=1`], [`${url}?again=2`]])
})

test('where the browser does not say which file it was, the same import is made again', async () => {
  const load = vi.fn<() => Promise<string>>()
  load
    .mockRejectedValueOnce(new TypeError('Importing a module script failed.'))
    .mockResolvedValueOnce('file')
  expect(await importAgain(load, failed, waits)).toBe('file')
})

test('a file that never comes is given up, with the last failure', async () => {
  const importFrom = vi.fn(failed)
  await expect(importAgain(failed, importFrom, waits)).rejects.toThrow(url)
  expect(importFrom).toHaveBeenCalledTimes(3)
})
