// `ports` and `expose` of a service to the TCP ports inside the container. Pure.
import { limits, type PortProtocol, type PublishedPort } from '../document.ts'
import { choiceOf, itemsOf, readKeys, textOf, unsupported, wholeOf } from './fields.ts'
import { printable } from './printable.ts'
import type { Notes, Place, Value } from './tree.ts'
import { parseWhole } from './units.ts'

/** A port and where it was written. */
export type PortDraft = PublishedPort & { readonly at: Place }

const publishedNote = 'the worker chooses the public port: the application gets a URL for port'

/** `ports`: `"8080"`, `"80:8080"`, `"8080/tcp"` or the long form. */
export function readPorts(value: Value, notes: Notes): PortDraft[] {
  const ports: PortDraft[] = []
  for (const item of itemsOf(value, notes, limits.ports)) {
    const port = item.kind === 'map' ? longForm(item, notes) : shortForm(item, notes)
    if (port === undefined) continue
    const { target } = port
    if (ports.some((other) => other.target === target))
      notes.refuse(item.at, 'port.duplicate', `port ${target} is published twice: remove one`)
    else ports.push({ ...port, at: item.at })
  }
  return ports
}

/**
 * `expose`: ports for the other services; they share one network, so nothing needs to be opened.
 */
export function readExpose(value: Value, notes: Notes): PortDraft[] {
  return itemsOf(value, notes, limits.ports).flatMap((item) => {
    const text = textOf(item, notes, 'a port number')
    const target = text === undefined ? undefined : portNumber(text.replace(/\/tcp$/, ''))
    if (target !== undefined) return [{ target, at: item.at }]
    if (text !== undefined)
      notes.refuse(item.at, 'port.invalid', `expected a TCP port, got "${printable(text)}"`)
    return []
  })
}

function shortForm(value: Value, notes: Notes): PublishedPort | undefined {
  const text = textOf(value, notes, 'a port such as "8080"')
  if (text === undefined) return undefined
  if (/\/(?!tcp$)/.test(text)) {
    notes.refuse(value.at, 'port.protocol', 'only TCP ports can be published: remove the others')
    return undefined
  }
  const parts = text.replace(/\/tcp$/, '').split(':')
  const target = portNumber(parts.at(-1) ?? '')
  if (parts.length > 2) {
    notes.refuse(value.at, 'port.host-address', hostAddress)
    return undefined
  }
  if (target === undefined || (parts.length === 2 && portNumber(parts[0] ?? '') === undefined)) {
    const what = 'expected one port such as "8080" (no ranges)'
    notes.refuse(value.at, 'port.invalid', `${what}, got "${printable(text)}"`)
    return undefined
  }
  if (parts.length === 2)
    notes.warn(value.at, 'port.published-dropped', `${publishedNote} ${target}`)
  return { target }
}

const hostAddress =
  'a port cannot be bound to an address of the machine: use expose for inner ports'

/** What `app_protocol` may say, and what becomes of it; without it an application speaks HTTP/1.1. */
const protocols: Readonly<Record<string, PortProtocol | undefined>> = {
  http: undefined,
  ws: undefined,
  h2c: 'h2c',
  grpc: 'h2c',
  tcp: 'tcp',
}

function longForm(value: Value, notes: Notes): PublishedPort | undefined {
  let target: number | undefined
  let protocol: PortProtocol | undefined
  let asked = false
  readKeys(value, notes, {
    target: (v) => {
      asked = true
      target = wholeOf(v, notes, 1, 65_535)
    },
    published: (v) => {
      if (textOf(v, notes, 'a port') !== undefined)
        notes.warn(v.at, 'port.published-dropped', `${publishedNote} "target"`)
    },
    protocol: (v) => {
      if (textOf(v, notes, 'tcp') !== 'tcp')
        notes.refuse(v.at, 'port.protocol', 'only TCP ports can be published')
    },
    app_protocol: (v) => {
      protocol = protocols[choiceOf(v, notes, Object.keys(protocols)) ?? 'http']
    },
    mode: (v) => void choiceOf(v, notes, ['ingress']),
    host_ip: (v) => notes.refuse(v.at, 'port.host-address', hostAddress),
    name: unsupported('ports are known by their number'),
  })
  if (!asked) notes.refuse(value.at, 'port.invalid', 'expected target: the port in the container')
  if (target === undefined) return undefined
  return { target, ...(protocol === undefined ? {} : { protocol }) }
}

function portNumber(text: string): number | undefined {
  const port = parseWhole(text)
  return port !== undefined && port >= 1 && port <= 65_535 ? port : undefined
}
