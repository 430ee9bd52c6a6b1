// What the Hub's runtime says of itself (its metadata), as codecs for the few calls and reads that are needed here. Pure.
import { getDynamicBuilder, getLookupFn } from '@polkadot-api/metadata-builders'
import { decAnyMetadata, u32, unifyMetadata } from '@polkadot-api/substrate-bindings'
import { hexToBytes, type Address, type Hex } from 'viem'
import { SdkError } from '@wetee/sdk'

/** Time of computation, and bytes of proof. */
export type Weight = { readonly ref_time: bigint; readonly proof_size: bigint }

/** Arguments of `Revive.call`; amounts in planck. */
export type ReviveCall = {
  readonly dest: Address
  readonly value: bigint
  readonly weight: Weight
  readonly storageDepositLimit: bigint
  readonly data: Hex
}

/** What `ReviveApi.call` found; `refusal` is the dispatch error, or that the contract reverted. */
export type DryRun = {
  readonly weight: Weight
  readonly depositPlanck: bigint
  readonly refusal?: string
}

/** An event of a contract, as `Revive.ContractEmitted` has it. */
export type Emitted = {
  readonly contract: Address
  readonly data: Uint8Array
  readonly topics: readonly Hex[]
}

/** What came of one extrinsic of a block. */
export type ExtrinsicOutcome = { readonly failure?: string; readonly emitted: readonly Emitted[] }

/** One transaction extension: what is in the transaction, and what is signed beside it. */
export type ExtensionValue = {
  readonly identifier: string
  readonly value: Uint8Array
  readonly additionalSigned: Uint8Array
}

/** Codecs of one runtime. */
export type HubRuntime = ReturnType<typeof readRuntime>

type Builder = ReturnType<typeof getDynamicBuilder>
type Tagged = { readonly type: string; readonly value?: unknown }

/** Reads SCALE metadata of version 15 or later, plain or as `Metadata_metadata_at_version` wraps it. Throws SdkError `substrate.unsupported`. */
export function readRuntime(metadata: Uint8Array) {
  try {
    const unified = unifyMetadata(decAnyMetadata(metadata))
    const build = getDynamicBuilder(getLookupFn(unified))
    const revive = unified.pallets.find(({ name }) => name === 'Revive')
    const constant = (wanted: string): bigint => {
      const found = revive?.constants.find(({ name }) => name === wanted)
      if (found === undefined) throw new Error(`it has no pallet Revive with "${wanted}"`)
      return BigInt(build.buildConstant('Revive', wanted).dec(found.value) as number | bigint)
    }
    const extensions = unified.extrinsic.signedExtensions[0] ?? []
    return {
      metadata,
      /** Wei of one planck. */
      weiPerPlanck: constant('NativeToEthRatio'),
      /** Held for a mapping: one item of 32 bytes (pallet-revive `AccountId32Mapper::map`). */
      mappingDepositPlanck: constant('DepositPerItem') + 32n * constant('DepositPerByte'),
      ...callsOf(build),
      ...readsOf(build),
      /** The extensions of this runtime with the given values; others must be empty. */
      extensionValues: (known: Readonly<Record<string, Omit<ExtensionValue, 'identifier'>>>) =>
        extensions.map(({ identifier, type, additionalSigned }): ExtensionValue => {
          const value = known[identifier]
          if (value !== undefined) return { identifier, ...value }
          const empty = (id: number) => build.buildDefinition(id).enc(undefined)
          return { identifier, value: empty(type), additionalSigned: empty(additionalSigned) }
        }),
    }
  } catch (cause) {
    throw new SdkError(
      'substrate.unsupported',
      `the runtime of the Substrate RPC cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}

function callsOf(build: Builder) {
  const encode = (name: string, args: unknown) => {
    const { codec, location } = build.buildCall('Revive', name)
    return Uint8Array.from([...location, ...codec.enc(args)])
  }
  return {
    mapAccount: (): Uint8Array => encode('map_account', undefined),
    call: ({ dest, value, weight, storageDepositLimit, data }: ReviveCall): Uint8Array =>
      encode('call', {
        dest,
        value,
        // Renamed in 2025; encoded alike. A struct takes the name that it knows.
        gas_limit: weight,
        weight_limit: weight,
        storage_deposit_limit: storageDepositLimit,
        data: hexToBytes(data),
      }),
  }
}

function readsOf(build: Builder) {
  const account = build.buildStorage('System', 'Account')
  const mapped = build.buildStorage('Revive', 'OriginalAccount')
  const events = build.buildStorage('System', 'Events')
  const dryRun = build.buildRuntimeCall('ReviveApi', 'call')
  const fee = build.buildRuntimeCall('TransactionPaymentCallApi', 'query_call_info')
  return {
    accountKey: (address: string) => account.keys.enc(address) as Hex,
    /** Planck that can be spent, as far as nothing is frozen. */
    freePlanck: (stored: Hex | null): bigint => {
      if (stored === null) return 0n
      const { data } = account.value.dec(stored) as { data: { free: bigint; frozen: bigint } }
      return data.free > data.frozen ? data.free - data.frozen : 0n
    },
    mappingKey: (address: Address) => mapped.keys.enc(address.toLowerCase()) as Hex,
    eventsKey: () => events.keys.enc() as Hex,
    dryRunArgs: (origin: string, call: Pick<ReviveCall, 'dest' | 'value' | 'data'>) =>
      dryRun.args.enc([origin, call.dest, call.value, undefined, undefined, hexToBytes(call.data)]),
    parseDryRun: (answer: Hex): DryRun => parseDryRun(dryRun.value.dec(answer) as DryRunAnswer),
    /** The call's bytes and their number: what the fee is asked with. */
    feeArgs: (call: Uint8Array) => Uint8Array.from([...call, ...u32.enc(call.length)]),
    parseFee: (answer: Hex): bigint =>
      (fee.value.dec(answer) as { partial_fee: bigint }).partial_fee,
    parseOutcome: (stored: Hex, index: number) =>
      outcomeOf(events.value.dec(stored) as readonly EventRecord[], index),
  }
}

type DryRunAnswer = {
  readonly gas_required?: Weight
  readonly weight_required?: Weight
  readonly storage_deposit: { readonly type: 'Refund' | 'Charge'; readonly value: bigint }
  readonly max_storage_deposit?: { readonly type: 'Refund' | 'Charge'; readonly value: bigint }
  readonly result:
    | { readonly success: true; readonly value: { readonly flags: number } }
    | { readonly success: false; readonly value: Tagged }
}

/** `ReturnFlags::REVERT` of pallet-revive-uapi. */
const revertFlag = 1

function parseDryRun(answer: DryRunAnswer): DryRun {
  const weight = answer.weight_required ?? answer.gas_required
  if (weight === undefined) throw new Error('the dry run tells no weight')
  // The most that was held at once: a call that gets some of it back needs it all the same.
  const deposit = answer.max_storage_deposit ?? answer.storage_deposit
  const depositPlanck = deposit.type === 'Charge' ? deposit.value : 0n
  const { result } = answer
  if (!result.success) return { weight, depositPlanck, refusal: dispatchErrorText(result.value) }
  if ((result.value.flags & revertFlag) !== 0)
    return { weight, depositPlanck, refusal: 'Revive.ContractReverted' }
  return { weight, depositPlanck }
}

type EventRecord = {
  readonly phase: Tagged
  readonly event: { readonly type: string; readonly value: Tagged }
}

function outcomeOf(records: readonly EventRecord[], index: number): ExtrinsicOutcome {
  const emitted: Emitted[] = []
  let failure: string | undefined = 'the block tells nothing of it'
  for (const { phase, event } of records) {
    if (phase.type !== 'ApplyExtrinsic' || phase.value !== index) continue
    const name = `${event.type}.${event.value.type}`
    if (name === 'Revive.ContractEmitted') emitted.push(event.value.value as Emitted)
    if (name === 'System.ExtrinsicSuccess') failure = undefined
    if (name === 'System.ExtrinsicFailed')
      failure = dispatchErrorText((event.value.value as { dispatch_error: Tagged }).dispatch_error)
  }
  return failure === undefined ? { emitted } : { failure, emitted }
}

/** `Revive.AccountUnmapped` and its like. */
export function dispatchErrorText(error: unknown): string {
  const path: string[] = []
  let current = error
  while (typeof current === 'object' && current !== null && path.length < 4) {
    const { type, value } = current as { type?: unknown; value?: unknown }
    if (typeof type === 'string' && type !== 'Module') path.push(type)
    current = value
  }
  return path.length === 0 ? 'unknown' : path.join('.')
}
