// The node's own keys: made inside its TEE at the first start, kept sealed to this machine and this measurement. File I/O.
import { createCipheriv, createDecipheriv, createECDH, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { nodeKeysTypedData, type StatementNetwork } from '@wetee/chain'
import type { TeeDevice } from '@wetee/tee-device'
import { createTlsIdentity, type TlsIdentity } from '@wetee/tls'
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { z } from 'zod'
import { NodeError } from '../node-error.ts'

/** Keys of a node; only their public parts leave the TEE. */
export type NodeKeys = {
  /** Signs statements. */
  readonly statement: PrivateKeyAccount
  /** Compressed secp256k1 point, 33 bytes. */
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

const FORMAT = 'wetee/dsecret-keys/v1'
const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const MAX_FILE_BYTES = 16_384

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/)
const sealedSchema = z.strictObject({
  format: z.literal(FORMAT),
  nonce: base64,
  ciphertext: base64,
  tag: base64,
})
const scalar = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])
const secretsSchema = z.strictObject({
  statementKey: scalar,
  encryptionKey: scalar,
  tlsKeyPem: z.string(),
})
type Secrets = z.infer<typeof secretsSchema>

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
  const sealingKey = await device.sealingKey(FORMAT, { signal })
  const file = join(stateDir, `keys-${mrtd.slice(2, 34)}.json`)
  try {
    const secrets = existsSync(file)
      ? unseal(file, sealingKey)
      : await makeAndSeal(file, sealingKey)
    return await keysOf(secrets)
  } finally {
    sealingKey.fill(0)
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

async function keysOf({ statementKey, encryptionKey, tlsKeyPem }: Secrets): Promise<NodeKeys> {
  const pair = createECDH('secp256k1')
  pair.setPrivateKey(encryptionKey.slice(2), 'hex')
  return {
    statement: privateKeyToAccount(statementKey),
    encryptionKey: `0x${pair.getPublicKey('hex', 'compressed')}`,
    tls: await createTlsIdentity({ commonName: 'dsecret', keyPem: tlsKeyPem }),
  }
}

async function makeAndSeal(file: string, sealingKey: Uint8Array): Promise<Secrets> {
  const { keyPem } = await createTlsIdentity({ commonName: 'dsecret' })
  const secrets: Secrets = {
    statementKey: generatePrivateKey(),
    encryptionKey: generatePrivateKey(),
    tlsKeyPem: keyPem,
  }
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, sealingKey, nonce)
  cipher.setAAD(Buffer.from(FORMAT))
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()])
  const sealed = {
    format: FORMAT,
    nonce: nonce.toString('base64'),
    ciphertext: ciphertext.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
  }
  writeDurably(file, `${JSON.stringify(sealed)}\n`)
  return secrets
}

function unseal(file: string, sealingKey: Uint8Array): Secrets {
  try {
    const text = readFileSync(file, 'utf8')
    if (text.length > MAX_FILE_BYTES) throw new Error('too large')
    const { nonce, ciphertext, tag } = sealedSchema.parse(JSON.parse(text))
    const decipher = createDecipheriv(CIPHER, sealingKey, Buffer.from(nonce, 'base64'), {
      authTagLength: 16,
    })
    decipher.setAAD(Buffer.from(FORMAT))
    decipher.setAuthTag(Buffer.from(tag, 'base64'))
    const plain = Buffer.concat([
      decipher.update(Buffer.from(ciphertext, 'base64')),
      decipher.final(),
    ])
    return secretsSchema.parse(JSON.parse(plain.toString('utf8')))
  } catch {
    // No cause: what a parser says could quote key material.
    throw new NodeError(
      'keys.unreadable',
      `${file}: this TEE cannot open it: it was sealed on another machine, or changed. Restore it, or move it away to make new keys and register those`,
      { status: 500 },
    )
  }
}

/** The file is whole or absent, also after a power cut: keys that were registered must not be lost. */
function writeDurably(file: string, text: string): void {
  const folder = join(file, '..')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const partial = `${file}.partial`
  const handle = openSync(partial, 'w', 0o600)
  try {
    writeFileSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(partial, file)
  const directory = openSync(folder, 'r')
  try {
    fsyncSync(directory)
  } finally {
    closeSync(directory)
  }
}
