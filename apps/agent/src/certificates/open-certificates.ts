// Gives an instance with custom domains the TLS key that its application has in every instance, and what orders certificates for it. Does
// network I/O.
import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import type { ManifestDocument } from '@wetee/manifest'
import { createTlsIdentity } from '@wetee/certificates'
import type { AgentContext } from '../agent-context.ts'
import type { EvidenceMaker } from '../evidence/evidence-maker.ts'
import type { InstanceKeys } from '../keys/instance-keys.ts'
import { hasNetworkKey, type InstanceLaunch } from '../launch/launch-config.ts'
import { untilReleased, type RetryParts } from '../secrets/release-loop.ts'
import type { SecretSource } from '../secrets/secret-source.ts'
import { AcmeClient } from './acme-client.ts'
import { callCa } from './ca-call.ts'
import { Certificates } from './certificates.ts'
import { Certifier } from './certifier.ts'
import { ACCOUNT_KEY_PATH, p256KeyFrom, TLS_KEY_PATH } from './derived-identity.ts'

/** What the keys are asked for with. */
export type CertificateParts = {
  readonly launch: InstanceLaunch
  readonly manifest: ManifestDocument
  /** The instance's keys; its TLS key proves it only to the nodes that release the one it will serve with. */
  readonly keys: InstanceKeys
  readonly maker: () => EvidenceMaker
  readonly source: (maker: EvidenceMaker) => Pick<SecretSource, 'request'>
  readonly retry: RetryParts
}

/** The keys to serve with; the rest is absent where there is nothing to certify. */
export type OpenedCertificates = {
  readonly keys: InstanceKeys
  readonly certificates?: Certificates
  readonly certifier?: Certifier
}

/** Names in the agent's own certificate: its published ports as the worker names them, and the manifest's domains. */
export function namesOf(launch: InstanceLaunch, manifest: ManifestDocument): string[] {
  const { domain, ports, appId } = launch
  const own = domain === undefined ? [] : ports.map(({ target }) => `${target}-${appId}.${domain}`)
  return [...own, ...(manifest.domains ?? []).map(({ name }) => name)]
}

/**
 * Where the manifest has domains, the worker names a CA and the network has a key: waits for the application's derived TLS key, which
 * becomes the attested one, so that a certificate outlives this start. Rejects only with the signal's reason.
 */
export async function openCertificates(
  context: AgentContext,
  parts: CertificateParts,
): Promise<OpenedCertificates> {
  const { launch, manifest, keys, retry } = parts
  const { acme } = launch
  if (manifest.domains === undefined || acme === undefined || !hasNetworkKey(launch))
    return { keys }
  const source = parts.source(parts.maker())
  const [tlsKey, accountKey] = await untilReleased(retry, () => askKeys(source))
  const identity = await createTlsIdentity({
    commonName: `app-${launch.appId}.wetee`,
    names: namesOf(launch, manifest),
    keyPem: tlsKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  })
  const certificates = new Certificates(identity)
  const { worker, clock, log, signal } = context
  const { directoryUrl, roots } = acme
  const road = { tunnel: worker.tunnel, signal, ...(roots === undefined ? {} : { roots }) }
  const certifier = new Certifier({
    ...{ launch, identity, certificates, worker, log, signal, sleep: retry.sleep },
    domains: manifest.domains.map(({ name }) => name),
    client: new AcmeClient({
      ...{ directoryUrl, accountKey, sleep: retry.sleep },
      call: (call) => callCa(road, call),
    }),
    challengePath: join(context.paths.ingressFolder, 'acme.sock'),
    nowSeconds: () => clock.nowSeconds(),
  })
  return { keys: { ...keys, tls: identity }, certificates, certifier }
}

async function askKeys(
  source: Pick<SecretSource, 'request'>,
): Promise<readonly [tls: KeyObject, account: KeyObject]> {
  const paths = [TLS_KEY_PATH, ACCOUNT_KEY_PATH]
  const { keys } = await source.request({ secrets: [], keys: paths })
  const [tls, account] = keys
  if (tls === undefined || account === undefined) throw new Error('a release without its keys')
  try {
    return [p256KeyFrom(tls), p256KeyFrom(account)]
  } finally {
    for (const key of keys) key.fill(0)
  }
}
