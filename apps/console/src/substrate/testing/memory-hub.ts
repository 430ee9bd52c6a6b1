// A Hub in memory behind JSON-RPC: takes extrinsics whose signature is right, and keeps blocks, events, balances and mappings.
import { ed25519 } from '@noble/curves/ed25519.js'
import { getDynamicBuilder, getLookupFn } from '@polkadot-api/metadata-builders'
import {
  AccountId,
  Blake2256,
  Bytes,
  decAnyMetadata,
  Tuple,
  u32,
  unifyMetadata,
} from '@polkadot-api/substrate-bindings'
import { bytesToHex, concatBytes, hexToBytes, type Address, type Hex } from 'viem'
import { SdkError } from '@wetee/sdk'
import { evmAddressOf } from '../account.ts'
import type { HubRpc } from '../hub-rpc.ts'
import { hubMetadata } from './hub-metadata.ts'

/** A call of a contract, as `Revive.call` asks for it. */
export type HubCall = {
  readonly from: Address
  readonly dest: Address
  readonly planck: bigint
  readonly data: Hex
}
/** What came of it. */
export type HubResult = {
  readonly reverted: boolean
  readonly logs: readonly { address: Address; data: Hex; topics: readonly Hex[] }[]
}

type Block = { readonly hash: Hex; readonly extrinsics: readonly Hex[]; readonly events: Hex }
type DecodedCall = { type: string; value: { type: string; value?: Record<string, unknown> } }

const unified = unifyMetadata(decAnyMetadata(hubMetadata))
const lookup = getLookupFn(unified)
const build = getDynamicBuilder(lookup)
const extensions = unified.extrinsic.signedExtensions[0] ?? []
const callCodec = build.buildDefinition(lookup.call ?? 0)
const storage = (pallet: string, name: string) => build.buildStorage(pallet, name)
const ss58 = AccountId()

export class MemoryHub {
  readonly genesisHash: Hex = hashOf('block 0')
  readonly specVersion = 1_009_003
  /** By SS58 address, planck. */
  readonly balances = new Map<string, bigint>()
  /** Addresses of contracts' callers, lower case. */
  readonly mapped = new Set<string>()
  readonly blocks: Block[] = [{ hash: this.genesisHash, extrinsics: [], events: '0x00' }]
  /** Methods in the order in which they were asked for. */
  readonly asked: string[] = []
  /** Carries out a call of a contract; default without effect. */
  execute: (call: HubCall) => Promise<HubResult> = () =>
    Promise.resolve({ reverted: false, logs: [] })
  dryRunFlags = 0
  depositPlanck = 5_000n
  /** False: what is sent waits, and is never included. */
  includes = true
  #nonces = new Map<string, number>()

  readonly rpc: HubRpc = (method, params) => {
    this.asked.push(method)
    return this.#answer(method, params)
  }

  /** Empty blocks. */
  mine(count: number): void {
    for (let added = 0; added < count; added += 1) this.#addBlock([], [])
  }

  async #answer(method: string, [first, second]: readonly unknown[]): Promise<unknown> {
    switch (method) {
      case 'chain_getBlockHash':
        return this.blocks[first as number]?.hash ?? null
      case 'chain_getFinalizedHead':
        return this.blocks.at(-1)?.hash
      case 'chain_getHeader':
        return { number: `0x${this.#numberOf(first).toString(16)}` }
      case 'chain_getBlock':
        return { block: { extrinsics: this.blocks[this.#numberOf(first)]?.extrinsics } }
      case 'state_getRuntimeVersion':
        return { specVersion: this.specVersion, transactionVersion: 15 }
      case 'state_getStorage':
        return this.#storage(first as Hex, second)
      case 'state_call':
        return this.#call(first as string, hexToBytes(second as Hex))
      case 'system_accountNextIndex':
        return this.#nonces.get(first as string) ?? 0
      case 'author_submitExtrinsic':
        return this.#submit(hexToBytes(first as Hex))
      default:
        throw refusal('Method not found')
    }
  }

  #numberOf(hash: unknown): number {
    return this.blocks.findIndex((block) => block.hash === hash)
  }

  #storage(key: Hex, at: unknown): Hex | null {
    if (key === storage('System', 'Events').keys.enc())
      return this.blocks[this.#numberOf(at)]?.events ?? null
    const { keys, value, ...entry } = storage('System', 'Account')
    const empty = entry.fallback as { data: object }
    for (const [address, free] of this.balances)
      if (keys.enc(address) === key) {
        return bytesToHex(value.enc({ ...empty, data: { ...empty.data, free } }))
      }
    const mapping = storage('Revive', 'OriginalAccount').keys
    return [...this.mapped].some((address) => mapping.enc(address) === key) ? '0x01' : null
  }

  #call(name: string, args: Uint8Array): Hex {
    if (name === 'Metadata_metadata_at_version')
      return u32.dec(args) === 15
        ? bytesToHex(concatBytes([Uint8Array.of(1), Bytes().enc(hubMetadata)]))
        : '0x00'
    if (name === 'TransactionPaymentCallApi_query_call_info')
      return bytesToHex(
        build.buildRuntimeCall('TransactionPaymentCallApi', 'query_call_info').value.enc({
          weight: { ref_time: 1n, proof_size: 1n },
          class: { type: 'Normal' },
          partial_fee: 1_000n,
        }),
      )
    if (name !== 'ReviveApi_call') throw refusal(`no runtime call ${name}`)
    const weight = { ref_time: 1_000n, proof_size: 100n }
    return bytesToHex(
      build.buildRuntimeCall('ReviveApi', 'call').value.enc({
        ...{ gas_consumed: weight, gas_required: weight },
        storage_deposit: { type: 'Charge', value: this.depositPlanck },
        result: { success: true, value: { flags: this.dryRunFlags, data: new Uint8Array() } },
      }),
    )
  }

  async #submit(extrinsic: Uint8Array): Promise<Hex> {
    const { publicKey, nonce, call } = this.#check(extrinsic)
    const address = ss58.dec(publicKey)
    if ((this.balances.get(address) ?? 0n) < 1_000n)
      throw refusal(
        '1010: Invalid Transaction: Inability to pay some fees (e.g. account balance too low)',
      )
    if (nonce !== (this.#nonces.get(address) ?? 0)) throw refusal('1010: Transaction is outdated')
    const hash = bytesToHex(Blake2256(extrinsic))
    if (!this.includes) return hash
    this.#nonces.set(address, nonce + 1)
    this.#addBlock([bytesToHex(extrinsic)], await this.#events(evmAddressOf(publicKey), call))
    return hash
  }

  /** Takes apart an extrinsic of version 4 and checks its signature over what the runtime expects. */
  #check(extrinsic: Uint8Array) {
    const body = Bytes().dec(extrinsic)
    if (body[0] !== 0x84 || body[1] !== 0 || body[34] !== 0)
      throw refusal('expected a signed extrinsic of version 4 with an Ed25519 signature')
    const publicKey = body.slice(2, 34)
    const rest = body.slice(99)
    const codecs = extensions.map(({ type }) => build.buildDefinition(type))
    const [values, callBytes] = Tuple(Tuple(...codecs), Bytes(Infinity)).dec(rest)
    const extra = rest.slice(0, rest.length - callBytes.length)
    const position = extensions.findIndex(({ identifier }) => identifier === 'CheckNonce')
    const era = extra.slice(0, 2)
    const phase = ((era[0] ?? 0) | ((era[1] ?? 0) << 8)) >> 4
    const birth = this.blocks[phase]?.hash ?? this.genesisHash
    const signed = concatBytes([
      ...[callBytes, extra, u32.enc(this.specVersion), u32.enc(15)],
      ...[hexToBytes(this.genesisHash), hexToBytes(birth), Uint8Array.of(0)],
    ])
    const message = signed.length > 256 ? Blake2256(signed) : signed
    if (!ed25519.verify(body.slice(35, 99), message, publicKey))
      throw refusal('1010: Invalid Transaction: Transaction has a bad signature')
    const nonce = Number((values as unknown[])[position])
    return { publicKey, nonce, call: callCodec.dec(callBytes) as DecodedCall }
  }

  async #events(from: Address, { type, value }: DecodedCall): Promise<unknown[]> {
    const name = `${type}.${value.type}`
    if (name === 'Revive.map_account') {
      this.mapped.add(from.toLowerCase())
      return [success]
    }
    if (name !== 'Revive.call') throw refusal(`unexpected ${name}`)
    const args = value.value as { dest: Address; value: bigint; data: Uint8Array }
    const { reverted, logs } = await this.execute({
      ...{ from, dest: args.dest, planck: args.value, data: bytesToHex(args.data) },
    })
    if (reverted) return [failed]
    const emitted = logs.map(({ address, data, topics }) => ({
      type: 'Revive',
      value: {
        type: 'ContractEmitted',
        value: { contract: address.toLowerCase(), data: hexToBytes(data), topics },
      },
    }))
    return [...emitted, success]
  }

  #addBlock(extrinsics: readonly Hex[], events: readonly unknown[]): void {
    const records = events.map((event) => ({
      phase: { type: 'ApplyExtrinsic', value: 0 },
      ...{ event, topics: [] },
    }))
    const encoded = bytesToHex(storage('System', 'Events').value.enc(records))
    this.blocks.push({
      hash: hashOf(`block ${this.blocks.length}`),
      extrinsics,
      // `ModuleError` has four bytes for what a pallet needs one for; the codec writes the one.
      events: events[0] === failed ? pad(encoded, errorEnd, 3) : encoded,
    })
  }
}

const info = {
  weight: { ref_time: 1n, proof_size: 1n },
  class: { type: 'Normal' },
  pays_fee: { type: 'Yes' },
}
const success = {
  type: 'System',
  value: { type: 'ExtrinsicSuccess', value: { dispatch_info: info } },
}
const failed = {
  type: 'System',
  value: {
    type: 'ExtrinsicFailed',
    value: {
      dispatch_error: {
        type: 'Module',
        value: { type: 'Revive', value: { type: 'ContractReverted' } },
      },
      dispatch_info: info,
    },
  },
}

/** Bytes before the end of the error in a list of one failure: count, phase, event, error. */
const errorEnd = 1 + 5 + 2 + 3

function pad(hex: Hex, at: number, count: number): Hex {
  const place = 2 + 2 * at
  return `0x${hex.slice(2, place)}${'00'.repeat(count)}${hex.slice(place)}`
}

function hashOf(text: string): Hex {
  return bytesToHex(Blake2256(new TextEncoder().encode(text)))
}

/** As `openRpc` words what a node refuses. */
function refusal(message: string): SdkError {
  return new SdkError('substrate.refused', `the Substrate RPC refused: ${message}`)
}
