// What a node keeps of the network's key: its share of each epoch and its own key in a running session, sealed. File I/O.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TeeDevice } from '@wetee/tee-device'
import { frame, unsigned, type Group, type SecretScalar } from '@wetee/threshold'
import { hexToBytes } from 'viem'
import type { Hex } from '../chain/chain-view.ts'
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
const SESSION_CONTEXT = 'wetee/dsecret-session-key/v1'
const INDEX_BYTES = 2
const SCALAR_BYTES = 32
const SHARE_BYTES = INDEX_BYTES + SCALAR_BYTES
const shareFile = /^epoch-([1-9][0-9]{0,18})\.sealed$/
/** Also what a crash left of one. */
const sessionFile = /^([1-9][0-9]{0,18})\.sealed(?:\.partial)?$/

/** Shares and session keys of one node. Writes throw NodeError `state.disk-full`, `state.unwritable`; all throw TeeError. */
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

  /** Resolves once the secret of this node's key in a session is on disk for good. */
  writeSessionKey(session: bigint, secret: SecretScalar): Promise<void> {
    return this.#sealing(SESSION_CONTEXT, sessionAssociation(this.#parts, session), (seal) => {
      writeSealed(this.#sessionFile(session), seal, secret, this.#parts.disk)
    })
  }

  /** For the caller to fill with zeros. Undefined without a file, `unreadable` for one that is not this session's. */
  readSessionKey(session: bigint): Promise<SecretScalar | 'unreadable' | undefined> {
    return this.#sealing(SESSION_CONTEXT, sessionAssociation(this.#parts, session), (seal) => {
      const plain = readSealed(this.#sessionFile(session), seal, SCALAR_BYTES)
      if (plain === undefined || plain === 'unreadable') return plain
      try {
        return this.#parts.group.readSecret(plain)
      } catch {
        return 'unreadable'
      } finally {
        plain.fill(0)
      }
    })
  }

  /** Sessions that there are files of, ascending. */
  sessions(): bigint[] {
    return numbersIn(join(this.#parts.stateDir, 'sessions'), sessionFile)
  }

  /** Nothing that was dealt to this node in that session can be opened by it any more. */
  removeSessionKey(session: bigint): void {
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
