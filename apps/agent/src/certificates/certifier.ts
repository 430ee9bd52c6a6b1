// Keeps custom domains certified: takes what the worker has kept, and orders what is due. Does network I/O through its parts.
import { provesDomain } from '@wetee/manifest'
import { createCertificateRequest, type TlsIdentity } from '@wetee/certificates'
import type { InstanceLaunch } from '../launch/launch-config.ts'
import { errorFields, type Log } from '../log.ts'
import type { KnownDomain, WorkerClient } from '../worker/worker-client.ts'
import type { AcmeClient } from './acme-client.ts'
import { AcmeError } from './acme-error.ts'
import type { Certificates } from './certificates.ts'
import { serveChallenge } from './challenge-server.ts'

/** What the certifier is made of. */
export type CertifierParts = {
  readonly launch: Pick<InstanceLaunch, 'appId' | 'chainId' | 'cloud' | 'replica'>
  /** Custom domains of the manifest. */
  readonly domains: readonly string[]
  readonly identity: TlsIdentity
  readonly certificates: Certificates
  readonly worker: Pick<WorkerClient, 'domains' | 'keepCertificate'>
  readonly client: Pick<AcmeClient, 'order'>
  /** Where challenges are answered. */
  readonly challengePath: string
  /** Chain time, seconds. */
  readonly nowSeconds: () => number
  readonly log: Log
  readonly signal: AbortSignal
  readonly sleep: (ms: number) => Promise<unknown>
}

const LOOK_MS = 60_000
/** Let's Encrypt takes five failures for a name in an hour. */
const FIRST_RETRY_SECONDS = 900
const LONGEST_RETRY_SECONDS = 86_400

/** One instance's domains. */
export class Certifier {
  readonly #parts: CertifierParts
  readonly #failures = new Map<string, { count: number; nextAt: number }>()

  constructor(parts: CertifierParts) {
    this.#parts = parts
  }

  /** Looks every minute until the signal. */
  async run(): Promise<void> {
    const { signal, sleep, log } = this.#parts
    while (!signal.aborted) {
      await this.look().catch((error: unknown) => {
        if (!signal.aborted) log.warn(errorFields(error), 'certificates were not looked at')
      })
      await sleep(LOOK_MS).catch(() => undefined)
    }
  }

  /**
   * Once: what the worker has kept is taken when it is of use, and replica 0 orders what is due, so that replicas share
   * one certificate for the key that they share. Throws TeeError when the worker is away.
   */
  async look(): Promise<void> {
    const { worker, domains, certificates, launch, nowSeconds, signal } = this.#parts
    for (const known of await worker.domains(signal)) {
      const { name, chain } = known
      if (!domains.includes(name)) continue
      if (chain !== undefined) certificates.take(name, chain, nowSeconds())
      if (launch.replica !== 0 || !certificates.isDue(name, nowSeconds())) continue
      if ((this.#failures.get(name)?.nextAt ?? 0) <= nowSeconds()) await this.#order(known)
    }
  }

  async #order({ name, records }: KnownDomain): Promise<void> {
    const { launch, identity, certificates, worker, client, challengePath, log } = this.#parts
    const { nowSeconds, signal } = this.#parts
    // Spares the CA an order that must fail; it looks for itself whether the name leads here.
    if (!provesDomain(records, launch)) return
    try {
      const chain = await client.order({
        name,
        request: await createCertificateRequest({ keyPem: identity.keyPem, name }),
        serve: (digest) =>
          serveChallenge(challengePath, {
            ...{ keyPem: identity.keyPem, name, digest },
            now: new Date(nowSeconds() * 1000),
          }),
      })
      if (!certificates.take(name, chain, nowSeconds()))
        throw new AcmeError('acme.certificate-invalid', 'not for this key and name, or no newer')
      this.#failures.delete(name)
      log.info({ domain: name }, 'certificate issued')
      await worker.keepCertificate(name, chain, signal)
    } catch (error) {
      signal.throwIfAborted()
      const count = (this.#failures.get(name)?.count ?? 0) + 1
      const waitSeconds = Math.min(FIRST_RETRY_SECONDS * 2 ** (count - 1), LONGEST_RETRY_SECONDS)
      this.#failures.set(name, { count, nextAt: nowSeconds() + waitSeconds })
      log.warn({ domain: name, ...errorFields(error), waitSeconds }, 'no certificate yet')
    }
  }
}
