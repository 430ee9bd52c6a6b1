// The provenance of an image that was built here. Pure.
import { builderVersion, type BuiltImage } from '../build.ts'
import { buildType, provenanceType, statementType, type Provenance } from './statement.ts'

/** An instance of a builder application. */
export type BuilderInstance = {
  readonly chainId: bigint
  /** Address of the contract that the application is of. */
  readonly cloud: string
  readonly appId: bigint
  readonly version: number
  /** Where the repository's own server has told it that the commit is. */
  readonly branch?: string
}

/** How a statement names a builder application. */
export function builderIdOf({ chainId, cloud, appId }: BuilderInstance): string {
  return `urn:wetee:builder:${chainId}:${cloud.toLowerCase()}:${appId}`
}

/**
 * Says what went into an image. It is nobody's word until it is signed: it helps to build the image again and proves nothing. No
 * times of the build are in it, so that whoever builds again writes the same bytes. `builder` is for one that signs.
 */
export function describeImage(image: BuiltImage, builder?: BuilderInstance): Provenance {
  const { commit, uri, tree } = image.source
  const repository =
    uri === undefined ? 'urn:wetee:source' : `git+${uri.replace(/^([^/:@]+@[^/:]+):/, 'ssh://$1/')}`
  return {
    _type: statementType,
    subject: [{ name: 'image', digest: { sha256: image.digest.slice('sha256:'.length) } }],
    predicateType: provenanceType,
    predicate: {
      buildDefinition: {
        buildType,
        externalParameters: {
          preset: image.preset,
          port: image.port,
          timeSeconds: image.timeSeconds,
          ...(builder?.branch === undefined ? {} : { branch: builder.branch }),
        },
        resolvedDependencies: [
          {
            uri: commit === undefined ? repository : `${repository}@${commit}`,
            digest: {
              ...(commit === undefined ? {} : { gitCommit: commit }),
              gitTree: tree.sha1,
              gitTreeSha256: tree.sha256,
            },
          },
          ...image.materials,
        ],
      },
      runDetails: {
        builder:
          builder === undefined
            ? { id: 'urn:wetee:builder:local', version: { wetee: builderVersion } }
            : {
                id: builderIdOf(builder),
                version: { wetee: builderVersion, app: String(builder.version) },
              },
      },
    },
  }
}
