// Which ports devnets get that start at the same time.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { isPortFree, PortClaims } from './ports.ts'

const opened: PortClaims[] = []
const claims = () => {
  const made = new PortClaims()
  opened.push(made)
  return made
}
afterEach(() => {
  for (const one of opened.splice(0)) one.close()
})

/** Somewhere that no devnet looks by itself. */
const from = 41_700 + (process.pid % 500) * 20

test('devnets that look at the same time get different ports, also before anybody listens', async () => {
  const found = await Promise.all([claims(), claims(), claims()].map((one) => one.find(from)))
  expect(new Set(found).size).toBe(3)
})

test('one devnet never gets a port twice', async () => {
  const one = claims()
  expect(await one.find(from)).not.toBe(await one.find(from))
})

test('a port on which something listens is left out, and not kept from others', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  expect(await isPortFree(port)).toBe(false)
  expect(await claims().find(port)).toBeGreaterThan(port)
  await new Promise((resolve) => other.close(resolve))
  expect(await claims().find(port)).toBe(port)
})

test('ranges lie apart by their step', async () => {
  const found = [await claims().find(from, 100), await claims().find(from, 100)]
  expect(Math.abs((found[0] ?? 0) - (found[1] ?? 0)) % 100).toBe(0)
})

test('a claim ends with its devnet', async () => {
  const first = claims()
  const port = await first.find(from)
  expect(await claims().claim(port)).toBe(false)
  first.close()
  expect(await claims().claim(port)).toBe(true)
})
