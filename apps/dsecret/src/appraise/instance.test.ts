// Appraisal of instances with real simulated quotes: what gives a lease, and every attack that must not.
import {
  evidenceDigest,
  intelTrustStore,
  podMeasurementId,
  strictPolicy,
  type EvidenceDocument,
} from '@wetee/attestation'
import { createSimulatedVendor } from '@wetee/attestation/simulated'
import { manifestDigest, termsDigest } from '@wetee/manifest'
import { beforeEach, describe, expect, test } from 'vitest'
import { floorKey, genesisSeconds, blockOf } from '../testing/memory-view.ts'
import { images, manifestOf } from '../testing/test-manifest.ts'
import { TestNetwork, type InstanceChoices, type Offered } from '../testing/test-network.ts'
import type { AppFacts, Hex, ReferenceFacts } from '../chain/chain-view.ts'
import type { AppraisalContext } from './context.ts'
import { appraiseInstance } from './instance.ts'

let network: TestNetwork
beforeEach(() => {
  network = new TestNetwork()
})

const never = new AbortController().signal
const appraise = (
  { document, operatorSignature }: Pick<Offered, 'document' | 'operatorSignature'>,
  context: AppraisalContext = network.context,
) => appraiseInstance(context, document, operatorSignature, never)

/** The code with which evidence made so is refused. */
async function refusal(choices: InstanceChoices = {}): Promise<unknown> {
  return codeOf(appraise(await network.instanceEvidence(choices)))
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work
  } catch (error) {
    return (error as { code?: unknown }).code
  }
  return 'accepted'
}

/** Signed evidence whose document is changed afterwards. */
async function changed(
  change: (document: EvidenceDocument<'tdx'>) => Partial<EvidenceDocument<'tdx'>>,
) {
  const offered = await network.instanceEvidence()
  return { ...offered, document: { ...offered.document, ...change(offered.document) } }
}

test('every field of a lease follows from the evidence or from the chain', async () => {
  const offered = await network.instanceEvidence()
  expect(await appraise(offered)).toEqual({
    appId: 7n,
    version: 1,
    replica: 0,
    workerId: 1n,
    platformId: network.platformIdOf(network.workerChip),
    instanceKey: network.instance.address.toLowerCase(),
    hpkeKey: `0x${'e1'.repeat(32)}`,
    tlsKeyHash: `0x${'f1'.repeat(32)}`,
    measurementId: network.measurementOf(network.agentMrtd),
    evidenceBlock: 90n,
    notBefore: genesisSeconds + 90n,
    notAfter: genesisSeconds + 390n,
    evidenceDigest: evidenceDigest(offered.document, offered.document.endorsements),
  })
})

test('the same evidence gives the same lease at every node, whatever its head and the newest parameter', async () => {
  const offered = await network.instanceEvidence()
  const first = await appraise(offered)
  network.world.head = 110n
  network.world.maxLeaseSeconds.push({ from: 105n, seconds: 600n })
  expect(await appraise(offered)).toEqual(first)
})

describe('hardware', () => {
  test('a changed quote is refused, whatever byte was changed', async () => {
    for (const at of [100, 300, 600, 640, 700]) {
      const forged = await changed(({ quote }) => ({
        quote: quote.map((byte, index) => (index === at ? byte ^ 1 : byte)),
      }))
      expect(await codeOf(appraise(forged)), `byte ${at}`).toMatch(
        /^(quote|qe-report|report-data)\./,
      )
    }
  })

  test('evidence of one replica cannot be replayed for another, nor any other field be changed', async () => {
    const others = {
      replica: 1,
      workerId: 2n,
      appId: 8n,
      version: 2,
      blockNumber: 91n,
      hpkeKey: `0x${'00'.repeat(32)}`,
      tlsKeyHash: `0x${'00'.repeat(32)}`,
    } as const
    for (const [field, value] of Object.entries(others)) {
      const replayed = await changed(({ subject }) => ({
        subject: { ...subject, [field]: value },
      }))
      expect(await codeOf(appraise(replayed)), field).toBe('report-data.differs')
    }
  })

  test('evidence under another root is refused', async () => {
    const stranger = createSimulatedVendor({ atMs: Number(genesisSeconds) * 1_000 - 86_400_000 })
    const store = { roots: [{ name: 'other', der: stranger.rootDer, simulated: true }] }
    const context = { ...network.context, trust: { ...network.context.trust, store } }
    expect(await codeOf(appraise(await network.instanceEvidence(), context))).toBe('root.untrusted')
  })

  test('a network of genuine hardware refuses simulated evidence twice over', async () => {
    const offered = await network.instanceEvidence()
    const trust = { store: intelTrustStore, policy: strictPolicy() }
    expect(await codeOf(appraise(offered, { ...network.context, trust }))).toBe('root.untrusted')
    const { store } = network.context.trust
    const careless = { store, policy: strictPolicy() }
    expect(await codeOf(appraise(offered, { ...network.context, trust: careless }))).toBe(
      'policy.simulated-root',
    )
  })

  test('a guest in debug mode is refused', async () => {
    network.workerChip.setDebug(true)
    expect(await refusal()).toBe('policy.flag')
  })

  test('a platform that is out of date or revoked by its vendor is refused', async () => {
    network.workerChip.setTcb('OutOfDate')
    expect(await refusal()).toBe('policy.tcb-status')
    network.workerChip.setTcb('Revoked')
    expect(await refusal()).toBe('tcb.revoked')
    network.workerChip.setTcb('UpToDate')
    network.workerChip.revoke()
    expect(await refusal()).toBe('pck.revoked')
  })

  test('collateral counts for 7 days', async () => {
    const week = 7n * 86_400n
    for (const platform of network.world.platforms.values())
      network.world.platforms.set(network.platformIdOf(network.workerChip), {
        ...platform,
        notAfter: genesisSeconds + 2n * week,
      })
    // The collateral of this network was issued an hour before its first block.
    for (const [head, expected] of [
      [week - 3_600n, 'accepted'],
      [week - 3_599n, 'policy.collateral-age'],
    ] as const) {
      network.world.head = head
      network.clock.nowMs = Number(genesisSeconds + head) * 1_000
      expect(await refusal({ subject: { blockNumber: head } })).toBe(expected)
    }
  })

  test('a signing key that is no point of the curve is refused', async () => {
    expect(await refusal({ subject: { signingKey: `0x05${'11'.repeat(32)}` } })).toBe(
      'subject.signing-key',
    )
  })
})

describe('block', () => {
  test('evidence counts for five minutes of chain time', async () => {
    network.world.maxLeaseSeconds = [{ from: 0n, seconds: 3_600n }]
    const offered = await network.instanceEvidence()
    network.world.head = 390n
    network.clock.nowMs = Number(genesisSeconds + 390n) * 1_000
    expect(await codeOf(appraise(offered))).toBe('accepted')
    network.world.head = 391n
    expect(await codeOf(appraise(offered))).toBe('block.stale')
  })

  test('a lease that would already have run out is not given', async () => {
    const offered = await network.instanceEvidence()
    network.world.maxLeaseSeconds = [{ from: 0n, seconds: 10n }]
    expect(await codeOf(appraise(offered))).toBe('lease.expired')
  })

  test('a block that this chain does not have under that number is refused', async () => {
    const { hash } = blockOf({ fork: 'other' }, 90n)
    expect(await refusal({ subject: { blockHash: hash } })).toBe('block.unknown')
  })

  test('a block that is not final yet is waited for, at most 30 s', async () => {
    const before = network.clock.nowMs
    expect(await refusal({ subject: { blockNumber: 104n } })).toBe('block.ahead')
    expect(network.clock.nowMs - before).toBe(30_000)
  })

  test('a block that becomes final during the wait gives a lease', async () => {
    const { sleep } = network.clock
    const clock = {
      ...network.clock,
      sleep: (ms: number, signal: AbortSignal) => {
        network.world.head++
        return sleep(ms, signal)
      },
    }
    const offered = await network.instanceEvidence({ subject: { blockNumber: 104n } })
    const lease = await appraise(offered, { ...network.context, clock })
    expect(lease.evidenceBlock).toBe(104n)
    expect(network.world.head).toBe(104n)
  })

  test('a block far ahead, and forged evidence of one that is ahead, are refused without a wait', async () => {
    const before = network.clock.nowMs
    expect(await refusal({ subject: { blockNumber: 1_000n } })).toBe('block.ahead')
    const forged = await network.instanceEvidence({ subject: { blockNumber: 104n } })
    const quote = forged.document.quote.map((byte, index) => (index === 600 ? byte ^ 1 : byte))
    expect(await codeOf(appraise({ ...forged, document: { ...forged.document, quote } }))).toMatch(
      /^quote\./,
    )
    expect(network.clock.nowMs).toBe(before)
  })

  test('the wait ends when the asker has gone', async () => {
    const { document, operatorSignature } = await network.instanceEvidence({
      subject: { blockNumber: 104n },
    })
    const gone = AbortSignal.abort(new Error('gone'))
    await expect(
      appraiseInstance(network.context, document, operatorSignature, gone),
    ).rejects.toThrow('gone')
  })

  test('a node whose view of the chain is more than 5 minutes old appraises nothing', async () => {
    const offered = await network.instanceEvidence()
    network.clock.nowMs = Number(genesisSeconds + 100n) * 1_000 + 300_000
    expect(await codeOf(appraise(offered))).toBe('accepted')
    network.clock.nowMs += 1
    expect(await codeOf(appraise(offered))).toBe('view.stale')
  })

  test('evidence older than the version is refused', async () => {
    const version = network.world.versions.get('7/1')!
    network.world.versions.set('7/1', { ...version, createdBlock: 91n })
    expect(await refusal()).toBe('block.before-version')
  })
})

describe('application', () => {
  const set = (facts: Partial<AppFacts>) =>
    network.world.apps.set(7n, { ...network.world.apps.get(7n)!, ...facts })

  test('only an active application gets leases', async () => {
    set({ state: 'paused' })
    expect(await refusal()).toBe('app.not-active')
    set({ state: 'ended' })
    expect(await refusal()).toBe('app.not-active')
    network.world.apps.clear()
    expect(await refusal()).toBe('app.unknown')
  })

  test('the current version counts, the pending one until its deadline, no other', async () => {
    set({ currentVersion: 2 })
    expect(await refusal()).toBe('app.version')
    set({ pendingVersion: 1, pendingDeadline: genesisSeconds + 100n })
    expect(await refusal()).toBe('accepted')
    set({ pendingDeadline: genesisSeconds + 99n })
    expect(await refusal()).toBe('app.version')
    set({ currentVersion: 0, pendingVersion: 0 })
    expect(await refusal({ subject: { version: 0 } })).toBe('app.version')
  })

  test('a version belongs on one worker', async () => {
    network.world.versions.set('7/1', { ...network.world.versions.get('7/1')!, workerId: 2n })
    expect(await refusal()).toBe('app.worker')
  })

  test('replicas are counted from 0', async () => {
    expect(await refusal({ subject: { replica: 1 } })).toBe('accepted')
    expect(await refusal({ subject: { replica: 2 } })).toBe('app.replica')
  })

  test('the owner says how many replicas of the current version there are, the terms how many of a pending one', async () => {
    set({ replicas: 1 })
    expect(await refusal({ subject: { replica: 1 } })).toBe('app.replica')
    set({ replicas: 3 })
    expect(await refusal({ subject: { replica: 2 } })).toBe('accepted')
    expect(await refusal({ subject: { replica: 3 } })).toBe('app.replica')
    set({ currentVersion: 2, pendingVersion: 1, pendingDeadline: genesisSeconds + 100n })
    expect(await refusal({ subject: { replica: 1 } })).toBe('accepted')
    expect(await refusal({ subject: { replica: 2 } })).toBe('app.replica')
  })

  test('a migration moves as many replicas as there are now', async () => {
    const version = network.world.versions.get('7/1')!
    const until = genesisSeconds + 100n
    set({ replicas: 3, currentVersion: 2, pendingVersion: 1, pendingDeadline: until })
    expect(await refusal({ subject: { replica: 2 } })).toBe('app.replica')
    network.world.versions.set('7/1', { ...version, manifestVersion: 5 })
    expect(await refusal({ subject: { replica: 2 } })).toBe('accepted')
    expect(await refusal({ subject: { replica: 3 } })).toBe('app.replica')
  })

  test('an application that does not allow TDX gets no lease on it', async () => {
    const version = network.world.versions.get('7/1')!
    network.world.versions.set('7/1', { ...version, terms: { ...version.terms, teeClasses: 2 } })
    expect(await refusal()).toBe('app.tee-class')
  })

  test('evidence for another chain or another Cloud is refused', async () => {
    expect(await refusal({ subject: { chainId: 1n } })).toBe('subject.network')
    expect(await refusal({ subject: { cloud: `0x${'c2'.repeat(20)}` } })).toBe('subject.network')
  })

  test('evidence of a machine is not evidence of an instance', async () => {
    const document = network.workerEvidence()
    const { operatorSignature } = await network.instanceEvidence()
    expect(await codeOf(appraise({ document, operatorSignature }))).toBe('evidence.kind')
  })
})

describe('configuration and images', () => {
  test("a guest launched with another application's digest is refused", async () => {
    expect(await refusal({ launchedAppId: 8n })).toBe('config.differs')
    const padded = (mrConfigId: Hex): Hex => `0x${mrConfigId.slice(2, -1)}1`
    expect(await refusal({ launched: padded })).toBe('config.differs')
  })

  test('a pod that shows the initdata of its manifest gets a lease, of guest and agent together, once both are accepted', async () => {
    const pod = { agentImage: `sha256:${'a9'.repeat(32)}` } as const
    const guest = network.measurementOf(network.agentMrtd)
    const measurementId = podMeasurementId(guest, pod.agentImage)
    // ATTACK: a guest that takes a policy is accepted with an agent, never alone.
    expect(await refusal({ pod })).toBe('measurement.unknown')
    const accepted = [...network.world.references.entries()].find(([key]) => key.includes(guest))!
    network.world.references.set(accepted[0].replace(guest, measurementId), accepted[1])
    expect(await appraise(await network.instanceEvidence({ pod }))).toMatchObject({ measurementId })
    const other = { agentImage: `sha256:${'a8'.repeat(32)}` } as const
    expect(await refusal({ pod: other })).toBe('measurement.unknown')
  })

  test('ATTACK a pod of another initdata, of none, or that hides or changes its agent is refused', async () => {
    const pod = { agentImage: `sha256:${'a9'.repeat(32)}` } as const
    for (const launched of [
      (field: Hex): Hex => `0x${field.slice(2, -1)}${field.endsWith('0') ? '1' : '0'}`,
      (): Hex => `0x${'00'.repeat(48)}`,
    ])
      expect(await refusal({ pod, launched })).toBe('config.differs')
    const offered = await network.instanceEvidence({ pod })
    const { agentImage: _, ...hidden } = offered.document
    const other = { ...offered.document, agentImage: `sha256:${'a8'.repeat(32)}` as const }
    for (const document of [hidden, other])
      expect(await codeOf(appraise({ ...offered, document }))).toBe('config.differs')
    const claimed = await changed(() => pod)
    expect(await codeOf(appraise(claimed))).toBe('config.differs')
  })

  test('a guest that was launched with another network key, or with none, is refused', async () => {
    const key = { Y: `0x02${'aa'.repeat(32)}`, S: `0x03${'bb'.repeat(32)}` } as const
    network.world.networkKey = key
    expect(await refusal()).toBe('accepted')
    expect(await refusal({ networkKey: 'none' })).toBe('config.differs')
    expect(await refusal({ networkKey: { ...key, S: key.Y } })).toBe('config.differs')
    network.world.networkKey = undefined
    expect(await refusal({ networkKey: key })).toBe('config.differs')
  })

  test('another manifest under the right digest is refused', async () => {
    expect(await refusal({ manifest: manifestOf('other') })).toBe('manifest.differs')
  })

  test('a manifest on chain that is not canonical gets no lease', async () => {
    const version = network.world.versions.get('7/1')!
    network.manifest = ` ${network.manifest}`
    const digest = manifestDigest(network.manifest)
    network.world.versions.set('7/1', { ...version, manifestDigest: digest })
    expect(await refusal()).toBe('manifest.invalid')
  })

  test('a manifest that repeats other terms than the chain gets no lease', async () => {
    const version = network.world.versions.get('7/1')!
    const other = { ...version.terms, cpuMilli: 400 }
    network.world.versions.set('7/1', { ...version, terms: other })
    expect(await refusal()).toBe('terms.differ')
    const whole = { ...version, terms: other, termsDigest: termsDigest(other) }
    network.world.versions.set('7/1', whole)
    expect(await refusal()).toBe('terms.differ')
    network.world.versions.set('7/1', { ...whole, terms: version.terms })
    expect(await refusal()).toBe('terms.differ')
  })

  test.each([
    ['is missing', [['db', images.db]]],
    [
      'is one too many',
      [
        ['db', images.db],
        ['web', images.web],
        ['x', images.web],
      ],
    ],
    [
      'is twice there',
      [
        ['db', images.db],
        ['web', images.web],
        ['web', images.web],
      ],
    ],
    [
      'has another digest',
      [
        ['db', images.db],
        ['web', images.db],
      ],
    ],
    [
      'comes in another order',
      [
        ['web', images.web],
        ['db', images.db],
      ],
    ],
    ['was never measured', []],
  ] as const)('an image that %s is refused', async (_, measured) => {
    expect(await refusal({ measured })).toBe('images.differ')
  })

  test('an event log that does not replay to the register is refused', async () => {
    const lied = await changed(({ eventLog }) => ({ eventLog: eventLog.slice(1) }))
    expect(await codeOf(appraise(lied))).toBe('event-log.differs')
    const measured = [['db', images.web]] as const
    const hidden = await network.instanceEvidence({ measured })
    const { eventLog } = (await network.instanceEvidence()).document
    const document = { ...hidden.document, eventLog }
    expect(await codeOf(appraise({ ...hidden, document }))).toBe('event-log.differs')
  })
})

describe('machine and operator', () => {
  test("an unregistered machine that claims the worker's id is refused", async () => {
    expect(await refusal({ chip: network.strangeChip() })).toBe('platform.not-registered')
  })

  test('a machine that is registered to another worker, or to a dsecret node, is refused', async () => {
    const id = network.platformIdOf(network.workerChip)
    const facts = network.world.platforms.get(id)!
    network.world.platforms.set(id, { ...facts, nodeId: 2n })
    expect(await refusal()).toBe('platform.not-registered')
    network.world.platforms.set(id, { ...facts, role: 2 })
    expect(await refusal()).toBe('platform.not-registered')
  })

  test('a machine whose proof has run out, or that is denied, is refused', async () => {
    const id = network.platformIdOf(network.workerChip)
    const facts = network.world.platforms.get(id)!
    network.world.platforms.set(id, { ...facts, notAfter: genesisSeconds + 100n })
    expect(await refusal()).toBe('platform.not-live')
    network.world.platforms.set(id, { ...facts, denied: true })
    expect(await refusal()).toBe('platform.denied')
  })

  test('nobody but the operator of the worker can speak for an instance on it', async () => {
    const offered = await network.instanceEvidence()
    const { subject } = offered.document
    if (subject.kind !== 'instance') throw new Error('unreachable')
    const { workerChip, instance, operator } = network
    const signatures = {
      'another account': await network.operatorSignature(subject, workerChip, instance),
      'another replica': await network.operatorSignature({ ...subject, replica: 1 }),
      'an older block': await network.operatorSignature({ ...subject, blockNumber: 89n }),
      'another machine': await network.operatorSignature(subject, network.strangeChip()),
      'nothing at all': `0x${'00'.repeat(65)}`,
    } as const
    for (const [what, operatorSignature] of Object.entries(signatures))
      expect(await codeOf(appraise({ ...offered, operatorSignature })), what).toBe(
        'operator.signature',
      )
    network.world.operators.set(1n, instance.address)
    expect(await codeOf(appraise(offered))).toBe('operator.signature')
    network.world.operators.set(1n, operator.address)
    expect(await codeOf(appraise(offered))).toBe('accepted')
  })
})

describe('reference values and revocation', () => {
  const set = (facts: Partial<ReferenceFacts>) =>
    network.world.references.set(`1/${network.measurementOf(network.agentMrtd)}`, {
      status: 'accepted',
      teeClass: 1,
      validFrom: 0n,
      until: 0n,
      ...facts,
    })

  test('a program that is not among the reference values is refused', async () => {
    expect(await refusal({ mrtd: `0x${'12'.repeat(48)}` })).toBe('measurement.unknown')
  })

  test('a measurement counts from its first second, a deprecated one until its last, a revoked one never', async () => {
    set({ validFrom: genesisSeconds + 100n })
    expect(await refusal()).toBe('accepted')
    set({ validFrom: genesisSeconds + 101n })
    expect(await refusal()).toBe('measurement.not-yet-valid')
    set({ status: 'deprecated', until: genesisSeconds + 101n })
    expect(await refusal()).toBe('accepted')
    set({ status: 'deprecated', until: genesisSeconds + 100n })
    expect(await refusal()).toBe('measurement.deprecated')
    set({ status: 'revoked' })
    expect(await refusal()).toBe('measurement.revoked')
  })

  test('a measurement that stands for other hardware is refused', async () => {
    for (const teeClass of [0, 2, 4, 8]) {
      set({ teeClass })
      expect(await refusal()).toBe('measurement.tee-class')
    }
  })

  test('a measurement of the dsecret node is no measurement of the agent', async () => {
    expect(await refusal({ mrtd: network.nodeMrtd })).toBe('measurement.unknown')
  })

  test('evidence of a block up to a revocation floor does not count, one above it does', async () => {
    const subjects = {
      key: network.instance.address.toLowerCase() as `0x${string}`,
      platform: network.platformIdOf(network.workerChip),
      measurement: network.measurementOf(network.agentMrtd),
      worker: 1n,
      application: 7n,
    } as const
    for (const [subject, id] of Object.entries(subjects)) {
      const key = floorKey(subject as keyof typeof subjects, id)
      network.world.floors.set(key, 89n)
      expect(await refusal(), subject).toBe('accepted')
      network.world.floors.set(key, 90n)
      expect(await refusal(), subject).toBe(`revoked.${subject}`)
      network.world.floors.clear()
    }
  })
})
