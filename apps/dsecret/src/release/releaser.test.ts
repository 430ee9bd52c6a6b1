// The release: what an instance that may have a secret gets, and every way in which nobody else gets it.
import { randomBytes } from 'node:crypto'
import { releaseReplyTypedData } from '@wetee/chain'
import {
  parseSealedSecret,
  receiptStatement,
  serializeReceipt,
  type Receipt,
  type ReleaseItems,
} from '@wetee/secrets'
import { parseCiphertext, releaseDigest } from '@wetee/threshold'
import { bytesToHex, recoverMessageAddress, recoverTypedDataAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Hex, SecretFacts } from '../chain/chain-view.ts'
import { NodeError } from '../node-error.ts'
import { grantKey, secretKey, testNetwork } from '../testing/memory-view.ts'
import {
  openPolicy,
  outcomeOf,
  SecretNetwork,
  type AskChoices,
  type ReleasingNode,
} from '../testing/secret-network.ts'
import { dealTestKey } from '../testing/test-key.ts'

let network: SecretNetwork
beforeEach(async () => {
  network = await SecretNetwork.open()
})
afterEach(() => network.close())

const keysAlone: ReleaseItems = { secrets: [], keys: ['disk/data'] }
const stranger = privateKeyToAccount(`0x${'77'.repeat(32)}`)
const first = (): ReleasingNode => network.nodes[0]!

/** The code with which the first node answers. */
async function refusal(items: ReleaseItems, choices: AskChoices = {}): Promise<string> {
  return outcomeOf(network.ask(first(), await network.call(items, choices)))
}

/** The secret "token" of application 7, at all nodes. */
async function token(value = 'the value') {
  return network.give(network.setSecret(7n, 'token', value))
}

describe('what is released', () => {
  test('two of three nodes give an instance its secret and a derived key', async () => {
    const item = await token()
    const text = await network.call({ secrets: [item], keys: ['disk/data'] })
    const replies = await Promise.all(network.nodes.map((node) => network.ask(node, text)))
    for (const pair of [replies.slice(1), replies.slice(0, 2), [replies[0]!, replies[2]!]]) {
      const { secrets, keys } = network.combine(text, pair)
      expect(secrets).toEqual(['the value'])
      expect(keys).toHaveLength(1)
    }
  })

  test('one node alone gives nothing that opens', async () => {
    const item = await token()
    const text = await network.call({ secrets: [item], keys: [] })
    const reply = await network.ask(first(), text)
    expect(() => network.combine(text, [reply])).toThrow(
      expect.objectContaining({ code: 'release.too-few' }),
    )
  })

  test('a derived key is that of the application in the evidence, the same each time, another for another path', async () => {
    const derive = async (path: string) => {
      const text = await network.call({ secrets: [], keys: [path] })
      const replies = await Promise.all(network.nodes.map((node) => network.ask(node, text)))
      return Buffer.from(network.combine(text, replies).keys[0]!).toString('hex')
    }
    const [once, again, other] = [await derive('a'), await derive('a'), await derive('b')]
    expect(once).toBe(again)
    expect(once).not.toBe(other)
  })

  test("a granted secret of another application is released, under its owner's label", async () => {
    const item = await network.give(network.setSecret(8n, 'shared', 'for both'))
    network.world.grants.add(grant())
    const text = await network.call({ secrets: [item], keys: [] })
    const replies = await Promise.all(network.nodes.map((node) => network.ask(node, text)))
    expect(network.combine(text, replies).secrets).toEqual(['for both'])
  })

  test('a node signs what it released and to which question', async () => {
    const item = await token()
    const text = await network.call({ secrets: [item], keys: ['a'] })
    const reply = await network.ask(first(), text)
    const { requestDigest, epoch } = reply
    const signer = await recoverTypedDataAddress({
      ...releaseReplyTypedData(testNetwork, {
        epoch: BigInt(epoch),
        nodeId: 1n,
        requestDigest,
        releaseDigest: bytesToHex(releaseDigest(reply.answer)),
      }),
      signature: reply.signature,
    })
    expect(signer).toBe(network.statementKeys[0]?.address)
  })

  test('a node that has only the share of the epoch before releases with that', async () => {
    const { held } = first()
    held.previous = held.current
    held.current = undefined
    const reply = await network.ask(first(), await network.call(keysAlone))
    expect(reply.epoch).toBe('4')
    held.previous = undefined
    expect(await refusal(keysAlone)).toBe('share.none')
  })

  test('a node without the ciphertext takes it from a peer, checks and keeps it', async () => {
    const made = network.setSecret(7n, 'token', 'the value')
    await network.nodes[2]!.service.library.accept(made.item.digest, made.bytes)
    expect(await refusal({ secrets: [made.item], keys: [] })).toBe('released')
    const kept = first().service.library.read(made.item.digest)
    expect(Buffer.from(kept).equals(made.bytes)).toBe(true)
  })

  test('a ciphertext that nobody has is said to be missing, and may be asked for again', async () => {
    const made = network.setSecret(7n, 'token', 'the value')
    const items = { secrets: [made.item], keys: [] }
    const requestId = bytesToHex(randomBytes(32))
    expect(await refusal(items, { requestId })).toBe('ciphertext.missing')
    await network.give(made)
    expect(await refusal(items, { requestId })).toBe('released')
  })

  test('whoever does not know the version is told the current ones, in the order asked for', async () => {
    const item = await token()
    network.world.grants.add(grant())
    const unknown = (appId: string, name: string) => {
      return { appId, name, version: 0, digest: '0'.repeat(64) }
    }
    const secrets = [unknown('8', 'shared'), unknown('7', 'token')]
    const text = await network.call({ secrets, keys: [] })
    const error: unknown = await network.ask(first(), text).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(NodeError)
    expect(error).toMatchObject({
      code: 'secret.version-differs',
      status: 409,
      details: {
        current: [
          { appId: '8', name: 'shared', version: 0 },
          { ...item, owner: expect.stringMatching(/^0x[0-9a-f]{40}$/) as string },
        ],
      },
    })
  })
})

/** Application 8 lets application 7 with its manifest read "shared". */
function grant(): string {
  const manifestDigest = network.world.versions.get('7/1')!.manifestDigest
  return grantKey({ appId: 8n, name: 'shared' }, { appId: 7n, manifestDigest })
}

describe('attacks on who is asking', () => {
  test('a reader key that is not in the appraised evidence', async () => {
    const text = await network.call(keysAlone)
    const call = JSON.parse(text) as { evidence: { subject: Record<string, unknown> } }
    const other: Hex = `0x${'ab'.repeat(32)}`
    call.evidence.subject['hpkeKey'] = other
    expect(await outcomeOf(network.ask(first(), JSON.stringify(call)))).toBe('report-data.differs')
    // Nor does a request have any other place for one.
    const extra = { ...(JSON.parse(text) as object), readerKey: other }
    expect(await outcomeOf(network.ask(first(), JSON.stringify(extra)))).toBe('request.invalid')
  })

  test('a reader key with which everybody has the same secret', async () => {
    expect(await refusal(keysAlone, { hpkeKey: `0x${'00'.repeat(32)}` })).toBe('release.reader-key')
  })

  test("a tenant registers the point of a victim's ciphertext as its reader key, and learns nothing of the victim's", async () => {
    // The predecessor computed share * (X + U): with X = the victim's U, the difference to the tenant's own mask was the victim's.
    const victim = network.setSecret(8n, 'victim', 'not yours')
    const { group } = network
    const { ciphertext } = parseSealedSecret(victim.bytes)
    const { u } = parseCiphertext(group, ciphertext)
    const made = network.setSecret(7n, 'token', 'mine')
    const own = parseCiphertext(group, parseSealedSecret(made.bytes).ciphertext)
    const item = await network.give(made)
    const hpkeKey = bytesToHex(group.encode(u).subarray(1))
    const text = await network.call({ secrets: [item], keys: [] }, { hpkeKey })
    await network.ask(first(), text).catch(() => undefined)
    // The share meets the tenant's own point and no other: whatever the reader key is, the victim's point is in nothing that is released.
    const asked = [...network.multiplied]
    network.multiplied.length = 0
    await network.ask(first(), await network.call({ secrets: [item], keys: [] }))
    const encoded = bytesToHex(group.encode(own.u))
    expect([asked, network.multiplied]).toEqual([[encoded], [encoded]])
  })

  test('evidence of another instance, signed with a key of one own', async () => {
    expect(await refusal(keysAlone, { signer: stranger })).toBe('release.signature')
  })

  test('other items than the instance has signed for', async () => {
    const signedItems = { secrets: [], keys: ['other'] }
    expect(await refusal(keysAlone, { signedItems })).toBe('release.signature')
  })

  test('a request id that was answered already, also after a restart', async () => {
    const requestId = bytesToHex(randomBytes(32))
    expect(await refusal(keysAlone, { requestId })).toBe('released')
    expect(await refusal(keysAlone, { requestId })).toBe('release.replayed')
    network.restart(first())
    expect(await refusal({ secrets: [], keys: ['b'] }, { requestId })).toBe('release.replayed')
  })

  test('a node passes a request on to another one, which would use up its id there', async () => {
    const text = await network.call(keysAlone)
    const [, other] = network.nodes
    expect(await outcomeOf(network.passOn(other!, text))).toBe('release.signature')
    expect(await outcomeOf(network.ask(other!, text))).toBe('released')
  })

  test('a request that was answered, played again, does not use up the rate of its application', async () => {
    network.close()
    network = await SecretNetwork.open({ rate: { perSecond: 1, burst: 2 } })
    const text = await network.call(keysAlone)
    expect(await outcomeOf(network.ask(first(), text))).toBe('released')
    for (let n = 0; n < 3; n++)
      expect(await outcomeOf(network.ask(first(), text))).toBe('release.replayed')
    expect(await refusal(keysAlone)).toBe('released')
    expect(await refusal(keysAlone)).toBe('release.too-many')
  })

  test('the same request twice at the same moment is answered once', async () => {
    const text = await network.call(keysAlone)
    const outcomes = await Promise.all([1, 2, 3].map(() => outcomeOf(network.ask(first(), text))))
    expect(outcomes.sort()).toEqual(['release.replayed', 'release.replayed', 'released'])
  })

  test('a version that is neither current nor pending', async () => {
    const version = network.world.versions.get('7/1')!
    network.world.versions.set('7/2', version)
    network.world.apps.set(7n, { ...network.world.apps.get(7n)!, currentVersion: 2 })
    expect(await refusal(keysAlone)).toBe('app.version')
  })

  test("a worker's platform that is not live, is denied, or whose measurement is revoked", async () => {
    const { platforms, references } = network.world
    const id = network.platformIdOf(network.workerChip)
    const proven = platforms.get(id)!
    platforms.set(id, { ...proven, notAfter: 0n })
    expect(await refusal(keysAlone)).toBe('platform.not-live')
    platforms.set(id, { ...proven, denied: true })
    expect(await refusal(keysAlone)).toBe('platform.denied')
    platforms.set(id, proven)
    for (const [name, reference] of references)
      references.set(name, { ...reference, status: 'revoked' })
    expect(await refusal(keysAlone)).toMatch(/^measurement\./)
  })

  test('evidence of a block that is too old', async () => {
    const text = await network.call(keysAlone)
    network.world.head = 391n
    network.clock.nowMs += 291_000
    expect(await outcomeOf(network.ask(first(), text))).toBe('block.stale')
  })

  test('a view that is more than 5 minutes old', async () => {
    const text = await network.call(keysAlone)
    network.clock.nowMs += 300_001
    expect(await outcomeOf(network.ask(first(), text))).toBe('view.stale')
  })

  test('an instance that was launched without the network key', async () => {
    expect(await refusal(keysAlone, { evidence: { networkKey: 'none' } })).toBe('config.differs')
  })
})

describe('attacks on what is asked for', () => {
  test('a secret that the manifest does not name', async () => {
    const item = await network.give(network.setSecret(7n, 'hidden', 'not in the manifest'))
    expect(await refusal({ secrets: [item], keys: [] })).toBe('secret.not-in-manifest')
    // The name is in the manifest, but as that of another application.
    const own = await network.give(network.setSecret(7n, 'shared', 'mine'))
    expect(await refusal({ secrets: [own], keys: [] })).toBe('secret.not-in-manifest')
    const foreign = await network.give(network.setSecret(8n, 'token', 'theirs'))
    expect(await refusal({ secrets: [foreign], keys: [] })).toBe('secret.not-in-manifest')
  })

  test('a secret of another application without a grant, after it was revoked, or with another manifest', async () => {
    const item = await network.give(network.setSecret(8n, 'shared', 'theirs'))
    const items = { secrets: [item], keys: [] }
    expect(await refusal(items)).toBe('secret.not-granted')
    network.world.grants.add(grant())
    expect(await refusal(items)).toBe('released')
    network.world.grants.clear()
    expect(await refusal(items)).toBe('secret.not-granted')
    network.world.grants.add(grant())
    network.useManifest([
      { name: 'more', secret: 'more' },
      { name: 'other', appId: '8', secret: 'shared' },
    ])
    expect(await refusal(items)).toBe('secret.not-granted')
  })

  test('a secret that was removed', async () => {
    const item = await token()
    network.world.secrets.delete(secretKey(7n, 'token'))
    expect(await refusal({ secrets: [item], keys: [] })).toBe('secret.version-differs')
  })

  test('an older version after a rotation, and a newer one after it was rolled back', async () => {
    const old = await token('old')
    const set = network.world.secrets.get(secretKey(7n, 'token'))!
    const renewed = await token('new')
    expect(await refusal({ secrets: [old], keys: [] })).toBe('secret.version-differs')
    expect(await refusal({ secrets: [renewed], keys: [] })).toBe('released')
    const rolledBack: SecretFacts = { ...set, latest: 2 }
    network.world.secrets.set(secretKey(7n, 'token'), rolledBack)
    expect(await refusal({ secrets: [renewed], keys: [] })).toBe('secret.version-differs')
    expect(await refusal({ secrets: [old], keys: [] })).toBe('released')
  })

  test('a version that was rotated away while its ciphertext was fetched', async () => {
    const made = network.setSecret(7n, 'token', 'old')
    const { library } = network.nodes[1]!.service
    await library.accept(made.item.digest, made.bytes)
    const read = library.read.bind(library)
    library.read = (digest) => {
      network.setSecret(7n, 'token', 'new')
      return read(digest)
    }
    expect(await refusal({ secrets: [made.item], keys: [] })).toBe('secret.version-differs')
  })

  test("another digest or another version's number", async () => {
    const item = await token()
    for (const other of [
      { ...item, digest: 'ab'.repeat(32) },
      { ...item, version: 2 },
    ])
      expect(await refusal({ secrets: [other], keys: [] })).toBe('secret.version-differs')
  })

  test.each([
    ['hardware', { ...openPolicy, teeClasses: 2 }],
    ['level', { ...openPolicy, minLevel: 1 }],
    ['measurements', { ...openPolicy, measurements: [`0x${'ab'.repeat(32)}`] as Hex[] }],
  ])('a policy whose %s the reader does not have', async (_, policy) => {
    const item = await network.give(network.setSecret(7n, 'token', 'strict', { policy }))
    expect(await refusal({ secrets: [item], keys: [] })).toBe('secret.policy')
  })

  test('a policy that names exactly the reader is met', async () => {
    const measurement = network.measurementOf(network.agentMrtd)
    const policy = { ...openPolicy, measurements: [measurement] }
    const item = await network.give(network.setSecret(7n, 'token', 'strict', { policy }))
    expect(await refusal({ secrets: [item], keys: [] })).toBe('released')
  })

  test('one refused secret of several: nothing is released, and no receipt says otherwise', async () => {
    const item = await token()
    const foreign = await network.give(network.setSecret(8n, 'shared', 'theirs'))
    expect(await refusal({ secrets: [item, foreign], keys: ['a'] })).toBe('secret.not-granted')
    expect(network.multiplied).toEqual([])
    expect(await pageOf(first())).toMatchObject({ last: '0', receipts: [] })
  })

  test('nothing at all, too much, or something twice', async () => {
    const item = await token()
    const text = await network.call(keysAlone)
    const many = Array.from({ length: 65 }, (_, n) => ({ ...item, name: `n${n}` }))
    for (const items of [
      { secrets: [], keys: [] },
      { secrets: [item, item], keys: [] },
      { secrets: [], keys: ['a', 'a'] },
      { secrets: [], keys: [''] },
      { secrets: [], keys: ['x'.repeat(257)] },
      { secrets: many, keys: [] },
    ]) {
      const changed = { ...(JSON.parse(text) as object), ...items }
      expect(await outcomeOf(network.ask(first(), JSON.stringify(changed)))).toMatch(
        /^(request\.invalid|release\.items-invalid)$/,
      )
    }
  })
})

describe('epochs', () => {
  test('a reply of another epoch does not combine, and each says which it is of', async () => {
    const item = await token()
    const next = dealTestKey(network.group, { threshold: 2, size: 3, epoch: 5n, name: 'network' })
    expect(next.onChain).toEqual(network.key.onChain)
    network.nodes[1]!.held.current = next.shares[1]
    network.nodes[2]!.held.current = next.shares[2]
    const text = await network.call({ secrets: [item], keys: [] })
    const [old, one, two] = await Promise.all(network.nodes.map((node) => network.ask(node, text)))
    expect([old!.epoch, one!.epoch, two!.epoch]).toEqual(['4', '5', '5'])
    expect(() => network.combine(text, [old!, one!])).toThrow(
      expect.objectContaining({ code: 'release.too-few' }),
    )
    expect(network.combine(text, [one!, two!], next).secrets).toEqual(['the value'])
  })

  test('a reply to one request does not count for another one', async () => {
    const item = await token()
    const [once, again] = [
      await network.call({ secrets: [item], keys: [] }),
      await network.call({ secrets: [item], keys: [] }),
    ]
    const replies = [await network.ask(first(), once), await network.ask(network.nodes[1]!, again)]
    expect(() => network.combine(again, replies)).toThrow(
      expect.objectContaining({ code: 'release.too-few' }),
    )
  })
})

describe('a node that is cut off', () => {
  test('releases nothing from the second on in which its own proof has lapsed or was revoked', async () => {
    const item = await token()
    const { timestamp } = await network.context.view.head()
    for (const until of [0n, timestamp]) {
      network.world.proofs.set(1n, until)
      network.world.head++
      expect(await refusal({ secrets: [item], keys: [] })).toBe('node.not-proven')
      expect(await refusal(keysAlone)).toBe('node.not-proven')
    }
    expect(network.multiplied).toEqual([])
    network.world.proofs.set(1n, timestamp + 1_000n)
    network.world.head++
    expect(await refusal(keysAlone)).toBe('released')
  })
})

test('the first receipt of a log that was lost is numbered behind those on chain, also before any root is posted', async () => {
  network.world.receiptsPosted.set(1n, 5n)
  const node = network.nodes[0]!
  await network.ask(node, await network.call({ secrets: [], keys: ['disk'] }))
  const { receipts } = await pageOf(node)
  expect(receipts.map(({ receipt }) => receipt.number)).toEqual(['6'])
})

describe('load and traces', () => {
  test('ten times as many as an application may have at once: the rest is refused, others are served, nothing is released twice', async () => {
    network.close()
    network = await SecretNetwork.open({
      rate: { perSecond: 1, burst: 4 },
      room: { maxRunning: 8 },
    })
    const texts = await Promise.all(Array.from({ length: 40 }, () => network.call(keysAlone)))
    const outcomes = await Promise.all(texts.map((text) => outcomeOf(network.ask(first(), text))))
    const count = (code: string) => outcomes.filter((outcome) => outcome === code).length
    expect(count('released')).toBe(4)
    expect(count('release.busy')).toBe(32)
    expect(count('release.too-many')).toBe(4)
    network.clock.nowMs += 1_000
    expect(await refusal(keysAlone)).toBe('released')
    expect(await pageOf(first())).toMatchObject({ last: '5' })
  })

  test('whoever has no evidence of an application does not use up its rate', async () => {
    network.close()
    network = await SecretNetwork.open({ rate: { perSecond: 1, burst: 1 } })
    for (let n = 0; n < 3; n++)
      expect(await refusal(keysAlone, { signer: stranger })).toBe('release.signature')
    expect(await refusal(keysAlone)).toBe('released')
  })

  test('no share, no released point and no plaintext is in a log, an error or a receipt', async () => {
    const item = await token('the plaintext')
    const text = await network.call({ secrets: [item], keys: ['a'] })
    const replies = await Promise.all(network.nodes.map((node) => network.ask(node, text)))
    const failed = await network.ask(first(), text).catch((error: unknown) => error)
    const seen = [
      ...network.logged,
      JSON.stringify(await pageOf(first())),
      `${String(failed)} ${JSON.stringify(failed)}`,
    ].join('\n')
    const secrets = network.key.shares.map(({ share }) => Buffer.from(share))
    const images = replies.flatMap(({ answer }) =>
      [answer.secrets, answer.keys].map((bytes) => Buffer.from(bytes?.subarray(14, 47) ?? [])),
    )
    for (const secret of [...secrets, ...images, Buffer.from('the plaintext')])
      for (const form of ['hex', 'base64', 'latin1'] as const)
        expect(seen.includes(secret.toString(form))).toBe(false)
  })

  test('a receipt says who got what, in order, and which node says so', async () => {
    const item = await token()
    expect(await refusal({ secrets: [item], keys: ['a'] })).toBe('released')
    expect(await refusal(keysAlone)).toBe('released')
    const page = await pageOf(first())
    expect(page).toMatchObject({
      last: '2',
      receipts: [
        {
          receipt: {
            number: '1',
            appId: '7',
            version: 1,
            replica: 0,
            epoch: '4',
            instanceKey: network.instance.address.toLowerCase(),
            items: [
              { kind: 'secret', ...item },
              { kind: 'key', path: 'a' },
            ],
          },
        },
        { receipt: { number: '2' } },
      ],
    })
    const [shown] = page.receipts
    const text = serializeReceipt(shown!.receipt)
    const place = { chainId: 31_337n, subnet: testNetwork.contracts.subnet, nodeId: 1n }
    const raw = receiptStatement(place, text)
    expect(await recoverMessageAddress({ message: { raw }, signature: shown!.signature })).toBe(
      network.statementKeys[0]?.address,
    )
  })
})

type Page = { last: string; receipts: { receipt: Receipt; signature: Hex }[] }

async function pageOf({ service }: ReleasingNode): Promise<Page> {
  return JSON.parse(await service.desk.page(1n, 64n)) as Page
}
