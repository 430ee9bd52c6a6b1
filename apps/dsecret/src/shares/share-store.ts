// What a node keeps of the network's key: its share of each epoch and its dealing in a running session, sealed. File I/O.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TeeDevice } from '@wetee/tee-device'
import { frame, unsigned, type Group, type SecretScalar } from '@wetee/threshold'
import { hexToBytes } from 'viem'
import type { Hex } from '../chain/chain-view.ts'
import type { KeptDealing } from '../session/own-messages.ts'
import {
  readSealed,
  removeSealed,
  writeSealed,
  type Disk,
  type Seal,
} from '../store/sealed-file.ts'

/** Which share this is, as the chain has it: a file of any other is not opened under this name. */
export type ShareName = {
  readonly epoch: bigint
  /** Names chain, contract, members with their keys, threshold and block; 32 bytes. */
  readonly sessionId: Uint8Array
  /** 32 bytes. */
  readonly transcriptDigest: Uint8Array
}

/** A share, and the index of the member that it belongs to. */
export type OwnShare = { readonly index: number; readonly share: SecretScalar }

/** What the store works with. */
export type ShareStoreParts = {
  readonly device: Pick<TeeDevice, 'sealingKey'>
  readonly stateDir: string
  readonly chainId: number
  /** The Keys contract. */
  readonly keys: Hex
  readonly group: Group
  readonly signal: AbortSignal
  readonly disk?: Disk
}

const SHARE_CONTEXT = 'wetee/dsecret-share/v1'
const SESSION_CONTEXT = 'wetee/dsecret-session/v1'
const INDEX_BYTES = 2
const SCALAR_BYTES = 32
const DIGEST_BYTES = 32
const SHARE_BYTES = INDEX_BYTES + SCALAR_BYTES
/** Session id, a flag and a constant or none, and a dealing. */
const MAX_SESSION_BYTES = DIGEST_BYTES + 1 + SCALAR_BYTES + 32_768
const shareFile = /^epoch-([1-9][0-9]{0,18})\.sealed$/
const sessionFile = /^([1-9][0-9]{0,18})\.sealed$/

/** Shares and dealings of one node. Writes throw NodeError `state.disk-full`, `state.unwritable`; all throw TeeError. */
export class ShareStore {
  readonly #parts: ShareStoreParts

  constructor(parts: ShareStoreParts) {
    this.#parts = parts
  }

  /** Resolves once the share is on disk for good. */
  writeShare(name: ShareName, { index, share }: OwnShare): Promise<void> {
    return this.#sealing(SHARE_CONTEXT, shareAssociation(this.#parts, name), (seal) => {
      const plain = Buffer.concat([unsigned(index, INDEX_BYTES), share])
      try {
        writeSealed(this.#shareFile(name.epoch), seal, plain, this.#parts.disk)
      } finally {
        plain.fill(0)
      }
    })
  }

  /** For the caller to fill with zeros. Undefined without a file, `unreadable` for one that is not this share's. */
  readShare(name: ShareName): Promise<OwnShare | 'unreadable' | undefined> {
    return this.#sealing(SHARE_CONTEXT, shareAssociation(this.#parts, name), (seal) => {
      const plain = readSealed(this.#shareFile(name.epoch), seal, SHARE_BYTES)
      if (plain === undefined || plain === 'unreadable') return plain
      try {
        if (plain.length !== SHARE_BYTES) return 'unreadable'
        const index = plain.readUInt16BE(0)
        return { index, share: this.#parts.group.readSecret(plain.subarray(INDEX_BYTES)) }
      } catch {
        return 'unreadable'
      } finally {
        plain.fill(0)
      }
    })
  }

  /** Epochs that there are files of, ascending. */
  epochs(): bigint[] {
    return numbersIn(join(this.#parts.stateDir, 'shares'), shareFile)
  }

  removeShare(epoch: bigint): void {
    removeSealed(this.#shareFile(epoch))
  }

  /** Resolves once the dealing is on disk for good. */
  writeDealing(session: bigint, { sessionId, bytes, constant }: KeptDealing): Promise<void> {
    return this.#sealing(SESSION_CONTEXT, sessionAssociation(this.#parts, session), (seal) => {
      const flag = Uint8Array.of(constant === undefined ? 0 : 1)
      const secret = constant ?? new Uint8Array(SCALAR_BYTES)
      const plain = Buffer.concat([sessionId, flag, secret, bytes])
      try {
        writeSealed(this.#sessionFile(session), seal, plain, this.#parts.disk)
      } finally {
        plain.fill(0)
      }
    })
  }

  /** Its constant is for the caller to fill with zeros. Undefined without a file, `unreadable` for one that is not this session's. */
  readDealing(session: bigint): Promise<KeptDealing | 'unreadable' | undefined> {
    return this.#sealing(SESSION_CONTEXT, sessionAssociation(this.#parts, session), (seal) => {
      const plain = readSealed(this.#sessionFile(session), seal, MAX_SESSION_BYTES)
      if (plain === undefined || plain === 'unreadable') return plain
      try {
        return dealingOf(this.#parts.group, plain)
      } finally {
        plain.fill(0)
      }
    })
  }

  /** Sessions that there are files of, ascending. */
  sessions(): bigint[] {
    return numbersIn(join(this.#parts.stateDir, 'sessions'), sessionFile)
  }

  removeDealing(session: bigint): void {
    removeSealed(this.#sessionFile(session))
  }

  #shareFile(epoch: bigint): string {
    return join(this.#parts.stateDir, 'shares', `epoch-${epoch}.sealed`)
  }

  #sessionFile(session: bigint): string {
    return join(this.#parts.stateDir, 'sessions', `${session}.sealed`)
  }

  async #sealing<T>(context: string, name: Uint8Array, work: (seal: Seal) => T): Promise<T> {
    const { device, signal } = this.#parts
    const key = await device.sealingKey(context, { signal })
    try {
      return work({ key, name })
    } finally {
      key.fill(0)
    }
  }
}

function dealingOf(group: Group, plain: Buffer): KeptDealing | 'unreadable' {
  const secretAt = DIGEST_BYTES + 1
  const bytesAt = secretAt + SCALAR_BYTES
  const flag = plain[DIGEST_BYTES]
  if (plain.length <= bytesAt || (flag !== 0 && flag !== 1)) return 'unreadable'
  const dealing = {
    sessionId: new Uint8Array(plain.subarray(0, DIGEST_BYTES)),
    bytes: new Uint8Array(plain.subarray(bytesAt)),
  }
  if (flag === 0) return dealing
  try {
    return { ...dealing, constant: group.readSecret(plain.subarray(secretAt, bytesAt)) }
  } catch {
    return 'unreadable'
  }
}

type Place = Pick<ShareStoreParts, 'chainId' | 'keys'>

function shareAssociation({ chainId, keys }: Place, name: ShareName): Uint8Array {
  const { epoch, sessionId, transcriptDigest } = name
  return frame(
    SHARE_CONTEXT,
    unsigned(chainId, 32),
    hexToBytes(keys),
    unsigned(epoch, 8),
    sessionId,
    transcriptDigest,
  )
}

function sessionAssociation({ chainId, keys }: Place, session: bigint): Uint8Array {
  return frame(SESSION_CONTEXT, unsigned(chainId, 32), hexToBytes(keys), unsigned(session, 8))
}

function numbersIn(folder: string, pattern: RegExp): bigint[] {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch {
    return []
  }
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(BigInt)
    .sort((a, b) => (a < b ? -1 : 1))
}
