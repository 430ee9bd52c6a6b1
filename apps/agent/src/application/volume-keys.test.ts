// Which keys an agent hands to its host: those of the volumes of its manifest, where the TEE is simulated, and no others.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requestSocket } from '@wetee/tee-device'
import { expect, test } from 'vitest'
import { startControl, type ControlActions } from '../control/control-api.ts'
import { createLog } from '../log.ts'
import { DerivedKeys } from './derived-keys.ts'
import { volumeKey } from './volume-keys.ts'

const networkKey = { Y: `0x02${'11'.repeat(32)}`, S: `0x02${'11'.repeat(32)}` } as const
const manifest = { volumes: [{ name: 'data', sizeMiB: 16 }] }
const asked: string[] = []
const derived = new DerivedKeys({
  request: ({ keys: [path = ''], olderKey = '' }) => {
    asked.push(`${path}${olderKey}`)
    const key = createHash('sha256').update(`${path}${olderKey}`).digest()
    return Promise.resolve({ secrets: [], keys: [key] })
  },
})
let older: `0x${string}` | undefined
const olderKey = { read: () => Promise.resolve(older) }
const secretFor = (
  name: string,
  replica = 2,
  key: { Y: string; S: string } = networkKey,
  isOlder = false,
) => {
  const launch = { replica, networkKey: key } as never
  return volumeKey({ launch, manifest, derived, olderKey }, name, isOlder)
}
const keyFor = async (...given: Parameters<typeof secretFor>) => (await secretFor(...given)).key

test('a volume has its own key, another one for each replica, asked for below a path of its own', async () => {
  const key = await keyFor('data')
  expect(key).toMatch(/^0x[0-9a-f]{64}$/)
  expect(await keyFor('data', 3)).not.toBe(key)
  expect(await keyFor('data')).toBe(key)
  expect(asked).toEqual(['wetee/volume/v1/2/data', 'wetee/volume/v1/3/data'])
})

test('under the older key of the network it has another key, while that lives', async () => {
  const own = await secretFor('data')
  expect(own.networkKey).toBe(networkKey.S)
  const asking = () => secretFor('data', 2, networkKey, true)
  await expect(asking()).rejects.toMatchObject({ code: 'key.no-older', status: 404 })
  older = `0x03${'22'.repeat(32)}`
  const found = await asking()
  expect(found.networkKey).toBe(older)
  expect(found.key).not.toBe(own.key)
  expect(asked.at(-1)).toBe(`wetee/volume/v1/2/data${older}`)
})

test.each(['other', '../signing', 'data/../x', ''])(
  'a name that the manifest does not have is no way to another key: %j',
  async (name) => {
    const before = asked.length
    await expect(keyFor(name)).rejects.toMatchObject({ code: 'volume.unknown' })
    expect(asked.length).toBe(before)
  },
)

test('without a network key there is none', async () => {
  const none = `0x${'00'.repeat(33)}`
  const refused = keyFor('data', 2, { Y: none, S: none })
  await expect(refused).rejects.toMatchObject({ code: 'key.no-network-key' })
})

test('over the socket: hardware hands out none, what is no name is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-vk-'))
  const log = createLog(
    () => undefined,
    () => 0,
  )
  const call = async (actions: Partial<ControlActions>, body: unknown) => {
    const socketPath = join(folder, 'agent.sock')
    const state = () => ({ state: 'verified' as const })
    const control = await startControl(socketPath, { state, ...actions }, log)
    try {
      return await requestSocket({ socketPath, method: 'POST', path: '/v1/volume-key', body })
    } finally {
      await control.close()
    }
  }
  const simulated = {
    volumeKey: (name: string, isOlder: boolean) => secretFor(name, 2, networkKey, isOlder),
  }
  expect(await call(simulated, { name: 'data' })).toEqual(await secretFor('data'))
  expect(await call(simulated, { name: 'data', older: true })).toMatchObject({ networkKey: older })
  await expect(call({}, { name: 'data' })).rejects.toMatchObject({ code: 'volume.not-for-hosts' })
  for (const body of [{}, { name: 7 }, { name: 'x'.repeat(64) }, { name: 'data', path: 'x' }])
    await expect(call(simulated, body)).rejects.toMatchObject({ code: 'request.invalid' })
  rmSync(folder, { recursive: true, force: true })
})
