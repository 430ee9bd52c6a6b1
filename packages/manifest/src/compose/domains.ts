// `x-wetee.domains` to domains and the ports that they lead to. Pure.
import { isDomainName, maxDomains } from '../domains.ts'
import { itemsOf, readKeys, textOf, wholeOf } from './fields.ts'
import { printable } from './printable.ts'
import type { Notes, Place, Value } from './tree.ts'

/** A domain as written; without a port it leads to the only one that is published. */
export type DomainDraft = {
  readonly name: string
  readonly target: number | undefined
  readonly at: Place
}

/** A list of names, or of mappings with `name` and `port`. */
export function readDomains(value: Value, notes: Notes): DomainDraft[] {
  const domains: DomainDraft[] = []
  for (const item of itemsOf(value, notes, maxDomains)) {
    let text: string | undefined
    let target: number | undefined
    if (item.kind === 'map') {
      readKeys(item, notes, {
        name: (v) => (text = textOf(v, notes, 'a domain')),
        port: (v) => (target = wholeOf(v, notes, 1, 65_535)),
      })
    } else text = textOf(item, notes, 'a domain, or name: and port:')
    if (text === undefined) continue
    const name = text.toLowerCase()
    if (!isDomainName(name)) {
      const what =
        'expected a domain such as shop.example.org (no *, no dot at its end, xn-- for other letters)'
      notes.refuse(item.at, 'domain.invalid', `${what}, got "${printable(text)}"`)
    } else if (domains.some((known) => known.name === name))
      notes.refuse(item.at, 'domain.duplicate', `${name} is listed twice: remove one`)
    else domains.push({ name, target, at: item.at })
  }
  return domains
}

/** The port of each: the one that was named, or the only one. */
export function resolveDomains(
  domains: readonly DomainDraft[],
  published: readonly number[],
  notes: Notes,
): void {
  for (const { name, target, at } of domains) {
    if (target === undefined && published.length !== 1)
      notes.refuse(
        at,
        'domain.port',
        `${name}: expected port:, as ${published.length} ports are published`,
      )
    else if (target !== undefined && !published.includes(target))
      notes.refuse(at, 'domain.port', `${name}: no service publishes port ${target}`)
  }
}
