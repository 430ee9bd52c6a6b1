// What a manifest wants of the network and where it goes: secrets by their place on chain, files and variables by service.
// Pure.
import type { ManifestDocument } from '@wetee/manifest'

/** A secret on chain. */
export type SecretName = {
  /** The application that owns it, decimal. */
  readonly appId: string
  readonly name: string
}

/** What one service is given; `secret` is a position in the plan's `secrets`. */
export type ServicePlan = {
  readonly service: string
  readonly files: readonly {
    readonly target: string
    readonly mode: number
    readonly secret: number
  }[]
  readonly variables: readonly { readonly name: string; readonly secret: number }[]
}

/** Everything that is asked for, each once, and the services that are given any of it. */
export type SecretPlan = {
  readonly secrets: readonly SecretName[]
  readonly services: readonly ServicePlan[]
}

/** Reads the plan out of a checked manifest of application `appId`. */
export function planSecrets(manifest: ManifestDocument, appId: bigint): SecretPlan {
  const secrets: SecretName[] = []
  const places = new Map<string, number>()
  for (const reference of manifest.secrets ?? []) {
    const secret = { appId: reference.appId ?? String(appId), name: reference.secret }
    const known = secrets.findIndex((it) => it.appId === secret.appId && it.name === secret.name)
    places.set(reference.name, known < 0 ? secrets.push(secret) - 1 : known)
  }
  const placeOf = (source: string): number => {
    const place = places.get(source)
    // The manifest's parser refuses sources that are not listed.
    if (place === undefined) throw new Error(`there is no secret ${source}`)
    return place
  }
  const services = manifest.services.map(({ name, secrets: files, secretEnvironment = {} }) => ({
    service: name,
    files: files.map(({ source, target, mode }) => ({ target, mode, secret: placeOf(source) })),
    variables: Object.entries(secretEnvironment).map(([variable, source]) => ({
      name: variable,
      secret: placeOf(source),
    })),
  }))
  return {
    secrets,
    services: services.filter(({ files, variables }) => files.length + variables.length > 0),
  }
}
