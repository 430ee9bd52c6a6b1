// What evidence is about: the fields that the hardware signs as reportData. Types only.
import type { Hex } from '../bytes.ts'

/** One replica of an application, at a block. */
export type InstanceSubject = {
  readonly kind: 'instance'
  readonly chainId: bigint
  /** Address of the Cloud contract, 20 bytes. */
  readonly cloud: Hex
  readonly workerId: bigint
  readonly appId: bigint
  /** u32. */
  readonly version: number
  /** u16. */
  readonly replica: number
  readonly blockNumber: bigint
  /** 32 bytes. */
  readonly blockHash: Hex
  /** Compressed secp256k1 point, 33 bytes. */
  readonly signingKey: Hex
  /** X25519, 32 bytes. */
  readonly hpkeKey: Hex
  /** SHA-256 of the SubjectPublicKeyInfo, 32 bytes. */
  readonly tlsKeyHash: Hex
}

/** A machine of the network itself, at a block: role 1 worker, 2 dsecret node. */
export type NodeSubject = {
  readonly kind: 'node'
  readonly chainId: bigint
  /** Address of the Subnet contract, 20 bytes. */
  readonly subnet: Hex
  readonly role: 1 | 2
  readonly nodeId: bigint
  /** Address, 20 bytes; a worker's operator. */
  readonly statementKey: Hex
  /** 33 bytes; zero for a worker. */
  readonly encryptionKey: Hex
  /** 32 bytes; zero for a worker. */
  readonly tlsKeyHash: Hex
  readonly blockNumber: bigint
  readonly blockHash: Hex
}

/** What a quote may speak for. */
export type Subject = InstanceSubject | NodeSubject
