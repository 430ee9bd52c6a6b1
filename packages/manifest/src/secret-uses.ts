// What a version is given and where, for people to read before they sign. Pure.
import type { ManifestDocument } from './document.ts'
import { secretsFolder } from './secrets.ts'

/** A secret and its places. */
export type SecretUse = {
  /** Such as `db_password`, or `12/db_password` for one of application 12. */
  readonly secret: string
  /** Such as `web: /run/secrets/key.pem` and `web: $TOKEN`, in the order of the document. */
  readonly places: readonly string[]
}

/** Every secret of a document, in its order. */
export function secretUses({
  secrets = [],
  services,
}: Pick<ManifestDocument, 'secrets' | 'services'>): SecretUse[] {
  return secrets.map(({ name, appId, secret }) => ({
    secret: appId === undefined ? secret : `${appId}/${secret}`,
    places: services.flatMap((service) => [
      ...service.secrets
        .filter(({ source }) => source === name)
        .map(({ target }) => `${service.name}: ${secretsFolder}/${target}`),
      ...Object.entries(service.secretEnvironment ?? {})
        .filter(([, source]) => source === name)
        .map(([variable]) => `${service.name}: $${variable}`),
    ]),
  }))
}
