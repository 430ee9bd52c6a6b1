// OCI images: writing, serving, pulling, checking, unpacking. Re-exports only.
export { copyImage } from './copy-image.ts'
export { toDockerArchive } from './docker-archive.ts'
export { ImageError, type ImageErrorCode } from './error.ts'
export { filesLayer, type FileContent, type LayerEntry, type LayerSource } from './layer.ts'
export { openImage, readLayout, verifyLayout, type Layout, type OpenImage } from './layout.ts'
export type { Descriptor, Digest, ImageConfig, ImageManifest, IndexEntry } from './manifest.ts'
export { writeNodeImage, type NodeImage } from './node-image.ts'
export {
  emptyRootLayer,
  nodePath,
  nodeRuntimeLayer,
  programsLayer,
  standardLibrary,
} from './node-runtime.ts'
export { npmPackagesLayer } from './npm-packages.ts'
export { pullImage, resolveTag, type PullOptions, type TransferProgress } from './pull.ts'
export { pushImage, type PushedImage, type PushOptions } from './push.ts'
export { receiveImage } from './receive-image.ts'
export type { Credentials } from './registry-client.ts'
export { rewriteImage, type RewriteOptions } from './rewrite-image.ts'
export { createRegistryServer, type RegistryServer } from './registry-server.ts'
export { unpackImage, type UnpackLimits } from './unpack.ts'
export {
  toLayerArchive,
  writeImage,
  type BaseImage,
  type WriteConfig,
  type WrittenImage,
} from './write-image.ts'
