// The filter of system calls that engines are given for every container: seccomp.json beside this file. Reads it once.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where the profile is; in the format that Docker and Podman share. */
export const SECCOMP_PATH = join(import.meta.dirname, 'seccomp.json')

const bytes = readFileSync(SECCOMP_PATH)

/** The profile as one line of JSON, as the Engine API takes it. */
export const SECCOMP_PROFILE = JSON.stringify(JSON.parse(bytes.toString('utf8')))

/** SHA-256 of the file, `sha256:` and 64 hex digits: what the doctor prints. */
export const SECCOMP_DIGEST = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
