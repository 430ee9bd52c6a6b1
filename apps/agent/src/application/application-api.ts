// The agent's socket for its application: who it is, evidence, derived keys, signatures, the chain (docs/reference/agent-socket.md).
// Serves a Unix socket.
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { evidenceDigest } from '@wetee/attestation'
import {
  refusal,
  serveSocket,
  TeeError,
  type AnyTeeDevice,
  type SocketCall,
} from '@wetee/tee-device'
import { publicKeyToAddress } from 'viem/utils'
import * as z from 'zod'
import { AGENT_PATH_PREFIX } from '../certificates/derived-identity.ts'
import type { ChainAccess } from '../chain/chain-access.ts'
import type { EvidenceMaker } from '../evidence/evidence-maker.ts'
import type { InstanceState } from '../instance-state.ts'
import type { InstanceKeys } from '../keys/instance-keys.ts'
import { firstProblem, hex } from '../launch/fields.ts'
import { hasNetworkKey, type InstanceLaunch } from '../launch/launch-config.ts'
import { errorFields, type Log } from '../log.ts'
import { NodeRefusal } from '../nodes/node-call.ts'
import { SecretError } from '../secrets/secret-error.ts'
import type { DerivedKeys, KeyName } from './derived-keys.ts'
import type { OlderKey } from './older-key.ts'
import { applicationDigest, challengeDigest } from './statements.ts'

/** What the socket answers with. */
export type ApplicationApiParts = {
  readonly launch: InstanceLaunch
  readonly keys: InstanceKeys
  readonly state: Pick<InstanceState, 'answer'>
  readonly maker: Pick<EvidenceMaker, 'shown'>
  /** Filled with zeros at the end. */
  readonly derived: DerivedKeys
  readonly olderKey: OlderKey
  readonly chain: Pick<ChainAccess, 'answer'>
  readonly device: Pick<AnyTeeDevice, 'platform' | 'simulated'>
  readonly log: Log
}

/** 16,384 bytes of calldata in hex, or the values that they are made of. */
const MAX_BODY_BYTES = 65_536
const MAX_PATH_BYTES = 256

const path = z
  .string()
  .refine(
    (text) => text !== '' && text.isWellFormed() && Buffer.byteLength(text) <= MAX_PATH_BYTES,
    `expected 1 to ${MAX_PATH_BYTES} bytes of UTF-8`,
  )
  .refine(
    (text) => !text.startsWith(AGENT_PATH_PREFIX),
    `paths that begin with ${AGENT_PATH_PREFIX} belong to the agent`,
  )
const challengeSchema = z.strictObject({
  challenge: z.string().regex(/^0x(?:[0-9a-f]{2}){16,64}$/, 'expected 16 to 64 bytes of hex'),
})
const keySchema = z.strictObject({ path, networkKey: hex(33).optional() })
const signSchema = z.strictObject({ digest: hex(32), path: path.optional() })

/** Listens on `socketPath` (mode 0666: all services of the instance, whatever their user). */
export async function startApplicationApi(
  socketPath: string,
  parts: ApplicationApiParts,
): Promise<{ close(): Promise<void> }> {
  const { derived } = parts
  const server = await serveSocket({
    socketPath,
    fileMode: 0o666,
    maxBytes: MAX_BODY_BYTES,
    handle: (call) => answerApplication(parts, call),
    onError: (error, call) =>
      parts.log.error({ path: call.path.slice(0, 100), ...errorFields(error) }, 'call failed'),
  })
  return {
    close: async () => {
      await server.close()
      derived.close()
    },
  }
}

/** The answer to one call. Throws a refusal (TeeError with a status) for what cannot be answered. */
export async function answerApplication(
  parts: ApplicationApiParts,
  { method, path: where, body }: SocketCall,
): Promise<unknown> {
  switch (`${method} ${where}`) {
    case 'GET /v1/info':
      return info(parts)
    case 'GET /v1/evidence':
      return JSON.parse((await shown(parts)).text) as unknown
    case 'POST /v1/evidence':
      return answerChallenge(parts, read(challengeSchema, body).challenge)
    case 'POST /v1/key': {
      const { path: of, networkKey = parts.launch.networkKey.S } = read(keySchema, body)
      return {
        key: await withKey(parts.launch, parts.derived, await named(parts, of, networkKey), hexOf),
      }
    }
    case 'GET /v1/network-keys': {
      const older = hasNetworkKey(parts.launch)
        ? await answering(() => parts.olderKey.read())
        : undefined
      return { own: parts.launch.networkKey.S, older: older ?? null }
    }
    case 'POST /v1/sign': {
      const { digest, path: by } = read(signSchema, body)
      const hash = applicationDigest(bytesOf(digest))
      return by === undefined
        ? signByInstance(parts, hash)
        : withKey(parts.launch, parts.derived, { path: by }, (key) => signBy(key, hash))
    }
    default: {
      const answer = await parts.chain.answer({ method, path: where, body })
      if (answer !== undefined) return answer
      throw refusal(404, 'request.unknown', `${method} ${where.slice(0, 100)}: no such call`)
    }
  }
}

/** The key of a path under the instance's own key of the network, or under the older one. */
async function named(
  { launch, olderKey }: ApplicationApiParts,
  of: string,
  networkKey: `0x${string}`,
): Promise<KeyName> {
  if (networkKey === launch.networkKey.S) return { path: of }
  return { path: of, olderKey: await answering(() => olderKey.require(networkKey)) }
}

function info({ launch, keys, state, device }: ApplicationApiParts): unknown {
  const { chainId, subnet, cloud, networkKey, appId, version, replica, workerId } = launch
  return {
    format: 'wetee/instance/v1',
    chainId: String(chainId),
    ...{ subnet, cloud, networkKey },
    appId: String(appId),
    ...{ version, replica },
    workerId: String(workerId),
    platform: device.platform,
    simulated: device.simulated,
    ...state.answer(),
    instanceKey: keys.account.address,
    signingKey: keys.signingKey,
    hpkeKey: keys.hpkeKey,
    tlsKeyHash: keys.tls.tlsKeyHash,
  }
}

async function shown({ maker }: ApplicationApiParts) {
  const made = await maker.shown()
  if (made === undefined)
    throw refusal(503, 'evidence.pending', 'there is no evidence to be had now: ask again')
  return made
}

async function answerChallenge(parts: ApplicationApiParts, challenge: string): Promise<unknown> {
  const { document, text } = await shown(parts)
  const digest = bytesOf(evidenceDigest(document, document.endorsements))
  const hash = hexOf(challengeDigest(bytesOf(challenge), digest))
  return {
    evidence: JSON.parse(text) as unknown,
    signature: await parts.keys.account.sign({ hash }),
  }
}

async function signByInstance({ keys }: ApplicationApiParts, hash: Uint8Array): Promise<unknown> {
  return {
    signature: await keys.account.sign({ hash: hexOf(hash) }),
    address: keys.account.address,
    signingKey: keys.signingKey,
  }
}

/** A derived key's 32 bytes as a secp256k1 key. */
function signBy(key: Uint8Array, hash: Uint8Array): unknown {
  const signature = secp256k1.sign(hash, key, { prehash: false, format: 'recovered' })
  const [recovery = 0] = signature
  return {
    // r, s, v as Ethereum writes them.
    signature: hexOf(Uint8Array.of(...signature.subarray(1), 27 + recovery)),
    address: publicKeyToAddress(hexOf(secp256k1.getPublicKey(key, false))),
    signingKey: hexOf(secp256k1.getPublicKey(key, true)),
  }
}

/**
 * Runs `use` with a derived key of the application. Throws a refusal: `key.no-network-key` (409), what keeps the nodes from releasing
 * it (503), `key.busy` (429).
 */
export async function withKey<T>(
  launch: Pick<InstanceLaunch, 'networkKey'>,
  derived: DerivedKeys,
  asked: KeyName,
  use: (key: Uint8Array) => T,
): Promise<T> {
  if (!hasNetworkKey(launch))
    throw refusal(409, 'key.no-network-key', 'this network had no key when the instance began')
  return answering(() => derived.with(asked, use))
}

/** What keeps the nodes from answering is a refusal (503). */
export async function answering<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof SecretError || error instanceof NodeRefusal)
      throw refusal(503, error.code, error.message)
    // A worker that is away; a refusal goes as it is.
    if (error instanceof TeeError && error.status < 400)
      throw refusal(503, error.code, error.message)
    throw error
  }
}

function read<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw refusal(400, 'request.invalid', firstProblem(parsed.error))
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'))
}

function hexOf(bytes: Uint8Array): `0x${string}` {
  return `0x${Buffer.from(bytes).toString('hex')}`
}
