// The simulated vendor's keys and certificates. Everything follows from its seed. Node only.
import { issueCertificate, toPem, type CertificateContent, type Issuer } from '../certificates.ts'
import { P256Key } from '../ecdsa-key.ts'
import { pckSerial, sgxExtension } from './pck.ts'
import { changed } from './quote-writer.ts'
import type { ChipFault } from './switches.ts'
import { OTHER_FMSPC, OTHER_PCE_ID, type SimulatedCa, type SimulatedTcb } from './tcb.ts'

/** What a PCK certificate is asked for. */
export type PckRequest = {
  /** 16 bytes. */
  readonly ppid: Uint8Array
  readonly publicKey: Uint8Array
  readonly tcb: SimulatedTcb
  readonly svns: { readonly sgx: readonly number[]; readonly pce: number }
  readonly ca: SimulatedCa
  readonly faults: readonly ChipFault[]
}

/** One of the vendor's CAs. */
export type CertificateAuthority = {
  readonly issuer: Issuer
  readonly der: Uint8Array
  readonly serial: Uint8Array
}

/** What is wrong with the certificate of the signer of TCB info and QE identity. */
export type SigningFault = 'signature' | 'expired' | 'is-a-pck'

/** Who signs what. */
export type Pki = {
  readonly root: Issuer
  readonly rootDer: Uint8Array
  readonly cas: Readonly<Record<SimulatedCa, CertificateAuthority>>
  readonly signingKey: P256Key
  readonly signingSerial: Uint8Array
  /** Chain of the signer of TCB info and QE identity, sound or not. */
  signingChain(fault?: SigningFault): string
  pckChainPem(request: PckRequest): string
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const YEAR_MS = 365 * DAY_MS
const ROOT_NAME = 'Simulated SGX Root CA'
const SIGNER_NAME = 'Simulated SGX TCB Signing'
const PCK_NAME = 'Simulated SGX PCK Certificate'
const CA_NAMES: Readonly<Record<SimulatedCa, string>> = {
  platform: 'Simulated SGX PCK Platform CA',
  processor: 'Simulated SGX PCK Processor CA',
}

/** Certificates from a day before `createdAtMs`. */
export function makePki(seed: Uint8Array, createdAtMs: number): Pki {
  const rootKey = new P256Key(seed, 'root')
  const signingKey = new P256Key(seed, 'TCB signing')
  const root: Issuer = { commonName: ROOT_NAME, key: rootKey }
  const notBeforeMs = createdAtMs - DAY_MS
  const notAfterMs = createdAtMs + 7 * YEAR_MS
  const issue = (
    key: P256Key,
    content: Omit<CertificateContent, 'publicKey' | 'notBeforeMs'>,
    issuer = root,
  ) => issueCertificate({ publicKey: key.publicKey, notBeforeMs, ...content }, issuer)
  const rootDer = issue(rootKey, {
    commonName: ROOT_NAME,
    serial: Uint8Array.of(1),
    notAfterMs: createdAtMs + 20 * YEAR_MS,
    pathLength: 1,
  })
  const authority = (ca: SimulatedCa, serial: Uint8Array): CertificateAuthority => {
    const key = new P256Key(seed, `${ca} CA`)
    const commonName = CA_NAMES[ca]
    const validity = { notAfterMs: createdAtMs + 15 * YEAR_MS, pathLength: 0 }
    const der = issue(key, { commonName, serial, ...validity })
    return { issuer: { commonName, key }, der, serial }
  }
  const cas = {
    platform: authority('platform', Uint8Array.of(2)),
    processor: authority('processor', Uint8Array.of(4)),
  }
  const signingSerial = Uint8Array.of(3)
  return {
    root,
    rootDer,
    cas,
    signingKey,
    signingSerial,
    signingChain(fault) {
      const signer = issue(signingKey, {
        commonName: fault === 'is-a-pck' ? PCK_NAME : SIGNER_NAME,
        serial: signingSerial,
        notAfterMs: fault === 'expired' ? createdAtMs - HOUR_MS : notAfterMs,
      })
      return toPem(fault === 'signature' ? changed(signer) : signer, rootDer)
    },
    pckChainPem(request) {
      const { issuer, der: caDer } = cas[request.ca]
      const content = pckContent(request, { seed, notBeforeMs, notAfterMs, createdAtMs })
      const pck = issueCertificate(content, issuer)
      const { faults } = request
      return toPem(
        faults.includes('pck-signature') ? changed(pck) : pck,
        faults.includes('pck-ca-signature') ? changed(caDer) : caDer,
        rootDer,
      )
    },
  }
}

function pckContent(
  { ppid, publicKey, tcb, svns, ca, faults }: PckRequest,
  vendor: { seed: Uint8Array; notBeforeMs: number; notAfterMs: number; createdAtMs: number },
): CertificateContent {
  const has = (fault: ChipFault) => faults.includes(fault)
  const { seed, createdAtMs } = vendor
  const extension = sgxExtension(ppid, tcb, {
    svns,
    ca,
    ...(has('pck-of-another-family') ? { fmspc: OTHER_FMSPC } : {}),
    ...(has('pck-of-another-pce') ? { pceId: OTHER_PCE_ID } : {}),
  })
  return {
    commonName: PCK_NAME,
    publicKey: has('pck-of-another-chip') ? new P256Key(seed, 'another chip').publicKey : publicKey,
    serial: pckSerial(ppid, tcb),
    notBeforeMs: has('pck-not-yet-valid') ? createdAtMs + 6 * YEAR_MS : vendor.notBeforeMs,
    notAfterMs: has('pck-expired') ? createdAtMs - HOUR_MS : vendor.notAfterMs,
    ...(has('pck-without-extension') ? {} : { sgxExtension: extension }),
  }
}
