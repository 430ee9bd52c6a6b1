// Host names of published ports: `<port>-<appId>.<domain>`. Pure.

/** A published port of an application. */
export type NamedPort = { readonly appId: bigint; readonly target: number }

const MAX_APP_ID = 2n ** 64n - 1n

/** The name that leads to a published port on a worker whose names end in `domain`. */
export function hostNameOf({ appId, target }: NamedPort, domain: string): string {
  return `${target}-${appId}.${domain}`
}

/** What a name leads to; `undefined` for any other text, numbers with zeros in front or out of range among them. */
export function parseHostName(name: string, domain: string): NamedPort | undefined {
  if (!name.endsWith(`.${domain}`)) return undefined
  const label = name.slice(0, -domain.length - 1)
  const match = /^([1-9][0-9]{0,4})-([1-9][0-9]{0,19})$/.exec(label)
  if (match === null) return undefined
  const target = Number(match[1])
  const appId = BigInt(match[2] ?? 0)
  return target <= 65_535 && appId <= MAX_APP_ID ? { appId, target } : undefined
}
