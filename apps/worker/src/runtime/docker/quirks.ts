// Where Podman behind its Docker API is not Docker; all of it is here. Pure.
import { z } from 'zod'

/** What an engine needs or hides. */
export type Quirks = {
  /** It says `OOMKilled: false` of what the kernel has killed for its memory (Podman on cgroup v1). */
  readonly hidesOutOfMemory: boolean
  /** Another start of the same container changes modes of memory file systems and drops the log: it is made anew. */
  readonly spoilsRestarts: boolean
  /** It takes a profile of system calls by the path of its file alone. */
  readonly seccompByPath: boolean
  /** Limits by `ulimit` name that every container is started with. */
  readonly ulimits: Readonly<Record<string, number>>
}

/** For servers; low enough for engines that may not raise their own. */
const OPEN_FILES = 16_384
/** Podman asks for the most there is unless it is told, which a root without CAP_SYS_RESOURCE may not have. */
const PROCESSES_OF_USER = 32_768

export const DOCKER_QUIRKS: Quirks = {
  hidesOutOfMemory: false,
  spoilsRestarts: false,
  seccompByPath: false,
  ulimits: { nofile: OPEN_FILES },
}

const PODMAN_QUIRKS: Quirks = {
  hidesOutOfMemory: true,
  spoilsRestarts: true,
  seccompByPath: true,
  ulimits: { nofile: OPEN_FILES, nproc: PROCESSES_OF_USER },
}

const versionSchema = z.object({
  Components: z.array(z.object({ Name: z.string() })).catch([]),
})

/** From the answer to `GET /version`. */
export function quirksOf(version: unknown): Quirks {
  const { Components } = versionSchema.parse(version)
  const isPodman = Components.some(({ Name }) => Name === 'Podman Engine')
  return isPodman ? PODMAN_QUIRKS : DOCKER_QUIRKS
}
