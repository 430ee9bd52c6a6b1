// An SGX enclave under Gramine: the files of `/dev/attestation`. Does file I/O.
import { hkdfSync, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { SgxDevice } from '../device.ts'
import { TeeError } from '../error.ts'
import { nodeFiles, type DeviceFiles } from '../files.ts'
import {
  bytesEqual,
  checkContext,
  checkRegister,
  givenBytes,
  REGISTER_BYTES,
  REPORT_DATA_BYTES,
} from '../hex.ts'
import { enclaveReportFields, reportDataIn } from '../quote-fields.ts'
import { checkAborted, RequestQueue } from '../request-queue.ts'
import { teeErrorOf } from '../system-error.ts'

/** Where Gramine shows its files. */
export const GRAMINE_ROOT = '/dev/attestation'

/** Where to look, and what to bind sealing keys to. */
export type GramineOptions = {
  /** Default `/dev/attestation`. */
  readonly root?: string
  /** Default: the files of the enclave. */
  readonly files?: DeviceFiles
  /** Default `mrEnclave`: only the same program opens. `mrSigner`: every program of the same signer does. */
  readonly sealTo?: 'mrEnclave' | 'mrSigner'
  /** Label for files that no enclave stands behind. */
  readonly simulated?: boolean
  readonly signal?: AbortSignal
}

const KEY_FILES = { mrEnclave: '_sgx_mrenclave', mrSigner: '_sgx_mrsigner' } as const
const ROOT_KEY_BYTES = 16
const SEALING_KEY_BYTES = 32
const SEALING_LABEL = 'wetee/sgx-sealing/v1'
const TARGET_INFO_BYTES = 512
const REPORT_BYTES = 432
/** Gramine's own limit is 8192. */
const MAX_QUOTE_BYTES = 32_768
const MAX_TYPE_BYTES = 64
/** Tries when another thread of the enclave asks for quotes, too: Gramine has one place for report data. */
const MAX_TRIES = 4

/**
 * Opens the enclave's files. Throws TeeError `tee.not-found` outside Gramine on SGX, `tee.no-attestation` unless
 * `sgx.remote_attestation` is `dcap` in the manifest.
 */
export async function openGramineDevice(options: GramineOptions = {}): Promise<SgxDevice> {
  const files = new AttestationFiles(options.root ?? GRAMINE_ROOT, options.files ?? nodeFiles)
  checkAborted(options.signal)
  const type = Buffer.from(await files.read('attestation_type', MAX_TYPE_BYTES))
    .toString('latin1')
    .trimEnd()
  if (type !== 'dcap')
    throw new TeeError(
      'tee.no-attestation',
      `${files.path('attestation_type')}: "${type}"; set sgx.remote_attestation = "dcap" in the manifest`,
    )
  const queue = new RequestQueue()
  return {
    platform: 'sgx',
    simulated: options.simulated ?? false,
    async report({ signal } = {}) {
      const { configId, mrEnclave, mrSigner, debug } = await queue.run(() => files.report(), signal)
      return { configId, mrEnclave, mrSigner, debug }
    },
    async extend(register, digest) {
      checkRegister(register)
      givenBytes(digest, REGISTER_BYTES, 'digest')
      return Promise.reject(new TeeError('tee.no-registers', 'SGX has no run-time registers'))
    },
    async quote(reportData, { signal } = {}) {
      const bytes = givenBytes(reportData, REPORT_DATA_BYTES, 'reportData')
      return queue.run(() => files.quote(bytes, signal), signal)
    },
    async sealingKey(context, { signal } = {}) {
      checkContext(context)
      const name = KEY_FILES[options.sealTo ?? 'mrEnclave']
      return queue.run(() => files.sealingKey(name, context), signal)
    },
  }
}

class AttestationFiles {
  readonly #root: string
  readonly #files: DeviceFiles

  constructor(root: string, files: DeviceFiles) {
    this.#root = root
    this.#files = files
  }

  path(name: string): string {
    return join(this.#root, name)
  }

  /** The enclave's report to itself: made by the processor, without the host. */
  async report(): Promise<ReturnType<typeof enclaveReportFields>> {
    const target = await this.#exactly('my_target_info', TARGET_INFO_BYTES)
    for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
      const reportData = new Uint8Array(randomBytes(REPORT_DATA_BYTES))
      await this.#write('target_info', target)
      await this.#write('user_report_data', reportData)
      const report = enclaveReportFields(await this.#exactly('report', REPORT_BYTES))
      if (bytesEqual(report.reportData, reportData)) return report
    }
    throw this.#raced()
  }

  async quote(reportData: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
    for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
      checkAborted(signal)
      await this.#write('user_report_data', reportData)
      const quote = await this.read('quote', MAX_QUOTE_BYTES)
      if (bytesEqual(reportDataIn('sgx', quote), reportData)) return quote
    }
    throw this.#raced()
  }

  async sealingKey(name: string, context: string): Promise<Uint8Array> {
    const file = join('keys', name)
    const root = await this.read(file, ROOT_KEY_BYTES).catch((error: unknown) => {
      if (error instanceof TeeError && error.code === 'tee.not-found')
        throw new TeeError(
          'tee.no-sealing-key',
          `${this.path(file)}: not there; this Gramine has no such key, or does not run on SGX`,
          { cause: error },
        )
      throw error
    })
    try {
      if (root.length === 0)
        throw new TeeError('tee.no-sealing-key', `${this.path(file)}: the key is not set`)
      if (root.length !== ROOT_KEY_BYTES || root.every((byte) => byte === 0))
        throw new TeeError(
          'tee.answer-invalid',
          `${this.path(file)}: expected a key of ${ROOT_KEY_BYTES} bytes`,
        )
      const info = Buffer.from(context, 'utf8')
      return new Uint8Array(hkdfSync('sha256', root, SEALING_LABEL, info, SEALING_KEY_BYTES))
    } finally {
      root.fill(0)
    }
  }

  async read(name: string, maxBytes: number): Promise<Uint8Array> {
    const bytes = await this.#files.readFile(this.path(name), maxBytes).catch((error: unknown) => {
      throw this.#refusal(error, name)
    })
    if (bytes.length > maxBytes)
      throw new TeeError('tee.answer-too-large', `${this.path(name)}: more than ${maxBytes} bytes`)
    return bytes
  }

  async #exactly(name: string, size: number): Promise<Uint8Array> {
    const bytes = await this.read(name, size)
    if (bytes.length !== size)
      throw new TeeError(
        'tee.answer-invalid',
        `${this.path(name)}: expected ${size} bytes, got ${bytes.length}`,
      )
    return bytes
  }

  async #write(name: string, bytes: Uint8Array): Promise<void> {
    await this.#files.writeFile(this.path(name), bytes).catch((error: unknown) => {
      throw this.#refusal(error, name)
    })
  }

  /** Gramine answers EACCES for whatever fails beneath it. */
  #refusal(error: unknown, name: string): TeeError {
    const refusal = teeErrorOf(error, this.path(name))
    if (refusal.code !== 'tee.forbidden') return refusal
    return new TeeError(
      'tee.refused',
      `${this.path(name)}: Gramine could not do it; for a quote, is aesmd running on the host?`,
      { cause: error },
    )
  }

  #raced(): TeeError {
    return new TeeError(
      'tee.raced',
      `${this.#root}: in ${MAX_TRIES} tries another thread of this enclave changed the report data each time`,
    )
  }
}
