// What the sandbox keeps on disk about pods and containers, so that another process can adopt them. Does file I/O.
import { join } from 'node:path'
import { z } from 'zod'
import { readJson, writeJson } from './json-file.ts'

const processSchema = z.strictObject({
  pid: z
    .int()
    .min(2)
    .max(2 ** 22),
  startTicks: z.string().regex(/^[0-9]{1,20}$/),
  bootId: z.string().min(1).max(64),
})
const timeMs = z.int().min(0)

const podSchema = z.strictObject({
  format: z.literal('wetee/sandbox-pod/v1'),
  id: z.string().max(63),
  labels: z.record(z.string(), z.string()),
  hostNames: z.array(z.string().max(63)),
  memory: z
    .array(z.strictObject({ name: z.string().max(80), sizeBytes: z.int().min(1) }))
    .max(32)
    .default([]),
  holder: processSchema,
})

const common = {
  format: z.literal('wetee/sandbox-container/v1'),
  supervisor: processSchema,
  /** Folders of control groups that hold nothing but this container. */
  cgroups: z.array(z.string().startsWith('/').max(4_096)).max(8),
}
const containerSchema = z.discriminatedUnion('phase', [
  z.strictObject({ ...common, phase: z.literal('starting') }),
  z.strictObject({
    ...common,
    phase: z.literal('running'),
    /** Process 1 of the container, as the host sees it. */
    init: processSchema,
    startedAtMs: timeMs,
  }),
  z.strictObject({
    ...common,
    phase: z.literal('exited'),
    exitCode: z.int().min(0).max(255),
    oomKilled: z.boolean(),
    finishedAtMs: timeMs,
  }),
])

const placeSchema = z.strictObject({
  root: z.string().startsWith('/'),
  uid: z.int().min(0),
  gid: z.int().min(0),
  processes: z.int().min(0),
  workingDirectory: z.string(),
  environment: z.record(z.string(), z.string()),
})

/** What a container's programs see, run as and are limited to; see EnterOrder. `place.json` of a container. */
export type Place = z.infer<typeof placeSchema>

/** `pod.json` */
export type PodRecord = z.infer<typeof podSchema>

/** `state.json` of a container, written by its supervisor. */
export type ContainerRecord = z.infer<typeof containerSchema>

/** The pod in a file; `undefined` when the file is missing, too large or not of this form. */
export function readPod(path: string): PodRecord | undefined {
  return podSchema.safeParse(readJson(path)).data
}

/** The container in a file; `undefined` when the file is missing, too large or not of this form. */
export function readContainer(path: string): ContainerRecord | undefined {
  return containerSchema.safeParse(readJson(path)).data
}

/** Keeps what later commands in the container need to know. */
export function writePlace(folder: string, place: Place): void {
  writeJson(join(folder, 'place.json'), place)
}

/** `undefined` when the file is missing, too large or not of this form. */
export function readPlace(folder: string): Place | undefined {
  return placeSchema.safeParse(readJson(join(folder, 'place.json'))).data
}
