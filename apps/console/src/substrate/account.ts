// Accounts of 32 bytes, their Ethereum addresses (pallet-revive `AccountId32Mapper`), and planck against wei. Pure.
import { AccountId } from '@polkadot-api/substrate-bindings'
import { bytesToHex, getAddress, keccak256, type Address } from 'viem'

const ss58 = AccountId()
const idBytes = 32
const suffixBytes = 12
/** Padding behind the twenty bytes of an account that began as an Ethereum address. */
const suffix = 0xee

/** The 32 bytes of an SS58 address, whatever network its prefix names. Throws an Error for any other text. */
export function accountIdOf(address: string): Uint8Array {
  const id = ss58.enc(address)
  if (id.length !== idBytes) throw new Error(`an account has ${idBytes} bytes, not ${id.length}`)
  return id
}

/** True for an account that began as an Ethereum address: it needs no mapping. */
export function beganAsEthereum(accountId: Uint8Array): boolean {
  return accountId.subarray(idBytes - suffixBytes).every((byte) => byte === suffix)
}

/** The address under which contracts see the account: its first twenty bytes, or the last twenty of its Keccak-256. */
export function evmAddressOf(accountId: Uint8Array): Address {
  const bytes = beganAsEthereum(accountId)
    ? accountId.subarray(0, idBytes - suffixBytes)
    : keccak256(accountId, 'bytes').subarray(suffixBytes)
  return getAddress(bytesToHex(bytes))
}

/** Planck of an amount in wei. Throws a RangeError for one between two planck: the chain would keep less than was promised. */
export function planckOf(wei: bigint, weiPerPlanck: bigint): bigint {
  if (wei < 0n || wei % weiPerPlanck !== 0n)
    throw new RangeError(
      `${wei} wei is no whole number of planck (${weiPerPlanck} wei), and a Substrate account pays in planck alone`,
    )
  return wei / weiPerPlanck
}

/** Wei of an amount in planck. */
export function weiOf(planck: bigint, weiPerPlanck: bigint): bigint {
  return planck * weiPerPlanck
}
