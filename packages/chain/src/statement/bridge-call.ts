// Calls of the Bridge as their events have them, and the digest that the contract keeps of each. Pure.
import { encodeAbiParameters, getAbiItem, keccak256, slice, type Address, type Hex } from 'viem'
import { z } from 'zod'
import { bridgeAbi } from '../generated/bridge.ts'
import { addressSchema, hexSchema, toWire, uint64Schema } from './wire.ts'

/** What a call was made under (`IBridge.Order`); later changes of the API do not touch it. */
export type CallOrder = {
  /** Of the callback on the caller; zero where nothing is called back. */
  readonly selector: Hex
  readonly callbackGas: number
  /** Who gets the fee after a time-out. */
  readonly refundTo: Address
  /** Last second of chain time in which it can be answered. */
  readonly deadline: bigint
  readonly apiId: number
  readonly apiVersion: number
  readonly maxPayloadBytes: number
  /** Block whose events carry the definition. */
  readonly definedBlock: bigint
  readonly priceWei: bigint
  /** For whoever submits the answer. */
  readonly allowanceWei: bigint
  /** SHA-256 of the definition's text. */
  readonly definitionDigest: Hex
  /** keccak256 of the arguments. */
  readonly argsDigest: Hex
}

/** A call (`IBridge.Call`): whoever closes it brings all of this along. */
export type BridgeCall = {
  readonly callId: bigint
  readonly appId: bigint
  readonly caller: Address
  readonly order: CallOrder
}

const MAX_WEI_DIGITS = 39
const uint32Schema = z.int().min(0).max(0xffff_ffff)
const uint128Schema = z
  .string()
  .max(MAX_WEI_DIGITS)
  .regex(/^(0|[1-9]\d*)$/)
  .transform(BigInt)
  .refine((value) => value < 2n ** 128n, 'more than 128 bits')

/** A call in JSON, its amounts and times as decimal strings. */
export const bridgeCallSchema = z.strictObject({
  callId: uint64Schema,
  appId: uint64Schema,
  caller: addressSchema,
  order: z.strictObject({
    selector: hexSchema(4),
    callbackGas: uint32Schema,
    refundTo: addressSchema,
    deadline: uint64Schema,
    apiId: uint32Schema,
    apiVersion: uint32Schema,
    maxPayloadBytes: uint32Schema,
    definedBlock: uint64Schema,
    priceWei: uint128Schema,
    allowanceWei: uint128Schema,
    definitionDigest: hexSchema(32),
    argsDigest: hexSchema(32),
  }),
})

/** JSON form, which `bridgeCallSchema` reads. */
export function callToWire({ order, ...call }: BridgeCall): Record<string, unknown> {
  return { ...toWire(call), order: toWire(order) }
}

const {
  inputs: [callType],
} = getAbiItem({ abi: bridgeAbi, name: 'digestOf' })

/** What `IBridge.openDigests` has of a call while it is open: the first 31 bytes of keccak256 over its ABI encoding. */
export function callDigest(call: BridgeCall): Hex {
  return slice(keccak256(encodeAbiParameters([callType], [call])), 0, 31)
}

/** What an event CallOpened says. */
export function callOfEvent(args: Readonly<Record<string, unknown>>): BridgeCall {
  const { callId, appId, caller, order } = args as BridgeCall
  return { callId, appId, caller, order }
}
