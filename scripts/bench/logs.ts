// The way of log lines: one application through launcher, pipes, the agent's memory, sealed to its owner and kept by the worker, beside `cat`
// through a pipe. Starts processes, writes to a temporary folder.
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Measured } from './measure.ts'

/** What the agent's side has counted. */
export type LogsReport = {
  readonly lines: number
  readonly bytes: number
  readonly sealedLines: number
  readonly gaps: number
  readonly seconds: number
  readonly rssMiB: number
  readonly cpuSeconds: number
}

const MEGABYTES = 200
const LINE_BYTES = 100
/** 20 MB/s, as milliseconds for a megabyte. */
const TARGET_MS_PER_MB = 50
const MAX_RSS_MIB = 384
const TEXT = `yes ${'x'.repeat(LINE_BYTES - 1)} | head -n ${(MEGABYTES * 1e6) / LINE_BYTES}`
