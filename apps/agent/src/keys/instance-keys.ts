// The keys of one instance, made anew at every start inside the TEE; they never leave this process. Reads randomness.
import { ECDH } from 'node:crypto'
import { makeReaderKeys, type ReaderKeys } from '@wetee/sealing'
import { createTlsIdentity, type TlsIdentity } from '@wetee/certificates'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { PrivateKeyAccount } from 'viem/accounts'

/** Signing (secp256k1), HPKE (X25519) and TLS (P-256) keys. */
export type InstanceKeys = {
  readonly account: PrivateKeyAccount
  /** Compressed point, 33 bytes. */
  readonly signingKey: `0x${string}`
  /** Its private key cannot be exported. */
  readonly hpke: ReaderKeys
  /** 32 bytes. */
  readonly hpkeKey: `0x${string}`
  readonly tls: TlsIdentity
}

/** Makes all keys of an instance; the names are shown in its certificate. */
export async function makeInstanceKeys(
  commonName: string,
  names: readonly string[] = [],
): Promise<InstanceKeys> {
  const account = privateKeyToAccount(generatePrivateKey())
  const { bytes, ...hpke } = await makeReaderKeys()
  return {
    account,
    signingKey: compressPoint(account.publicKey),
    hpke,
    hpkeKey: `0x${Buffer.from(bytes).toString('hex')}`,
    tls: await createTlsIdentity({ commonName, names }),
  }
}

/** An uncompressed secp256k1 point (SEC 1, 2.3.3) as its 33-byte form. */
function compressPoint(uncompressed: `0x${string}`): `0x${string}` {
  return `0x${String(ECDH.convertKey(uncompressed.slice(2), 'secp256k1', 'hex', 'hex', 'compressed'))}`
}
