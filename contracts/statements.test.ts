// Statements signed with the documented EIP-712 types are taken by the deployed contracts. Starts anvil.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LocalNetwork } from './local-network.ts'
import { anvilBinary, startAnvil, type LocalAnvil } from './local-anvil.ts'

describe.skipIf(anvilBinary === undefined)('statements', () => {
  let anvil: LocalAnvil
  beforeAll(async () => {
    anvil = await startAnvil()
  })
  afterAll(() => anvil.stop())

  it('make machines count, leases live and a new version current', async () => {
    const network = await LocalNetwork.deploy(anvil.clients(0))
    await network.populate()
    expect(await network.read('quorum', 'activeEpoch')).toBe(1n)
    await network.create('hello')
    const lease = await network.renew(1n, 1)
    expect(await network.read('cloud', 'isLeaseLive', [1n, network.instanceKey])).toBe(true)
    const { evidenceDigest: _, ...kept } = lease
    expect(await network.read('cloud', 'lease', [1n, 0, 0])).toMatchObject(kept)

    const { terms } = (await network.read('cloud', 'version', [1n, 1])) as { terms: object }
    await network.send('cloud', 'update', [1n, terms, '0x7b7d', 10n ** 18n, 0n, false])
    await network.renew(1n, 2)
    await network.send('cloud', 'activate', [1n, await network.ready(1n, 2)])
    expect(await network.read('cloud', 'app', [1n])).toMatchObject({ currentVersion: 2 })
  })
})
