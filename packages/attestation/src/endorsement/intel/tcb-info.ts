// Intel's TCB info (version 3), of TDX or of SGX: which SVNs of a processor family have which
// status. Pure.
import { AttestationError } from '../../error.ts'
import type { IntelTee } from '../../evidence/intel/tee.ts'
import { parseJson } from '../../json.ts'
import { JsonFields } from './json-fields.ts'
import { MAX_ADVISORIES, readIsvLevels, type IsvLevel } from './tcb-level.ts'

/** Statuses of a platform's level as TCB info writes them, best first. */
export const PLATFORM_STATUSES = [
  'UpToDate',
  'SWHardeningNeeded',
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
  'OutOfDate',
  'OutOfDateConfigurationNeeded',
  'Revoked',
] as const
export type PlatformStatus = (typeof PLATFORM_STATUSES)[number]

/** Smallest SVNs of a level and what they are worth. */
export type PlatformLevel = {
  readonly sgxSvns: readonly number[]
  /** None in TCB info of SGX. */
  readonly tdxSvns: readonly number[]
  readonly pceSvn: number
  readonly tcbDate: string
  readonly status: PlatformStatus
  readonly advisoryIds: readonly string[]
}

/** Who signed a TDX module and which attributes it must have. */
export type ModuleSigner = {
  readonly mrSigner: Uint8Array
  readonly attributes: Uint8Array
  readonly attributesMask: Uint8Array
}

/** A generation of the TDX module, `TDX_01` and on. */
export type ModuleIdentity = ModuleSigner & {
  readonly id: string
  readonly levels: readonly IsvLevel[]
}

/** Parsed TCB info. */
export type TcbInfo = {
  readonly issuedAtMs: number
  readonly nextUpdateMs: number
  readonly fmspc: Uint8Array
  readonly pceId: Uint8Array
  readonly evaluationNumber: number
  /** Newest first. */
  readonly levels: readonly PlatformLevel[]
}

/** Parsed TCB info of TDX. */
export type TdxTcbInfo = TcbInfo & {
  readonly module: ModuleSigner
  readonly moduleIdentities: readonly ModuleIdentity[]
}

/** TCB info by TEE. */
export type TcbInfoOf = { readonly tdx: TdxTcbInfo; readonly sgx: TcbInfo }

const COMPONENTS = 16
const MAX_LEVELS = 256
const MAX_MODULES = 64

const IDS: Readonly<Record<IntelTee, string>> = { tdx: 'TDX', sgx: 'SGX' }

/**
 * Reads TCB info. Throws AttestationError `tcb-info.malformed`, or `tcb-info.mismatch` when it is
 * that of another TEE.
 */
export function parseTcbInfo<T extends IntelTee>(text: string, tee: T): TcbInfoOf[T] {
  const code = 'tcb-info.malformed'
  const fields = new JsonFields(parseJson(text, code), code, 'TCB info')
  if (fields.text('id') !== IDS[tee])
    throw new AttestationError('tcb-info.mismatch', `TCB info: expected id ${IDS[tee]}`)
  if (fields.integer('version', 99) !== 3) throw fields.fault('expected version 3')
  if (fields.integer('tcbType', 99) !== 0) throw fields.fault('expected tcbType 0')
  return READERS[tee](fields)
}

const READERS: { readonly [T in IntelTee]: (fields: JsonFields) => TcbInfoOf[T] } = {
  sgx: (fields) => readTcbInfo(fields, 'sgx'),
  tdx: (fields) => ({
    ...readTcbInfo(fields, 'tdx'),
    module: readSigner(fields.object('tdxModule')),
    moduleIdentities: readIdentities(fields),
  }),
}

function readTcbInfo(fields: JsonFields, tee: IntelTee): TcbInfo {
  return {
    issuedAtMs: fields.instantMs('issueDate'),
    nextUpdateMs: fields.instantMs('nextUpdate'),
    fmspc: fields.hex('fmspc', 6),
    pceId: fields.hex('pceId', 2),
    evaluationNumber: fields.integer('tcbEvaluationDataNumber', 0xffff_ffff),
    levels: fields.objects('tcbLevels', MAX_LEVELS).map((level) => readPlatformLevel(level, tee)),
  }
}

function readSigner(fields: JsonFields): ModuleSigner {
  return {
    mrSigner: fields.hex('mrsigner', 48),
    attributes: fields.hex('attributes', 8),
    attributesMask: fields.hex('attributesMask', 8),
  }
}

function readIdentities(fields: JsonFields): ModuleIdentity[] {
  if (!fields.has('tdxModuleIdentities')) return []
  return fields.objects('tdxModuleIdentities', MAX_MODULES).map((identity) => ({
    id: identity.text('id'),
    ...readSigner(identity),
    levels: readIsvLevels(identity),
  }))
}

function readPlatformLevel(level: JsonFields, tee: IntelTee): PlatformLevel {
  const tcb = level.object('tcb')
  return {
    sgxSvns: readSvns(tcb, 'sgxtcbcomponents'),
    tdxSvns: tee === 'tdx' ? readSvns(tcb, 'tdxtcbcomponents') : [],
    pceSvn: tcb.integer('pcesvn', 0xffff),
    tcbDate: level.instant('tcbDate'),
    status: level.oneOf('tcbStatus', PLATFORM_STATUSES),
    advisoryIds: level.texts('advisoryIDs', MAX_ADVISORIES),
  }
}

function readSvns(tcb: JsonFields, name: string): number[] {
  const components = tcb.objects(name, COMPONENTS)
  if (components.length !== COMPONENTS)
    throw tcb.fault(`${name}: expected ${COMPONENTS} components`)
  return components.map((component) => component.integer('svn', 255))
}
