// Which custom domains lead to which application: those whose DNS names it, looked at again and again. Asks name servers.
import { Resolver } from 'node:dns/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Condition } from '@wetee/daemon'
import { domainProof, proofNameOf, provesDomain, type Domain } from '@wetee/manifest'
import { appScope, type ConditionBoard } from '../condition/condition.ts'
import type { NetworkFacts } from '../chain/records.ts'
import type { NamedRoute } from './host-names.ts'

/** What the domains are looked up with. */
export type DomainsParts = {
  readonly network: NetworkFacts
  readonly board: ConditionBoard
  /** Texts of all TXT records at a name, none where there is none. Throws when no name server answers. */
  readonly resolveTxt: (name: string) => Promise<readonly string[]>
  /** A clock that only goes forward. */
  readonly monotonicMs: () => number
}

type Entry = {
  readonly appId: bigint
  readonly name: string
  target: number
  proven: boolean
  records: readonly string[]
  nextAtMs: number
  /** When name servers last gave an answer. */
  heardAtMs: number
}

const PROVEN_MS = 300_000
const UNPROVEN_MS = 30_000
/** A proof that cannot be looked at again holds so long. */
const UNHEARD_MS = 3_600_000
const AT_ONCE = 8
const DNS_TIMEOUT_MS = 5_000
const MAX_RECORDS = 32
const MAX_RECORD_CHARACTERS = 512

/** Domains of all applications of this worker. */
export class Domains {
  readonly #parts: DomainsParts
  readonly #entries = new Map<string, Entry>()
  #wake: () => void = () => undefined

  constructor(parts: DomainsParts) {
    this.#parts = parts
  }

  /** Replaces what an application wants; a domain leads nowhere before it has been looked up. */
  want(appId: bigint, domains: readonly Domain[]): void {
    const names = new Set(domains.map(({ name }) => name))
    for (const [key, entry] of this.#entries)
      if (entry.appId === appId && !names.has(entry.name)) this.#entries.delete(key)
    for (const { name, target } of domains) {
      const known = this.#entries.get(keyOf(appId, name))
      if (known !== undefined) known.target = target
      else {
        const fresh = { proven: false, records: [], nextAtMs: 0, heardAtMs: 0 }
        this.#entries.set(keyOf(appId, name), { appId, name, target, ...fresh })
        this.#wake()
      }
    }
    this.#say(appId)
  }

  /** Where a domain leads; `undefined` while its DNS does not say so. */
  find(name: string): NamedRoute | undefined {
    for (const entry of this.#entries.values())
      if (entry.proven && entry.name === name) return entry
    return undefined
  }

  /** Domains of an application that lead to it now. */
  proven(appId: bigint): readonly Domain[] {
    return [...this.#entries.values()].filter((entry) => entry.appId === appId && entry.proven)
  }

  /** What the name servers last said at a domain of this application. */
  records(appId: bigint, name: string): readonly string[] {
    return this.#entries.get(keyOf(appId, name))?.records ?? []
  }

  /** Looks at what is due until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.checkDue()
      const nextMs = Math.min(
        UNPROVEN_MS,
        ...[...this.#entries.values()].map(({ nextAtMs }) => nextAtMs - this.#parts.monotonicMs()),
      )
      const woken = new AbortController()
      this.#wake = () => woken.abort()
      const until = AbortSignal.any([signal, woken.signal])
      await delay(Math.max(100, nextMs), undefined, { signal: until }).catch(() => undefined)
    }
  }

  /** Looks up every domain whose time has come, a few at once. */
  async checkDue(): Promise<void> {
    const nowMs = this.#parts.monotonicMs()
    const due = [...this.#entries.values()].filter(({ nextAtMs }) => nextAtMs <= nowMs)
    const next = async (): Promise<void> => {
      for (let entry = due.pop(); entry !== undefined; entry = due.pop()) await this.#check(entry)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, next))
  }

  async #check(entry: Entry): Promise<void> {
    const { network, resolveTxt, monotonicMs } = this.#parts
    const { chainId, contracts } = network
    const application = { appId: entry.appId, chainId, cloud: contracts.cloud }
    try {
      const records = await resolveTxt(proofNameOf(entry.name))
      entry.records = records
        .filter((text) => text.length <= MAX_RECORD_CHARACTERS)
        .slice(0, MAX_RECORDS)
      entry.proven = provesDomain(entry.records, application)
      entry.heardAtMs = monotonicMs()
    } catch {
      // Name servers that are away say nothing against a domain, for a while.
      if (monotonicMs() - entry.heardAtMs > UNHEARD_MS) entry.proven = false
    }
    entry.nextAtMs = monotonicMs() + (entry.proven ? PROVEN_MS : UNPROVEN_MS)
    this.#say(entry.appId)
  }

  #say(appId: bigint): void {
    const { board, network } = this.#parts
    const unproven = [...this.#entries.values()].filter(
      (entry) => entry.appId === appId && !entry.proven,
    )
    const { chainId, contracts } = network
    const value = domainProof({ appId, chainId, cloud: contracts.cloud })
    const conditions = unproven.map(({ name }): Condition => ({
      code: 'ingress.domain-unproven',
      severity: 'warning',
      text: `${name} does not lead here: its DNS does not name this application`,
      remedy: `set the TXT record ${proofNameOf(name)} to "${value}"`,
    }))
    board.set(appScope(appId), 'domains', conditions)
  }
}

const keyOf = (appId: bigint, name: string): string => `${appId}/${name}`

/** TXT records by the given name servers (`address[:port]`), or those of the system; strings of one record are joined. */
export function txtResolver(servers: readonly string[]): DomainsParts['resolveTxt'] {
  const resolver = new Resolver({ timeout: DNS_TIMEOUT_MS, tries: 2 })
  if (servers.length > 0) resolver.setServers(servers)
  return async (name) => {
    try {
      return (await resolver.resolveTxt(name)).map((strings) => strings.join(''))
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'ENOTFOUND' || code === 'ENODATA') return []
      throw error
    }
  }
}
