// AMD's Key Distribution Service (publication 57230): where each part is asked for and how its answer
// is read. No I/O.
import type { SnpProduct, SnpTcb } from '@wetee/attestation'
import { EndorsementError } from '../error.ts'
import type { Item, Route } from '../fetch/item.ts'
import { certificateDates } from '../forms/der-dates.ts'
import { fromHex, readPem, toHex } from '../forms/encodings.ts'
import type { Server } from '../http/server.ts'
import { readRevocationList } from '../intel/pcs.ts'

/** Product lines with chains of their own; Bergamo and Siena use Genoa's. */
export type AmdProduct = SnpProduct

/** Who signed a report: a key of the chip, or one loaded by a cloud. */
export type AmdSigner = 'vcek' | 'vlek'

/** Security patch levels of the reported TCB, 0 to 255; `fmc` on Turin only. */
export type AmdTcb = SnpTcb

/** AMD's own service. */
export const KDS_URL = 'https://kdsintf.amd.com'

/** KDS answers 429 when VCEKs are asked for faster than this. */
export const VCEK_INTERVAL_MS = 10_000

const INTERVAL_MS = 1_000
const MAX_CERTIFICATE_BYTES = 8_192
const MAX_CHAIN_BYTES = 65_536
const MAX_CRL_BYTES = 65_536
const DAY_MS = 86_400_000
const PRODUCTS: readonly string[] = ['Milan', 'Genoa', 'Turin']

/** Bytes of hwID: Turin's are short. */
function hwIdBytes(product: AmdProduct): 8 | 64 {
  return product === 'Turin' ? 8 : 64
}

/**
 * The certificate of a chip's key at a TCB; it never changes. `hwId` is lower-case hex of 64 bytes,
 * 8 on Turin. Throws EndorsementError `request.invalid`.
 */
export function vcekItem(
  servers: readonly Server[],
  product: AmdProduct,
  hwId: string,
  tcb: AmdTcb,
): Item {
  checkProduct(product)
  const bytes = fromHex(hwId)
  if (bytes?.length !== hwIdBytes(product) || hwId !== hwId.toLowerCase())
    throw invalid(`hwId: expected ${hwIdBytes(product)} bytes of lower-case hex`)
  const levels = levelQuery(product, tcb)
  return {
    kind: 'vcek',
    key: `${product}/${hwId}/${levels}`,
    refreshMs: Number.POSITIVE_INFINITY,
    routes: servers.map((server) => ({
      ...route(server, `/vcek/v1/${product}/${hwId}?${levels}`, MAX_CERTIFICATE_BYTES),
      bucket: 'vcek',
      intervalMs: VCEK_INTERVAL_MS,
      read({ body }) {
        const { fromMs, untilMs } = certificateDates(body)
        // Kept for good, so a mix-up would stay: the certificate has to have this chip's number.
        if (!Buffer.from(body).includes(Buffer.from(bytes)))
          throw new EndorsementError('answer.mismatch', 'certificate of another chip')
        return { fields: { leaf: toHex(body) }, issuedAtMs: fromMs, nextUpdateMs: untilMs }
      },
    })),
  }
}

/** Issuer of leaf certificates and the root, of a product and kind of signer. */
export function amdChainItem(
  servers: readonly Server[],
  product: AmdProduct,
  signer: AmdSigner,
): Item {
  checkProduct(product)
  return {
    kind: 'amd-chain',
    key: `${product}/${signer}`,
    refreshMs: 30 * DAY_MS,
    routes: servers.map((server) => ({
      ...route(server, `/${signer}/v1/${product}/cert_chain`, MAX_CHAIN_BYTES),
      read({ body }) {
        const text = Buffer.from(body).toString('latin1')
        const [ask, ark] = readPem(text, 'CERTIFICATE', 2)
        if (ask === undefined || ark === undefined) throw invalid('expected two certificates')
        const dates = [certificateDates(ask), certificateDates(ark)]
        return {
          fields: { ask: toHex(ask), ark: toHex(ark) },
          issuedAtMs: Math.max(...dates.map(({ fromMs }) => fromMs)),
          nextUpdateMs: Math.min(...dates.map(({ untilMs }) => untilMs)),
        }
      },
    })),
  }
}

/** Revocation list of a product's root. */
export function amdCrlItem(
  servers: readonly Server[],
  product: AmdProduct,
  signer: AmdSigner,
): Item {
  checkProduct(product)
  return {
    kind: 'amd-crl',
    key: `${product}/${signer}`,
    refreshMs: DAY_MS,
    routes: servers.map((server) => ({
      ...route(server, `/${signer}/v1/${product}/crl`, MAX_CRL_BYTES),
      read: ({ body }) => readRevocationList(body),
    })),
  }
}

function levelQuery(product: AmdProduct, tcb: AmdTcb): string {
  if ((tcb.fmc !== undefined) !== (product === 'Turin'))
    throw invalid('tcb: expected fmc on Turin and nowhere else')
  const levels = [
    ...(tcb.fmc === undefined ? [] : [['fmcSPL', tcb.fmc] as const]),
    ['blSPL', tcb.bootloader] as const,
    ['teeSPL', tcb.tee] as const,
    ['snpSPL', tcb.snp] as const,
    ['ucodeSPL', tcb.microcode] as const,
  ]
  for (const [name, level] of levels)
    if (!Number.isInteger(level) || level < 0 || level > 255)
      throw invalid(`${name}: expected 0 to 255`)
  // KDS reads two digits at least.
  return levels.map(([name, level]) => `${name}=${String(level).padStart(2, '0')}`).join('&')
}

function checkProduct(product: string): void {
  if (!PRODUCTS.includes(product)) throw invalid(`product: expected ${PRODUCTS.join(', ')}`)
}

function route(server: Server, path: string, maxBytes: number): Omit<Route, 'read'> {
  const url = new URL(server.url + path)
  return { server, url, maxBytes, bucket: 'kds', intervalMs: INTERVAL_MS }
}

function invalid(message: string): EndorsementError {
  return new EndorsementError('request.invalid', message)
}
