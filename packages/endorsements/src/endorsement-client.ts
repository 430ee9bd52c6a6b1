// Endorsements of Intel and AMD platforms, fetched and kept: what a verifier opens once. Network,
// files.
import type { AmdEndorsements, IntelEndorsements } from '@wetee/attestation'
import { amdChainItem, amdCrlItem, KDS_URL, vcekItem } from './amd/kds.ts'
import type { AmdProduct, AmdSigner, AmdTcb } from './amd/kds.ts'
import { EndorsementCache } from './cache/endorsement-cache.ts'
import type { EndorsementKind } from './cache/entry.ts'
import { systemClock, type Clock } from './clock.ts'
import { EndorsementError } from './error.ts'
import type { AskLimits } from './fetch/ask.ts'
import { Fetcher, type Obtained, type ObtainOptions } from './fetch/fetcher.ts'
import type { Item, Part } from './fetch/item.ts'
import { RateLimiter } from './http/rate-limiter.ts'
import { openServer, type Server, type ServerAccess } from './http/server.ts'
import { parseServerUrl } from './http/server-url.ts'
import { readEvaluationNumbers, type EvaluationNumbers } from './intel/evaluation-numbers.ts'
import {
  evaluationNumbersItem,
  PCS_ROOT_CRL_URL,
  PCS_URL,
  pckCrlItem,
  qeIdentityItem,
  rootCaCrlItem,
  tcbInfoItem,
  type Evaluation,
  type IntelServer,
  type IntelTee,
  type PckCa,
} from './intel/pcs.ts'
import { reportStaleness, type StalenessEntry } from './staleness.ts'

/** A server of Intel's API: Intel's own, or a PCCS. */
export type IntelServerOptions = ServerAccess &
  (
    | {
        readonly api: 'pcs'
        /** Intel's own when absent. */
        readonly url?: string
        /** Where the root's CRL lies; Intel's distribution point when absent. */
        readonly rootCrlUrl?: string
      }
    | { readonly api: 'pccs'; readonly url: string }
  )

/** A server of AMD's API; AMD's own when it has no URL. */
export type AmdServerOptions = ServerAccess & { readonly url?: string }

/** Everything has a default; docs/reference/endorsements.md lists them. */
export type EndorsementClientOptions = {
  readonly intel?: readonly IntelServerOptions[]
  readonly amd?: readonly AmdServerOptions[]
  /** Where endorsements are kept; in memory when absent. */
  readonly directory?: string
  /** Of everything kept, bytes. */
  readonly maxCacheBytes?: number
  readonly maxCacheEntries?: number
  readonly limits?: Partial<AskLimits>
  /** Age from which the staleness report says `ageing`, milliseconds. */
  readonly ageingMs?: number
}

/** What tests replace. */
export type EndorsementClientDependencies = {
  readonly clock?: Clock
  /** Gives [0, 1). */
  readonly random?: () => number
}

/** Endorsements as an appraisal takes them, and where their parts came from. */
export type Fetched<T> = { readonly endorsements: T; readonly parts: readonly Part[] }

/** Which Intel platform. */
export type IntelRequest = {
  readonly tee: IntelTee
  /** 6 bytes, lower-case hex. */
  readonly fmspc: string
  readonly ca: PckCa
  /** `standard` when absent. */
  readonly evaluation?: Evaluation
}

/** Which AMD platform. `leaf` is needed where a VLEK signed: it cannot be fetched. */
export type AmdRequest = { readonly product: AmdProduct } & (
  | { readonly signer: 'vcek'; readonly hwId: string; readonly tcb: AmdTcb }
  /** Lower-case hex of DER. */
  | { readonly signer: AmdSigner; readonly leaf: string }
)

const DEFAULT_LIMITS: AskLimits = {
  deadlineMs: 60_000,
  requestTimeoutMs: 15_000,
  attempts: 4,
  backoff: { baseMs: 500, capMs: 15_000 },
  maxRetryAfterMs: 30_000,
}
const DEFAULT_MAX_CACHE_BYTES = 67_108_864
const DEFAULT_MAX_CACHE_ENTRIES = 8_192
const DEFAULT_AGEING_MS = 7 * 86_400_000
const MAX_SERVERS = 8

/** Fetches and keeps endorsements. Nothing that it returns has been verified: appraise it. */
export class EndorsementClient {
  readonly #fetcher: Fetcher
  readonly #cache: EndorsementCache
  readonly #clock: Clock
  readonly #intel: readonly IntelServer[]
  readonly #amd: readonly Server[]
  readonly #ageingMs: number

  private constructor(parts: {
    fetcher: Fetcher
    cache: EndorsementCache
    clock: Clock
    intel: readonly IntelServer[]
    amd: readonly Server[]
    ageingMs: number
  }) {
    this.#fetcher = parts.fetcher
    this.#cache = parts.cache
    this.#clock = parts.clock
    this.#intel = parts.intel
    this.#amd = parts.amd
    this.#ageingMs = parts.ageingMs
  }

  /**
   * Opens the cache and reads key files; asks nobody. Throws EndorsementError `options.invalid`,
   * `cache.failed`.
   */
  static async open(
    options: EndorsementClientOptions = {},
    { clock = systemClock, random = Math.random }: EndorsementClientDependencies = {},
  ): Promise<EndorsementClient> {
    const limits = checkLimits({ ...DEFAULT_LIMITS, ...options.limits })
    const intel = await openIntelServers(options.intel ?? [{ api: 'pcs' }])
    const amdServers = checkCount(options.amd ?? [{}])
    const amd = await Promise.all(
      amdServers.map((server, at) => openServer(server.url ?? KDS_URL, at, server)),
    )
    const { directory, maxCacheBytes = DEFAULT_MAX_CACHE_BYTES } = options
    const maxEntries = options.maxCacheEntries ?? DEFAULT_MAX_CACHE_ENTRIES
    const ageingMs = options.ageingMs ?? DEFAULT_AGEING_MS
    checkPositive({ maxCacheBytes, maxEntries, ageingMs })
    const cacheOptions = { maxBytes: maxCacheBytes, maxEntries }
    const cache = await EndorsementCache.open(
      directory === undefined ? cacheOptions : { ...cacheOptions, directory },
      clock,
    )
    const limiter = new RateLimiter(clock)
    const fetcher = new Fetcher(limits, cache, { clock, random, limiter })
    return new EndorsementClient({ fetcher, cache, clock, intel, amd, ageingMs })
  }

  /** The nine fields for an Intel platform. Throws EndorsementError. */
  async intel(
    { tee, fmspc, ca, evaluation = 'standard' }: IntelRequest,
    options: ObtainOptions = {},
  ): Promise<Fetched<IntelEndorsements>> {
    const [tcbInfo, identity, pckCrl, rootCrl] = await this.#all(
      [
        tcbInfoItem(this.#intel, tee, fmspc, evaluation),
        qeIdentityItem(this.#intel, tee, evaluation),
        pckCrlItem(this.#intel, ca),
        rootCaCrlItem(this.#intel),
      ],
      options,
    )
    return {
      endorsements: {
        pck_crl_issuer_chain: field(pckCrl, 'chain'),
        root_ca_crl: field(rootCrl, 'crl'),
        pck_crl: field(pckCrl, 'crl'),
        tcb_info_issuer_chain: field(tcbInfo, 'chain'),
        tcb_info: field(tcbInfo, 'text'),
        tcb_info_signature: field(tcbInfo, 'signature'),
        qe_identity_issuer_chain: field(identity, 'chain'),
        qe_identity: field(identity, 'text'),
        qe_identity_signature: field(identity, 'signature'),
      },
      parts: partsOf(tcbInfo, identity, pckCrl, rootCrl),
    }
  }

  /** Leaf, issuer and revocation list for an AMD platform. Throws EndorsementError. */
  async amd(request: AmdRequest, options: ObtainOptions = {}): Promise<Fetched<AmdEndorsements>> {
    const { product, signer } = request
    const items = [amdChainItem(this.#amd, product, signer), amdCrlItem(this.#amd, product, signer)]
    if ('leaf' in request) {
      checkLeaf(request.leaf)
      const [chain, crl] = await this.#all(items, options)
      return amdEndorsements(request.leaf, chain, crl, partsOf(chain, crl))
    }
    items.push(vcekItem(this.#amd, product, request.hwId, request.tcb))
    const [chain, crl, vcek] = await this.#all(items, options)
    return amdEndorsements(field(vcek, 'leaf'), chain, crl, partsOf(vcek, chain, crl))
  }

  /** Which TCB evaluation data Intel keeps up. Not verified, and nothing here verifies it. */
  async evaluationNumbers(
    tee: IntelTee,
    options: ObtainOptions = {},
  ): Promise<Fetched<EvaluationNumbers>> {
    const obtained = await this.#fetcher.obtain(evaluationNumbersItem(this.#intel, tee), options)
    return { endorsements: readEvaluationNumbers(obtained.fields), parts: [obtained.part] }
  }

  /** How old everything kept is, and what failed last. */
  staleness(): readonly StalenessEntry[] {
    return reportStaleness(
      this.#cache.entries(),
      this.#fetcher.failures,
      this.#clock.nowMs(),
      this.#ageingMs,
    )
  }

  /** Forgets a kept part that an appraisal refused, as `parts` name it; the next call asks anew. */
  async discard({ kind, key }: { readonly kind: EndorsementKind; readonly key: string }) {
    await this.#cache.delete(kind, key)
  }

  /** Stops what is under way; calls after this throw EndorsementError `request.closed`. */
  async close(): Promise<void> {
    await this.#fetcher.close()
  }

  /** All or the first error; those that came are kept either way. */
  async #all(items: readonly Item[], options: ObtainOptions): Promise<(Obtained | undefined)[]> {
    const settled = await Promise.allSettled(
      items.map((item) => this.#fetcher.obtain(item, options)),
    )
    return settled.map((result) => {
      if (result.status === 'rejected') throw result.reason
      return result.value
    })
  }
}

async function openIntelServers(options: readonly IntelServerOptions[]): Promise<IntelServer[]> {
  return Promise.all(
    checkCount(options).map(async (given, at) => {
      const url = given.api === 'pcs' ? (given.url ?? PCS_URL) : given.url
      const server = await openServer(url, at, given)
      const rootCrl =
        given.api === 'pcs'
          ? parseServerUrl(given.rootCrlUrl ?? PCS_ROOT_CRL_URL)
          : `${server.url}/sgx/certification/v4/rootcacrl`
      return { server, api: given.api, rootCrlUrl: new URL(rootCrl) }
    }),
  )
}

function amdEndorsements(
  leaf: string,
  chain: Obtained | undefined,
  crl: Obtained | undefined,
  parts: readonly Part[],
): Fetched<AmdEndorsements> {
  return { endorsements: { leaf, ask: field(chain, 'ask'), crl: field(crl, 'crl') }, parts }
}

function field(obtained: Obtained | undefined, name: string): string {
  const text = obtained?.fields[name]
  if (text === undefined) throw new EndorsementError('cache.failed', `${name}: not in what is kept`)
  return text
}

function partsOf(...obtained: readonly (Obtained | undefined)[]): Part[] {
  return obtained.flatMap((one) => (one === undefined ? [] : [one.part]))
}

function checkLeaf(leaf: string): void {
  if (!/^(?:[0-9a-f]{2}){1,8192}$/.test(leaf))
    throw new EndorsementError('request.invalid', 'leaf: expected lower-case hex of DER')
}

function checkCount<T>(servers: readonly T[]): readonly T[] {
  if (servers.length > MAX_SERVERS)
    throw new EndorsementError('options.invalid', `expected at most ${MAX_SERVERS} servers`)
  return servers
}

function checkLimits(limits: AskLimits): AskLimits {
  const { backoff, ...numbers } = limits
  checkPositive({ ...numbers, ...backoff })
  if (limits.attempts > 10)
    throw new EndorsementError('options.invalid', 'attempts: expected at most 10')
  return limits
}

function checkPositive(numbers: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(numbers))
    if (!Number.isSafeInteger(value) || value <= 0)
      throw new EndorsementError('options.invalid', `${name}: expected a positive integer`)
}
