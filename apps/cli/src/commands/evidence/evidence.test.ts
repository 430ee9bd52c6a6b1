// `wetee evidence` on files of simulated platforms: formats, options, words, and what is refused.
import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  configDigest,
  developmentPolicy,
  reportDataOf,
  serializeEvidenceDocument,
  strictPolicy,
  type EvidenceDocument,
} from '@wetee/attestation'
import { createSimulatedAmdVendor, createSimulatedVendor } from '@wetee/attestation/simulated'
import { describe, expect, test } from 'vitest'
import { run } from '../../testing/fake-context.ts'
import type { AppraiseResult } from './appraise-result.ts'
import { decodeEvidence } from './evidence-file.ts'

const at = '2026-06-01T00:00:00Z'
const atMs = Date.parse(at)
const seed = (byte: number) => new Uint8Array(32).fill(byte)
const hex = (byte: string, size: number) => `0x${byte.repeat(size)}` as const
const folder = mkdtempSync(join(tmpdir(), 'wetee-evidence-'))
const save = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content)
  return name
}

const intel = createSimulatedVendor({ seed: seed(1), atMs })
const chip = intel.createChip({ seed: seed(2) })
const guest = chip.launch({ mrtd: hex('11', 48), mrConfigId: hex('22', 48) })
const subject = {
  kind: 'instance',
  chainId: 31_337n,
  cloud: hex('c1', 20),
  workerId: 1n,
  appId: 2n,
  version: 3,
  replica: 0,
  blockNumber: 42n,
  blockHash: hex('b1', 32),
  signingKey: hex('02', 33),
  hpkeKey: hex('e1', 32),
  tlsKeyHash: hex('f1', 32),
} as const
const quote = guest.quote(reportDataOf(subject))
const collateral = intel.collateral(atMs)
const document: EvidenceDocument = {
  format: 'wetee/evidence/v1',
  platform: 'tdx',
  quote,
  endorsements: collateral,
  eventLog: [],
  subject,
  manifest: '{"format":"wetee/manifest/v1"}',
}

save('quote.bin', quote)
save('quote.hex', `0x${Buffer.from(quote).toString('hex')}\n`)
save('quote.base64', Buffer.from(quote).toString('base64').replace(/.{64}/g, '$&\n'))
save('collateral.json', JSON.stringify(collateral))
save('root.der', intel.rootDer)
save('root.pem', intel.rootPem)
save('document.json', serializeEvidenceDocument(document))
const { platform: _platform, ...claimed } = { ...subject, platform: 'tdx' }
save(
  'other-subject.json',
  serializeEvidenceDocument({ ...document, subject: { ...claimed, kind: 'instance', appId: 7n } }),
)

const amd = createSimulatedAmdVendor({ seed: seed(3), atMs, product: 'Genoa' })
const snpChip = amd.createChip({ seed: seed(4) })
const snpGuest = snpChip.launch({ measurement: hex('33', 48), hostData: hex('44', 32) })
const vek = amd.endorsements(snpChip, atMs)
save('report.bin', snpGuest.report(hex('55', 64)))
for (const name of ['leaf', 'ask', 'crl'] as const)
  save(`${name}.der`, Buffer.from(vek[name] ?? '', 'hex'))
save('ark.der', amd.rootDer)

const intelArgs = ['--collateral', 'collateral.json', '--root', 'root.der', '--at', at]
const snpArgs = ['--leaf', 'leaf.der', '--ask', 'ask.der', '--root', 'ark.der', '--at', at]

async function appraise(...args: string[]) {
  const { code, stdout, stderr } = await run(['evidence', 'appraise', '--json', ...args], {
    cwd: folder,
  })
  const result = JSON.parse(stdout) as AppraiseResult & {
    error?: { code: string; message: string }
  }
  return { code, stderr, result }
}
const text = async (...args: string[]) => (await run(['evidence', ...args], { cwd: folder })).stdout

describe('files of evidence', () => {
  test.each(['quote.bin', 'quote.hex', 'quote.base64'])('%s is the same evidence', async (file) => {
    const { code, result } = await appraise('--evidence', file, ...intelArgs)
    expect([code, result.verdict, result.tcbStatus]).toEqual([0, 'valid', 'UpToDate'])
    expect(result).toMatchObject({
      platform: 'tdx',
      simulated: true,
      trustRoot: 'root.der',
      strictPolicy: 'accept',
      policy: 'offline',
      measurements: { mrtd: '11'.repeat(48), mr_config_id: '22'.repeat(48) },
    })
  })

  test('a root may be PEM, and one of several', async () => {
    const args = ['--collateral', 'collateral.json', '--at', at]
    const roots = ['--root', 'ark.der', '--root', 'root.pem']
    const { code, result } = await appraise('--evidence', 'quote.bin', ...args, ...roots)
    expect([code, result.trustRoot]).toEqual([0, 'root.pem'])
    const other = await appraise('--evidence', 'quote.bin', ...args, '--root', 'ark.der')
    expect([other.code, other.result.code]).toEqual([1, 'root.untrusted'])
  })

  test('without --root only the vendors count', async () => {
    const { code, result } = await appraise(
      ...['--evidence', 'quote.bin', '--collateral', 'collateral.json', '--at', at],
    )
    expect([code, result.verdict, result.code]).toEqual([1, 'invalid', 'root.untrusted'])
  })

  test('a document brings its collateral, and its subject has to be the one that was signed', async () => {
    const args = ['--root', 'root.der', '--at', at]
    const good = await appraise('--evidence', 'document.json', ...args)
    expect([good.code, good.result.verdict]).toEqual([0, 'valid'])
    const bad = await appraise('--evidence', 'other-subject.json', ...args)
    expect([bad.code, bad.result.code]).toEqual([1, 'report-data.differs'])
    const twice = await appraise('--evidence', 'document.json', ...intelArgs)
    expect([twice.code, twice.result.error?.code]).toEqual([2, 'usage'])
  })

  test('the images that a document lists have to be those that the TEE measured', async () => {
    const image = {
      register: 3,
      type: 'image',
      service: 'web',
      digest: `sha256:${'1a'.repeat(32)}`,
    }
    const listed = { ...document, eventLog: [image] } as EvidenceDocument
    save('other-images.json', serializeEvidenceDocument(listed))
    const { code, result } = await appraise(
      ...['--evidence', 'other-images.json', '--root', 'root.der', '--at', at],
    )
    expect([code, result.code]).toEqual([1, 'event-log.differs'])
  })

  test('text counts as hex or base64 only where it then is evidence', () => {
    const decode = (content: string) => decodeEvidence(new TextEncoder().encode(content))
    for (const content of ['abcd', 'ab'.repeat(600), 'YWJj', '0x', ''])
      expect(decode(content)).toMatchObject({ kind: 'bytes', encoding: 'binary' })
    expect(decode(Buffer.from(quote).toString('hex'))).toMatchObject({ encoding: 'hex' })
    expect(decode(JSON.stringify({ quote: 'none' }))).toMatchObject({ encoding: 'binary' })
  })

  test('a PCK chain beside the nine fields may only repeat the one in the quote', async () => {
    const own = /-----BEGIN[^]*-----END CERTIFICATE-----/.exec(
      Buffer.from(quote).toString('latin1'),
    )
    const withChain = (chain: unknown) =>
      save('with-chain.json', JSON.stringify({ ...collateral, pck_certificate_chain: chain }))
    const args = ['--root', 'root.der', '--at', at, '--collateral', 'with-chain.json']
    withChain(own?.[0])
    expect((await appraise('--evidence', 'quote.bin', ...args)).code).toBe(0)
    withChain(null)
    expect((await appraise('--evidence', 'quote.bin', ...args)).code).toBe(0)
    for (const other of [intel.rootPem, '', 'text', 1]) {
      withChain(other)
      const { code, result } = await appraise('--evidence', 'quote.bin', ...args)
      expect([code, result.code]).toEqual([1, 'endorsement.malformed'])
    }
  })

  test('SEV-SNP: the list is checked where it is given, and the strict policy wants it', async () => {
    const report = ['--evidence', 'report.bin', ...snpArgs]
    const { code, result } = await appraise(...report, '--crl', 'crl.der')
    expect([code, result.platform, result.tcbStatus]).toEqual([0, 'sev-snp', null])
    expect(result.measurements).toMatchObject({ measurement: '33'.repeat(48) })
    save('development.json', JSON.stringify(developmentPolicy()))
    const policy = ['--policy', 'development.json']
    expect((await appraise(...report, '--crl', 'crl.der', ...policy)).code).toBe(0)
    const without = await appraise(...report, ...policy)
    expect([without.code, without.result.verdict]).toEqual([1, 'valid'])
    expect(without.result.policyCode).toBe('policy.revocation-list')
    const broken = await appraise(...report, '--crl', 'root.der')
    expect([broken.code, broken.result.code]).toEqual([1, 'ark-crl.invalid'])
  })

  test('empty, cut, foreign and huge files are invalid, with a code and no trace', async () => {
    save('empty.bin', '')
    save('cut.bin', quote.subarray(0, 700))
    save('text.bin', 'hello')
    save('braces.json', '{}')
    save('null.json', 'null')
    save('huge.bin', quote)
    truncateSync(join(folder, 'huge.bin'), 3_000_000)
    save('large.bin', new Uint8Array(20_000))
    for (const file of ['empty.bin', 'cut.bin', 'text.bin', 'braces.json', 'huge.bin', 'large.bin'])
      for (const args of [intelArgs, snpArgs, ['--at', at]]) {
        const { code, result, stderr } = await appraise('--evidence', file, ...args)
        const needsMore = result.error?.code === 'usage'
        expect([code, stderr]).toEqual([needsMore ? 2 : 1, ''])
        if (!needsMore) expect(result).toMatchObject({ verdict: 'invalid', strictPolicy: 'reject' })
        if (!needsMore) expect(result.code).toMatch(/^[a-z-]+\.[a-z-]+$/)
      }
    for (const file of ['empty.bin', 'text.bin', 'null.json', 'huge.bin', 'root.der'])
      for (const name of ['--collateral', '--root']) {
        const { code, result } = await appraise('--evidence', 'quote.bin', ...intelArgs, name, file)
        if (name === '--root' && file === 'root.der') continue
        expect([code, result.verdict]).toEqual([1, 'invalid'])
        expect(result.code).toBe(
          name === '--root' ? 'trust-store.invalid' : 'endorsement.malformed',
        )
      }
  })
})

describe('options', () => {
  test.each<[string, string[], number, string]>([
    ['no evidence', [], 2, 'usage'],
    ['no collateral', ['--evidence', 'quote.bin'], 2, 'usage'],
    ['no certificates', ['--evidence', 'report.bin'], 2, 'usage'],
    ['a leaf alone', ['--evidence', 'report.bin', '--leaf', 'leaf.der'], 2, 'usage'],
    ['both vendors', ['--evidence', 'quote.bin', ...intelArgs, '--leaf', 'leaf.der'], 2, 'usage'],
    ['no such file', ['--evidence', 'none.bin', ...intelArgs], 5, 'file.not-found'],
    ['a folder', ['--evidence', '.', ...intelArgs], 7, 'file.unreadable'],
    ['no time', ['--evidence', 'quote.bin', ...intelArgs, '--at', 'noon'], 2, 'usage'],
    [
      'a time in words',
      ['--evidence', 'quote.bin', ...intelArgs, '--at', '1 June 2026'],
      2,
      'usage',
    ],
    [
      'no such policy',
      ['--evidence', 'quote.bin', ...intelArgs, '--policy', 'x'],
      5,
      'file.not-found',
    ],
    [
      'no policy',
      ['--evidence', 'quote.bin', ...intelArgs, '--policy', 'root.pem'],
      7,
      'file.policy',
    ],
    ['an unknown option', ['--evidence', 'quote.bin', '--pck', 'x'], 2, 'usage'],
  ])('%s', async (_name, args, code, error) => {
    const { code: got, result } = await appraise(...args)
    expect([got, result.error?.code]).toEqual([code, error])
  })

  test('the time decides', async () => {
    const evidence = ['--evidence', 'quote.bin', ...intelArgs]
    const later = await appraise(...evidence, '--at', '2026-09-01')
    expect([later.code, later.result.verdict]).toEqual([1, 'invalid'])
    expect(later.result.code).toMatch(/expired$/)
    expect(later.result.at).toBe('2026-09-01T00:00:00.000Z')
    const zoned = await appraise(...evidence, '--at', '2026-06-01T02:00:00+02:00')
    expect([zoned.code, zoned.result.at]).toEqual([0, '2026-06-01T00:00:00.000Z'])
  })

  test('a policy that was named decides the exit code, the usual one does not', async () => {
    const evidence = ['--evidence', 'quote.bin', ...intelArgs]
    const strict = await appraise(...evidence, '--policy', 'strict')
    expect([strict.code, strict.result.verdict]).toEqual([1, 'valid'])
    expect(strict.result).toMatchObject({
      strictPolicy: 'reject',
      policy: 'strict',
      policyCode: 'policy.simulated-root',
    })
    const own = { ...strictPolicy(), trust: 'genuine-or-simulated', platforms: ['tdx'] }
    save('own.json', JSON.stringify(own))
    const accepted = await appraise(...evidence, '--policy', 'own.json')
    expect([accepted.code, accepted.result.policy]).toEqual([0, 'own.json'])
  })
})

describe('advice', () => {
  test('a platform that is behind is told what is short and what raises it', async () => {
    const behind = intel.createChip({ seed: seed(9) })
    behind.setTcb('OutOfDate')
    save(
      'behind.bin',
      behind.launch({ mrtd: hex('11', 48), mrConfigId: hex('22', 48) }).quote(hex('00', 64)),
    )
    const { code, result } = await appraise('--evidence', 'behind.bin', ...intelArgs)
    expect([code, result.tcbStatus, result.strictPolicy]).toEqual([0, 'OutOfDate', 'reject'])
    expect(result.advice?.short.length).toBeGreaterThan(0)
    expect(result.advice?.steps.length).toBeGreaterThan(0)
    const shown = await text('appraise', '--evidence', 'behind.bin', ...intelArgs)
    expect(shown).toContain('What the platform is short of')
  })
})

describe('text', () => {
  test('the words of an appraisal fit a terminal and say what was not judged', async () => {
    const shown = await text('appraise', '--evidence', 'quote.bin', ...intelArgs)
    expect(shown).toMatchSnapshot()
    expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(shown).toContain('SIMULATED')
    expect(shown).not.toContain('\u001b')
  })

  test('colours are for terminals that want them', async () => {
    const args = ['evidence', 'appraise', '--evidence', 'quote.bin', ...intelArgs]
    expect((await run(args, { cwd: folder, colour: true })).stdout).toContain('\u001b[')
  })

  test.each([
    'quote.bin',
    'report.bin',
    'document.json',
    'collateral.json',
    'root.der',
    'root.pem',
  ])('show explains %s and says that nothing is verified', async (file) => {
    const shown = await text('show', file)
    expect(shown).toMatch(/^Nothing here has been verified/)
    expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('show gives each field its place, its bytes and its meaning', async () => {
    type Shown = {
      sections: { title: string; fields: { offset?: number; name: string; hex?: string }[] }[]
    }
    const shown = JSON.parse(await text('show', 'quote.bin', '--json')) as Shown
    const fields = shown.sections.flatMap((section) => section.fields)
    for (const { offset, hex: bytes, name } of fields) {
      if (offset === undefined || bytes === undefined || bytes.endsWith('...')) continue
      const size = bytes.length / 2
      expect(Buffer.from(quote.subarray(offset, offset + size)).toString('hex'), name).toBe(bytes)
    }
    expect(fields.find(({ name }) => name === 'MRTD')).toMatchObject({
      offset: 184,
      hex: '11'.repeat(48),
    })
    const report = JSON.parse(await text('show', 'report.bin', '--json')) as Shown
    const measurement = report.sections.flatMap((section) => section.fields)
    expect(measurement.find(({ name }) => name === 'MEASUREMENT')).toMatchObject({
      offset: 0x90,
      hex: '33'.repeat(48),
    })
  })

  test('show reads any file that is cut, and refuses what it does not know', async () => {
    for (let size = 48; size < quote.length; size += 97) {
      save('part.bin', quote.subarray(0, size))
      expect((await run(['evidence', 'show', 'part.bin'], { cwd: folder })).code).toBe(0)
    }
    for (const file of ['empty.bin', 'text.bin', 'huge.bin']) {
      const { code, stderr } = await run(['evidence', 'show', file], { cwd: folder })
      expect([code, stderr]).toEqual([7, expect.stringContaining('file.unknown')])
    }
  })

  test('control characters of a file do not reach the terminal', async () => {
    const evil = {
      ...collateral,
      tcb_info: JSON.stringify({ id: '\u001b[31mred', issueDate: '\u0007' }),
    }
    save('evil.json', JSON.stringify(evil))
    expect(await text('show', 'evil.json')).not.toMatch(/[\u0007\u001b]/)
  })
})

describe('config-digest', () => {
  const compose = [
    'name: hello',
    'services:',
    '  web:',
    `    image: docker.io/library/nginx@sha256:${'cd'.repeat(32)}`,
    '    deploy: { resources: { limits: { cpus: "0.25", memory: 128M } } }',
  ].join('\n')
  save('compose.yaml', compose)
  const place = ['--chain', '31337', '--cloud', hex('c1', 20), '--app', '7', '--app-version', '2']
  type Printed = {
    manifestDigest: `0x${string}`
    termsDigest: `0x${string}`
    configDigest: string
    launch: object
  }
  const digest = async (...args: string[]) => {
    const { code, stdout } = await run(['evidence', 'config-digest', '--json', ...args], {
      cwd: folder,
    })
    return { code, printed: JSON.parse(stdout) as Printed & { error?: { code: string } } }
  }

  test('is what the hardware has to be launched with, in the form of each platform', async () => {
    const { code, printed } = await digest('--compose', 'compose.yaml', ...place)
    expect(code).toBe(0)
    const { manifestDigest, termsDigest } = printed
    const expected = configDigest({
      chainId: 31_337n,
      cloud: hex('c1', 20),
      appId: 7n,
      version: 2,
      manifestDigest,
      termsDigest,
    })
    expect(printed.configDigest).toBe(expected)
    expect(printed.launch).toEqual({
      MRCONFIGID: `${expected}${'00'.repeat(16)}`,
      HOST_DATA: expected,
      CONFIGID: `${expected}${'00'.repeat(32)}`,
    })
  })

  test('depends on every part, the network key too', async () => {
    const key = ['--network-key', `0x02${'ab'.repeat(32)},0x03${'cd'.repeat(32)}`]
    const seen = new Set<string>()
    for (const change of [[], ['--app', '8'], ['--app-version', '3'], ['--chain', '1'], key]) {
      const { printed } = await digest('--compose', 'compose.yaml', ...place, ...change)
      seen.add(printed.configDigest)
    }
    expect(seen.size).toBe(5)
  })

  test.each<[string, string[]]>([
    ['no file', place],
    ['two files', ['--compose', 'compose.yaml', '--manifest', 'compose.yaml', ...place]],
    ['no application', ['--compose', 'compose.yaml', ...place.slice(0, 4)]],
    ['application 0', ['--compose', 'compose.yaml', ...place, '--app', '0']],
    ['a version too large', ['--compose', 'compose.yaml', ...place, '--app-version', '4294967296']],
    ['half a key', ['--compose', 'compose.yaml', ...place, '--network-key', hex('02', 33)]],
    ['an address too short', ['--compose', 'compose.yaml', ...place, '--cloud', '0x12']],
  ])('%s is refused', async (_name, args) => {
    expect((await digest(...args)).code).toBe(2)
  })

  test('a manifest that is not canonical is refused', async () => {
    save('manifest.json', '{"format": "wetee/manifest/v1"}')
    expect((await digest('--manifest', 'manifest.json', ...place)).code).toBe(7)
  })
})
