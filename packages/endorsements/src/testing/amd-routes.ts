// The routes of AMD KDS from given certificates. No I/O.
import type { AmdProduct, AmdSigner, AmdTcb } from '../amd/kds.ts'
import type { Answer } from './behaviour.ts'

/** What an AMD server has. DER, except the chain. */
export type AmdHoldings = {
  /** The chip's certificate at a TCB; undefined for a chip that it does not know. */
  vcek(product: AmdProduct, hwId: string, tcb: AmdTcb): Uint8Array | undefined
  /** PEM: ASK or ASVK, then ARK. */
  chain(product: AmdProduct, signer: AmdSigner): string
  crl(product: AmdProduct, signer: AmdSigner): Uint8Array
  /** The list as it was, for the behaviour `stale`. */
  staleCrl?(product: AmdProduct, signer: AmdSigner): Uint8Array
}

/** Names of the routes. */
export type AmdRoute = 'vcek' | 'cert-chain' | 'crl'

const PATH = /^\/(vcek|vlek)\/v1\/(Milan|Genoa|Turin)\/([0-9A-Za-z_]+)$/

/** Which route a path is; undefined for none. */
export function amdRouteOf(path: string): AmdRoute | undefined {
  const last = PATH.exec(path)?.[3]
  if (last === undefined) return undefined
  if (last === 'cert_chain') return 'cert-chain'
  if (last === 'crl') return 'crl'
  return path.startsWith('/vcek/') && /^[0-9a-f]+$/.test(last) ? 'vcek' : undefined
}

/** What the real service answers. */
export function answerAmd(
  route: AmdRoute,
  url: URL,
  holdings: AmdHoldings,
  stale: boolean,
): Answer {
  const match = PATH.exec(url.pathname)
  const signer: AmdSigner = match?.[1] === 'vlek' ? 'vlek' : 'vcek'
  const product = (match?.[2] ?? 'Milan') as AmdProduct
  if (route === 'cert-chain')
    return answer(200, 'application/x-pem-file', Buffer.from(holdings.chain(product, signer)))
  if (route === 'crl') {
    const old = stale ? holdings.staleCrl?.(product, signer) : undefined
    return answer(200, 'application/pkix-crl', old ?? holdings.crl(product, signer))
  }
  const hwId = match?.[3] ?? ''
  const level = (name: string) => Number(url.searchParams.get(name) ?? 0)
  const levels = {
    bootloader: level('blSPL'),
    tee: level('teeSPL'),
    snp: level('snpSPL'),
    microcode: level('ucodeSPL'),
  }
  const isTurin = product === 'Turin'
  if (hwId.length !== (isTurin ? 16 : 128)) return answer(400, 'text/plain', new Uint8Array())
  const tcb = isTurin ? { ...levels, fmc: level('fmcSPL') } : levels
  const leaf = holdings.vcek(product, hwId, tcb)
  if (leaf === undefined) return answer(404, 'text/plain', new Uint8Array())
  return answer(200, 'application/pkix-cert', leaf)
}

function answer(status: number, contentType: string, body: Uint8Array): Answer {
  return { status, headers: { 'content-type': contentType }, body }
}
