// The node's own keys: made inside its TEE at the first start, kept sealed to this machine and this measurement. File I/O.
import { createECDH, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { nodeKeysTypedData, type StatementNetwork } from '@wetee/chain'
import type { TeeDevice } from '@wetee/tee-device'
import { createTlsIdentity, type TlsIdentity } from '@wetee/certificates'
import { bytesToHex } from 'viem'
import { NodeError } from '../node-error.ts'
import { readSealed, writeSealed } from '../store/sealed-file.ts'
import { statementAccount, type StatementAccount } from './statement-account.ts'

/** Keys of a node; only their public parts leave the TEE. */
export type NodeKeys = {
  /** Signs statements. */
  readonly statement: StatementAccount
  /** Compressed secp256k1 point, 33 bytes. Part of what the hardware signs; nothing is encrypted to it (decision 18). */
  readonly encryptionKey: `0x${string}`
  readonly tls: TlsIdentity
}

/** What of the keys is public, as it is in evidence. */
export type PublicIdentity = {
  readonly statementKey: `0x${string}`
  readonly encryptionKey: `0x${string}`
  readonly tlsKeyHash: `0x${string}`
}

/** What a node registers with: `ISubnet.NodeKeys` for `registerNode` and `setNodeKeys`. */
export type Registration = PublicIdentity & {
  /** Signed by the statement key for one owner and operator: nobody else can register these keys. */
  readonly possession: `0x${string}`
}

const FORMAT = 'wetee/dsecret-keys/v2'
const SCALAR_BYTES = 32
/** Statement key, encryption key, TLS key in PEM form. */
const MAX_BYTES = 2 * SCALAR_BYTES + 8_192

/**
 * Opens the keys sealed in `stateDir`, or makes and seals them. One file per measurement: another version of the program has
 * keys of its own, and an older one finds its own again. Throws NodeError `keys.unreadable` for a file that this TEE cannot
 * open (it is never overwritten), TeeError when the TEE does not answer or cannot seal.
 */
export async function openNodeKeys(
  device: TeeDevice,
  stateDir: string,
  signal: AbortSignal,
): Promise<NodeKeys> {
  const { mrtd } = await device.report({ signal })
  const key = await device.sealingKey(FORMAT, { signal })
  const file = join(stateDir, `keys-${mrtd.slice(2, 34)}.sealed`)
  const seal = { key, name: Buffer.from(FORMAT) }
  try {
    const stored = readSealed(file, seal, MAX_BYTES)
    if (stored === 'unreadable' || (stored && stored.length <= 2 * SCALAR_BYTES))
      throw new NodeError(
        'keys.unreadable',
        `${file}: this TEE cannot open it: it was sealed on another machine, or changed. Restore it, or move it away to make new keys and register those`,
        { status: 500 },
      )
    const secrets = stored ?? (await newSecrets())
    try {
      if (stored === undefined) writeSealed(file, seal, secrets)
      return await keysOf(secrets)
    } finally {
      secrets.fill(0)
    }
  } finally {
    key.fill(0)
  }
}

/** What of the keys is public. */
export function publicIdentity({ statement, encryptionKey, tls }: NodeKeys): PublicIdentity {
  return {
    statementKey: statement.address.toLowerCase() as `0x${string}`,
    encryptionKey,
    tlsKeyHash: tls.tlsKeyHash,
  }
}

/** The keys with the proof that this TEE holds them, for the accounts that will register them on a network. */
export async function registrationOf(
  keys: NodeKeys,
  network: StatementNetwork<'subnet'>,
  accounts: { readonly owner: `0x${string}`; readonly operator: `0x${string}` },
): Promise<Registration> {
  const identity = publicIdentity(keys)
  const { encryptionKey, tlsKeyHash } = identity
  const typedData = nodeKeysTypedData(network, { ...accounts, encryptionKey, tlsKeyHash })
  return { ...identity, possession: await keys.statement.signTypedData(typedData) }
}

async function keysOf(secrets: Buffer): Promise<NodeKeys> {
  const pair = createECDH('secp256k1')
  pair.setPrivateKey(secrets.subarray(SCALAR_BYTES, 2 * SCALAR_BYTES))
  return {
    statement: statementAccount(secrets.subarray(0, SCALAR_BYTES)),
    encryptionKey: bytesToHex(pair.getPublicKey(null, 'compressed')),
    tls: await createTlsIdentity({
      commonName: 'dsecret',
      keyPem: secrets.toString('utf8', 2 * SCALAR_BYTES),
    }),
  }
}

/** The bytes that are sealed: two scalars and a PEM text. */
async function newSecrets(): Promise<Buffer> {
  const { keyPem } = await createTlsIdentity({ commonName: 'dsecret' })
  return Buffer.concat([newScalar(), newScalar(), Buffer.from(keyPem)])
}

function newScalar(): Uint8Array {
  const pair = createECDH('secp256k1')
  for (;;) {
    const bytes = randomBytes(SCALAR_BYTES)
    try {
      pair.setPrivateKey(bytes)
      return bytes
    } catch {
      // Out of range once in 2^128.
    }
  }
}
