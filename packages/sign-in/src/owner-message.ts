// What an owner signs for the agent of an instance: it names application and TLS key, and is worth nothing anywhere else. Pure.
import { createSiweMessage } from 'viem/siwe'

/** Which agent the message is for. */
export type OwnerAudience = {
  readonly chainId: bigint
  readonly cloud: `0x${string}`
  readonly appId: bigint
  /** The key of the very connection that the message is sent through, 32 bytes. */
  readonly tlsKeyHash: `0x${string}`
}

/** How long a message counts, milliseconds. */
export const OWNER_MESSAGE_MS = 600_000

/** The parts of the message that follow from its audience. */
export function ownerMessageParts({ chainId, cloud, appId, tlsKeyHash }: OwnerAudience) {
  const domain = `app-${appId}.wetee`
  return {
    domain,
    chainId: Number(chainId),
    uri: `https://${domain}/v1/session`,
    resources: [
      `urn:wetee:app:${chainId}:${cloud.toLowerCase()}:${appId}`,
      `urn:wetee:tls-key:${tlsKeyHash.toLowerCase()}`,
    ],
  }
}

/** The message that an owner signs (EIP-4361), with the nonce that the agent has given. */
export function ownerMessage(
  audience: OwnerAudience,
  given: { readonly address: `0x${string}`; readonly nonce: string; readonly nowMs: number },
): string {
  return createSiweMessage({
    ...ownerMessageParts(audience),
    address: given.address,
    nonce: given.nonce,
    version: '1',
    statement: `Owner access to application ${audience.appId}: its logs, events and metrics.`,
    issuedAt: new Date(given.nowMs),
    expirationTime: new Date(given.nowMs + OWNER_MESSAGE_MS),
  })
}
