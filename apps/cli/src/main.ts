#!/usr/bin/env node
// The wetee command: builds its surroundings, runs one command line, sets the exit code.
import { homedir } from 'node:os'
import { processContext } from './context.ts'
import { runCli } from './program.ts'

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())
// A reader that goes away (`wetee list | head`) ends the output, not in a stack trace.
process.stdout.on('error', () => process.exit(0))

const context = processContext(process, homedir(), interrupted.signal)
process.exitCode = await runCli(process.argv.slice(2), context)
