// How one source is built: what goes into the image, known before anything is built, and the step that writes it. Types only.
import type { WrittenImage } from '@wetee/image'
import type { BuildCache } from './cache.ts'
import type { Material } from './material.ts'
import type { ScriptLimits } from './sandbox/isolate.ts'
import type { SourceLimits } from './source/source-writer.ts'

/** Where and within which bounds a build happens; `scratch` is a folder that `makeOpenFolder` has made. */
export type Workshop = {
  readonly scratch: string
  readonly cache: BuildCache
  readonly port: number
  readonly timeSeconds: number
  /** Nothing is fetched: what is not in the cache ends the build. */
  readonly offline: boolean
  /** False where there is no sandbox: what would need one is refused. */
  readonly runsScripts: boolean
  readonly labels: Readonly<Record<string, string>>
  readonly scriptLimits?: Partial<ScriptLimits>
  readonly sourceLimits?: SourceLimits
  readonly signal?: AbortSignal
  readonly onStep: (text: string) => void
  readonly onLog: (line: string) => void
}

/** What one preset makes of a source. */
export type Recipe = {
  readonly materials: readonly Material[]
  /** Packages that want to run something when installed, which is not done. */
  readonly installScripts?: readonly string[]
  /** Writes the image into a layout. Throws BuildError, ImageError. */
  readonly write: (layout: string) => Promise<WrittenImage>
}
