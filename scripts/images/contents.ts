// What images hold beside their packages, written into a folder while they are built: root file systems of Node and of the agent, the
// dsecret node's program, the console, lists of parts (SBOM). Files.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { buildAgentImage } from '@wetee/agent/build'
import { buildConsole } from '@wetee/console/build'
import { buildProgram } from '@wetee/dsecret/build'
import { nodeRuntimeLayer, unpackImage, writeImage } from '@wetee/image'
import { root } from '../run.ts'
import { withoutTests } from './packages.ts'
import { describeParts } from './parts.ts'

async function writeContents(folder: string): Promise<void> {
  mkdirSync(join(folder, 'empty'), { recursive: true })
  mkdirSync(join(folder, 'sbom'))
  // First: the devnet holds a console that was built of what is there then.
  withoutTests(root)
  for (const name of ['worker', 'dsecret', 'agent', 'console', 'devnet'])
    writeFileSync(join(folder, 'sbom', `${name}.cdx.json`), describeParts(readParts(name)))
  const { digest } = await buildAgentImage(join(folder, 'agent-image'))
  await unpackImage(join(folder, 'agent-image'), digest, join(folder, 'agent'))
  await writeNodeRoot(join(folder, 'node'))
  await buildProgram(join(folder, 'dsecret'))
  cpSync(await buildConsole(), join(folder, 'console/site'), { recursive: true })
  for (const file of ['main.ts', 'serve.ts', 'package.json'])
    cpSync(join(root, 'apps/console', file), join(folder, 'console', file))
  console.log(`agent image ${digest}`)
}

/** Node with its libraries, users and the folders that engines mount over. */
async function writeNodeRoot(folder: string): Promise<void> {
  const layout = mkdtempSync(join(tmpdir(), 'wetee-node-'))
  const { digest } = await writeImage({ layout, layers: [await nodeRuntimeLayer()], config: {} })
  await unpackImage(layout, digest, folder)
  rmSync(layout, { recursive: true })
}

/** CycloneDX of npm: packages of one workspace that run, by the lock file. */
function readParts(name: string): string {
  const omitted = name === 'devnet' ? [] : ['--omit', 'dev', '--omit', 'optional']
  const which = ['--sbom-format', 'cyclonedx', '--package-lock-only', ...omitted]
  const workspaces = name === 'devnet' ? ['agent', 'dsecret', 'console', 'devnet'] : [name]
  const args = ['sbom', ...which, ...workspaces.flatMap((one) => ['-w', `@wetee/${one}`])]
  return execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 })
}

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('expected a folder: node scripts/images/contents.ts DIR')
  process.exit(2)
}
await writeContents(folder)
