// The certificates of an instance's custom domains, each for the instance's own attested key. No I/O.
import { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { TlsIdentity } from '@wetee/certificates'
import { tlsKeyHashOf } from '@wetee/tls'

type Held = {
  readonly context: SecureContext
  readonly notBefore: number
  readonly notAfter: number
}

/** A chain can be renewed in its last third. */
const RENEWAL_SHARE = 2 / 3

/** What is shown to clients that ask for a custom domain. */
export class Certificates {
  readonly #identity: TlsIdentity
  readonly #held = new Map<string, Held>()

  constructor(identity: TlsIdentity) {
    this.#identity = identity
  }

  /**
   * Takes a chain (PEM, the leaf first) for a domain when it is for this instance's key, names the domain, and lasts longer than what there is.
   * Who issued it is for clients to judge. False: it is of no use.
   */
  take(domain: string, chain: string, nowSeconds: number): boolean {
    let context: SecureContext
    let leaf: X509Certificate
    try {
      leaf = new X509Certificate(chain)
      if (tlsKeyHashOf(leaf.raw) !== this.#identity.tlsKeyHash) return false
      context = createSecureContext({
        key: this.#identity.keyPem,
        cert: chain,
        minVersion: 'TLSv1.3',
      })
    } catch {
      return false
    }
    const notBefore = leaf.validFromDate.getTime() / 1000
    const notAfter = leaf.validToDate.getTime() / 1000
    const named = leaf.checkHost(domain, { subject: 'never' }) !== undefined
    const known = this.#held.get(domain)
    if (!named || notAfter <= nowSeconds || notAfter <= (known?.notAfter ?? 0)) return false
    this.#held.set(domain, { context, notBefore, notAfter })
    return true
  }

  /** Whether a certificate has to be ordered: there is none, or its last third has begun. */
  isDue(domain: string, nowSeconds: number): boolean {
    const held = this.#held.get(domain)
    if (held === undefined) return true
    const { notBefore, notAfter } = held
    return nowSeconds >= notBefore + (notAfter - notBefore) * RENEWAL_SHARE
  }

  /** For `SNICallback` of a TLS server: the domain's certificate; `undefined` means the server's own. */
  context(serverName: string): SecureContext | undefined {
    return this.#held.get(serverName.toLowerCase())?.context
  }
}
