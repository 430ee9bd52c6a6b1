// What sealed calls of the owner API are sealed for. Data only.

/** HPKE `info` of a call that an owner seals to an instance. */
export const ownerCallInfo: Uint8Array = new TextEncoder().encode('wetee/owner-call/v1')
