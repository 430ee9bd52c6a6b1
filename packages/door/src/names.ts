// What streams through a door are called, and at which ports they come in. Pure.

/** TCP ports of an agent's pod; no service may publish them. */
export type DoorPorts = {
  /** HTTP/2 over TLS with both keys checked: calls in both directions. */
  readonly calls: number
  /** Connections of clients, one line with a name before them; what follows is TLS that ends in the agent. */
  readonly clients: number
}

/** The ports of every agent in a cluster. */
export const doorPorts: DoorPorts = { calls: 7_443, clients: 7_444 }

/** Longest line that names a connection of a client, with its line feed. */
export const MAX_LINE_BYTES = 8

const CLIENT_NAME = /^([1-9][0-9]{0,4}|owner|acme)$/

/** Whether connections of clients can be meant for it: a published port, `owner`, `acme`. */
export function isClientName(name: string): boolean {
  return CLIENT_NAME.test(name)
}

/**
 * Reads the line before a connection's bytes: `undefined` while it is not whole, `refused` where it is no name. What comes after
 * it is `rest`.
 */
export function readClientName(
  bytes: Uint8Array,
): { readonly name: string; readonly rest: Uint8Array } | 'refused' | undefined {
  const end = bytes.subarray(0, MAX_LINE_BYTES).indexOf(0x0a)
  if (end === -1) return bytes.length < MAX_LINE_BYTES ? undefined : 'refused'
  const name = Buffer.from(bytes.subarray(0, end)).toString('latin1')
  return isClientName(name) ? { name, rest: bytes.subarray(end + 1) } : 'refused'
}
