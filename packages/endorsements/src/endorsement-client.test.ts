// The client against servers that speak the real APIs: what it asks for, returns and keeps.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEndorsements } from '@wetee/attestation'
import { afterEach, expect, test } from 'vitest'
import { EndorsementClient } from './endorsement-client.ts'
import {
  cleanUp,
  DAY_MS,
  FMSPC,
  HOUR_MS,
  HW_ID,
  intelHoldings,
  MILAN,
  onCleanUp,
  openClient,
  startWorld,
  TCB,
  TDX,
  TURIN_HW_ID,
} from './testing/fixtures.ts'

afterEach(cleanUp)

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wetee-endorsements-'))
  onCleanUp(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('the nine fields of an Intel platform are the exact bytes that PCS holds', async () => {
  const { client, clock, pcs } = await startWorld()
  const { endorsements, parts } = await client.intel(TDX)
  const query = { tee: 'tdx', ca: 'platform', update: 'standard' } as const
  expect(endorsements).toEqual(intelHoldings(clock).collateral(query))
  expect(parseEndorsements('tdx', endorsements)).toEqual(endorsements)
  expect(parts.map(({ kind, from, stale }) => [kind, from, stale])).toEqual([
    ['tcb-info', 'server', false],
    ['qe-identity', 'server', false],
    ['pck-crl', 'server', false],
    ['root-ca-crl', 'server', false],
  ])
  expect(pcs.requests.map(({ path }) => path).sort()).toEqual([
    '/IntelSGXRootCA.der',
    '/sgx/certification/v4/pckcrl?ca=platform&encoding=der',
    '/tdx/certification/v4/qe/identity?update=standard',
    `/tdx/certification/v4/tcb?fmspc=${FMSPC}&update=standard`,
  ])
})

test('a PCCS alone gives the same, its root list out of hex', async () => {
  const { clock, pccs } = await startWorld()
  const client = await openClient(clock, { intel: [{ api: 'pccs', url: `${pccs.url}/` }] })
  const { endorsements } = await client.intel(TDX)
  const query = { tee: 'tdx', ca: 'platform', update: 'standard' } as const
  expect(endorsements).toEqual(intelHoldings(clock).collateral(query))
})

test('early evaluation and numbered evaluation are asked for, and kept apart', async () => {
  const { clock, client, pcs, pccs, servers } = await startWorld()
  await client.intel({ ...TDX, evaluation: 'early' })
  await client.intel({ ...TDX, evaluation: 19 })
  const queries = pcs.requests.filter(({ route }) => route === 'tcb').map(({ path }) => path)
  expect(queries).toEqual([
    `/tdx/certification/v4/tcb?fmspc=${FMSPC}&update=early`,
    `/tdx/certification/v4/tcb?fmspc=${FMSPC}&tcbEvaluationDataNumber=19`,
  ])
  const mirrors = [{ api: 'pccs', url: pccs.url }, ...servers.intel] as const
  const both = await openClient(clock, { intel: mirrors })
  await both.intel({ ...TDX, evaluation: 19 })
  expect(pccs.count('tcb')).toBe(0)
})

test('evaluation numbers come with what proves them', async () => {
  const { client } = await startWorld()
  const { endorsements } = await client.evaluationNumbers('tdx')
  expect(endorsements.numbers.map(({ number }) => number)).toEqual([20, 19])
  expect(endorsements.signature).toBe('ab'.repeat(64))
  expect(endorsements.text).toMatch(/^\{"id":"TDX"/)
  expect(endorsements.issuerChain).toMatch(/^-----BEGIN CERTIFICATE-----/)
})

test.each([
  { fmspc: 'B0C06F000000' },
  { fmspc: '00' },
  { fmspc: `${FMSPC}&update=early` },
  { evaluation: 0 },
  { evaluation: 1.5 },
])('a request that is no request asks nobody: %o', async (wrong) => {
  const { client, pcs } = await startWorld()
  await expect(client.intel({ ...TDX, ...wrong })).rejects.toMatchObject({
    code: 'request.invalid',
    retryable: false,
  })
  expect(pcs.requests).toEqual([])
})

test('leaf, issuer and list of a Milan chip come from KDS', async () => {
  const { client, kds } = await startWorld()
  const { endorsements } = await client.amd(MILAN)
  expect(parseEndorsements('sev-snp', endorsements)).toEqual(endorsements)
  expect(kds.requests.map(({ path }) => path).sort()).toEqual([
    `/vcek/v1/Milan/${HW_ID}?blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219`,
    '/vcek/v1/Milan/cert_chain',
    '/vcek/v1/Milan/crl',
  ])
})

test('Turin has a short chip number and a level more', async () => {
  const { client, kds } = await startWorld()
  await client.amd({
    product: 'Turin',
    signer: 'vcek',
    hwId: TURIN_HW_ID,
    tcb: { ...TCB, fmc: 1 },
  })
  expect(kds.requests.find(({ route }) => route === 'vcek')?.path).toBe(
    `/vcek/v1/Turin/${TURIN_HW_ID}?fmcSPL=01&blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219`,
  )
})

test.each([
  { hwId: 'ab'.repeat(8) },
  { hwId: HW_ID.toUpperCase() },
  { hwId: '../crl' },
  { tcb: { ...TCB, fmc: 1 } },
  { tcb: { ...TCB, snp: 256 } },
  { tcb: { ...TCB, microcode: -1 } },
  { product: 'Rome' as 'Milan' },
])('a chip that is no chip is not asked for: %o', async (wrong) => {
  const { client, kds } = await startWorld()
  await expect(client.amd({ ...MILAN, ...wrong })).rejects.toMatchObject({
    code: 'request.invalid',
  })
  expect(kds.count('vcek')).toBe(0)
})

test('a VLEK comes from its owner; its issuer and list are the VLEK’s', async () => {
  const { client, kds } = await startWorld()
  const { endorsements } = await client.amd({ product: 'Milan', signer: 'vlek', leaf: '3082' })
  expect(endorsements.leaf).toBe('3082')
  expect(kds.requests.map(({ path }) => path).sort()).toEqual([
    '/vlek/v1/Milan/cert_chain',
    '/vlek/v1/Milan/crl',
  ])
})

test('a VCEK is asked for once in its life, also by the next process', async () => {
  const directory = await newFolder()
  const { client, clock, kds, servers } = await startWorld({ directory })
  await client.amd(MILAN)
  clock.advance(300 * DAY_MS)
  await client.amd(MILAN)
  await client.close()
  const next = await openClient(clock, { ...servers, directory })
  expect((await next.amd(MILAN)).parts[0]).toMatchObject({ kind: 'vcek', from: 'cache' })
  expect(kds.count('vcek')).toBe(1)
  expect(kds.count('crl')).toBe(2)
})

test('VCEKs are asked for no faster than KDS allows, other things are', async () => {
  const { client, clock } = await startWorld()
  const startMs = clock.nowMs()
  for (const microcode of [1, 2, 3]) await client.amd({ ...MILAN, tcb: { ...TCB, microcode } })
  expect(clock.nowMs() - startMs).toBeGreaterThanOrEqual(20_000)
  expect(clock.nowMs() - startMs).toBeLessThan(25_000)
})

test('the certificate of another chip is not kept for good', async () => {
  const { client, kds } = await startWorld()
  const other = await client.amd(MILAN)
  const body = Buffer.from(other.endorsements.leaf, 'hex')
  const swapped = Buffer.from(body.toString('hex').replace(HW_ID, 'ba'.repeat(64)), 'hex')
  kds.behave('vcek', { type: 'content', body: new Uint8Array(swapped) })
  const request = { ...MILAN, tcb: { ...TCB, snp: 25 } }
  await expect(client.amd(request)).rejects.toMatchObject({ code: 'answer.mismatch' })
  kds.heal()
  expect((await client.amd(request)).parts[0]).toMatchObject({ from: 'server' })
})

test('a chip that KDS does not know is said to be so', async () => {
  const { client } = await startWorld()
  await expect(client.amd({ ...MILAN, hwId: 'ee'.repeat(64) })).rejects.toMatchObject({
    code: 'answer.not-found',
    status: 404,
    retryable: false,
  })
})

test('young parts come from the cache, old ones from the server, or at once when asked', async () => {
  const { client, clock, pcs } = await startWorld()
  await client.intel(TDX)
  clock.advance(12 * HOUR_MS - 60_000)
  expect((await client.intel(TDX)).parts.every(({ from }) => from === 'cache')).toBe(true)
  expect(pcs.requests).toHaveLength(4)
  clock.advance(2 * 60_000)
  expect((await client.intel(TDX)).parts.map(({ from }) => from)).toEqual([
    'server',
    'server',
    'server',
    'cache',
  ])
  await client.intel(TDX, { fresh: true })
  expect(pcs.requests).toHaveLength(11)
})

test('what was fetched in the future has no age: a clock that is set back asks anew', async () => {
  const { client, clock, pcs } = await startWorld()
  clock.advance(20 * DAY_MS)
  await client.intel(TDX)
  clock.advance(-DAY_MS)
  const { parts } = await client.intel(TDX)
  expect(pcs.requests).toHaveLength(8)
  // The server holds what is dated before what is kept: as old an answer as any.
  expect(parts[0]).toMatchObject({ from: 'cache', stale: true, error: { code: 'answer.older' } })
})

test('what expires while servers are asked is not served', async () => {
  const { client, clock, pcs } = await startWorld()
  const { nextUpdateMs = 0 } = (await client.intel(TDX)).parts[0] ?? {}
  pcs.behave('tcb', { type: 'status', status: 503 })
  clock.advance(nextUpdateMs - 10_000 - clock.nowMs())
  expect((await client.intel(TDX)).parts[0]).toMatchObject({ from: 'cache', stale: true })
  clock.advance(nextUpdateMs - 500 - clock.nowMs())
  await expect(client.intel(TDX)).rejects.toMatchObject({ code: 'answer.unavailable' })
})

test('evaluation data of a lower number is older, whatever its date', async () => {
  const { client, clock, pcs, servers } = await startWorld()
  const { endorsements } = await client.intel(TDX)
  const set = Number(/"tcbEvaluationDataNumber":(\d+)/.exec(endorsements.tcb_info)?.[1])
  clock.advance(13 * HOUR_MS)
  const { tcb_info, tcb_info_signature } = intelHoldings(clock).collateral({
    tee: 'tdx',
    ca: 'platform',
    update: 'standard',
  })
  const body = (number: number) => {
    const text = tcb_info.replace(/("tcbEvaluationDataNumber":)\d+/, `$1${number}`)
    return Buffer.from(`{"tcbInfo":${text},"signature":"${tcb_info_signature}"}`)
  }
  const error = { code: 'answer.older' }
  pcs.behave('tcb', { type: 'content', body: body(set - 1) })
  expect((await client.intel(TDX)).parts[0]).toMatchObject({ from: 'cache', stale: true, error })
  pcs.behave('tcb', { type: 'content', body: body(set + 1) })
  expect((await client.intel(TDX)).parts[0]).toMatchObject({ from: 'server' })
  // Who keeps nothing cannot know.
  pcs.behave('tcb', { type: 'content', body: body(set - 1) })
  const other = await openClient(clock, servers)
  expect((await other.intel(TDX)).parts[0]).toMatchObject({ from: 'server' })
})

test('what an appraisal refused can be discarded, and is asked for anew', async () => {
  const { client, pcs } = await startWorld()
  const { parts } = await client.intel(TDX)
  for (const part of parts.slice(0, 1)) await client.discard(part)
  await client.intel(TDX)
  expect(pcs.count('tcb')).toBe(2)
  expect(pcs.count('qe-identity')).toBe(1)
})

test('many callers of one thing make one request', async () => {
  const { client, pcs } = await startWorld()
  pcs.behave('tcb', { type: 'slow', delayMs: 20 })
  const all = await Promise.all(Array.from({ length: 50 }, () => client.intel(TDX)))
  expect(new Set(all.map(({ endorsements }) => endorsements.tcb_info)).size).toBe(1)
  expect(pcs.requests).toHaveLength(4)
})

test('one caller that gives up leaves the others their answer; all of them stop it', async () => {
  const { client, pcs } = await startWorld()
  pcs.behave('tcb', { type: 'slow', delayMs: 50 }, 1)
  const controller = new AbortController()
  const one = client.intel(TDX, { signal: controller.signal })
  const other = client.intel(TDX)
  controller.abort()
  await expect(one).rejects.toMatchObject({ code: 'network.aborted', retryable: false })
  await other
  expect(pcs.count('tcb')).toBe(1)

  pcs.behave('tcb', { type: 'slow', delayMs: 10_000 }, 1)
  const alone = client.intel({ ...TDX, evaluation: 'early' }, { signal: AbortSignal.timeout(30) })
  await expect(alone).rejects.toMatchObject({ code: 'network.aborted' })
  await client.intel({ ...TDX, evaluation: 'early' })
})

test('an aborted signal asks nobody', async () => {
  const { client, pcs } = await startWorld()
  await expect(client.intel(TDX, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'network.aborted',
  })
  expect(pcs.requests).toEqual([])
})

test('closing stops what is under way, and everything after', async () => {
  const { client, pcs } = await startWorld()
  pcs.behave('tcb', { type: 'slow', delayMs: 10_000 })
  const waiting = expect(client.intel(TDX)).rejects.toMatchObject({ code: 'network.aborted' })
  await client.close()
  await waiting
  await expect(client.intel(TDX)).rejects.toMatchObject({ code: 'request.closed' })
})

test('a key from a file goes to its own server in a header, and nowhere else', async () => {
  const { clock, pcs, pccs } = await startWorld()
  const keyFile = join(await newFolder(), 'key')
  await writeFile(keyFile, 'secret-key-1\n')
  const client = await openClient(clock, {
    intel: [
      // The root's list lies on another host, as Intel's does.
      { api: 'pcs', url: pccs.url, rootCrlUrl: `${pcs.url}/IntelSGXRootCA.der`, keyFile },
    ],
  })
  await client.intel(TDX)
  const keyOf = (headers: object) =>
    (headers as Record<string, string>)['ocp-apim-subscription-key']
  expect(pccs.requests.map(({ headers }) => keyOf(headers))).toEqual(Array(3).fill('secret-key-1'))
  expect(pcs.requests.map(({ headers }) => keyOf(headers))).toEqual([undefined])
  pccs.behave('tcb', { type: 'status', status: 401 })
  const error: unknown = await client.intel(TDX, { fresh: true }).then(
    ({ parts }) => parts[0]?.error,
    (caught: unknown) => caught,
  )
  expect(JSON.stringify(error)).not.toContain('secret-key-1')
})

test.each([
  ['an insecure URL', { intel: [{ api: 'pccs', url: 'http://pccs.example' }] }],
  ['a missing key file', { amd: [{ keyFile: '/nowhere/key' }] }],
  ['a bad header name', { amd: [{ keyHeader: 'a\r\nb' }] }],
  ['a certificate file that is none', { amd: [{ caFile: '/etc/hostname' }] }],
  ['no attempts', { limits: { attempts: 0 } }],
  ['attempts without end', { limits: { attempts: 11 } }],
  ['a cache of nothing', { maxCacheBytes: 0 }],
  ['nine servers', { amd: Array(9).fill({}) as object[] }],
] as const)('%s is refused when the client opens', async (_, options) => {
  await expect(EndorsementClient.open(options)).rejects.toMatchObject({ code: 'options.invalid' })
})

test('no server configured is no answer', async () => {
  const { clock } = await startWorld()
  const client = await openClient(clock, { intel: [], amd: [] })
  await expect(client.intel(TDX)).rejects.toMatchObject({ code: 'request.invalid' })
})

test('without its disk the client works on, and says what is wrong', async () => {
  const directory = await newFolder()
  const { client } = await startWorld({ directory })
  await rm(directory, { recursive: true })
  await client.intel(TDX)
  expect(client.staleness()).toMatchObject([
    { state: 'missing', lastError: { code: 'cache.failed' } },
    { state: 'missing', lastError: { code: 'cache.failed' } },
    { state: 'missing', lastError: { code: 'cache.failed' } },
    { state: 'missing', lastError: { code: 'cache.failed' } },
  ])
})

test('the staleness report tells fresh, ageing, expired and missing apart', async () => {
  const { client, clock, pcs, kds } = await startWorld()
  await client.intel(TDX)
  await client.amd(MILAN)
  pcs.behave('evaluation-numbers', { type: 'status', status: 404 })
  await client.evaluationNumbers('sgx').catch(() => undefined)
  const states = () =>
    Object.fromEntries(client.staleness().map(({ kind, state }) => [kind, state]))
  expect(states()).toEqual({
    'amd-chain': 'fresh',
    'amd-crl': 'fresh',
    'evaluation-numbers': 'missing',
    'pck-crl': 'fresh',
    'qe-identity': 'fresh',
    'root-ca-crl': 'fresh',
    'tcb-info': 'fresh',
    vcek: 'fresh',
  })
  clock.advance(7 * DAY_MS)
  kds.behave('crl', { type: 'status', status: 503 })
  await client.amd(MILAN)
  expect(client.staleness().find(({ kind }) => kind === 'amd-crl')).toMatchObject({
    key: 'Milan/vcek',
    ageFrom: 'fetched',
    source: new URL(kds.url).host,
    lastError: { code: 'answer.unavailable' },
  })
  expect(client.staleness().find(({ kind }) => kind === 'tcb-info')).toMatchObject({
    key: `tdx/${FMSPC}/standard`,
    state: 'ageing',
    ageFrom: 'issued',
  })
  clock.advance(24 * DAY_MS)
  expect(states()).toMatchObject({ 'tcb-info': 'expired', 'amd-crl': 'expired', vcek: 'fresh' })
})
