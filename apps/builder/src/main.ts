// The builder's process in a container of an instance: HTTP on PORT, its files below /tmp, its key in the agent. Starts everything.
import { accessSync, constants, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openInstance } from '@wetee/sdk/node'
import { createBuilderServer } from './server.ts'

const folder = join(tmpdir(), 'wetee-builder')
mkdirSync(folder, { recursive: true, mode: 0o700 })
const port = Number(process.env['PORT'] ?? 8080)
const server = createBuilderServer({
  folder,
  agent: openInstance(),
  runsScripts: ['unshare', 'perl', 'sh'].every((name) => isThere(`/usr/bin/${name}`)),
  buildTimeoutMs: 900_000,
  idleMs: 300_000,
  onFault: (error) => console.error(error),
})
server.listen(port, () => console.log(`listening on port ${port}`))

for (const signal of ['SIGTERM', 'SIGINT'])
  process.on(signal, () => {
    server.close(() => process.exit(0))
    server.closeIdleConnections()
  })

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
