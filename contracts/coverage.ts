// `npm run coverage:contracts`: lines and branches of contracts/src that the Solidity tests reach. Starts processes.
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findForge, runForge } from './test.ts'

/** Of lines and of branches, in percent. */
const least = 98

/** A file's counts. */
export type Covered = {
  readonly lines: readonly [hit: number, found: number]
  readonly branches: readonly [hit: number, found: number]
  /** Lines that no test reaches, or with a branch that none takes. */
  readonly missed: readonly number[]
}

/** Reads an lcov report: counts by file below src. */
export function parseLcov(text: string): Map<string, Covered> {
  const files = new Map<string, Covered>()
  for (const record of text.split('end_of_record')) {
    const path = /^SF:(.*)$/m.exec(record)?.[1]
    if (path === undefined || !path.startsWith('src/')) continue
    const number = (key: string) => Number(new RegExp(`^${key}:(\\d+)`, 'm').exec(record)?.[1] ?? 0)
    files.set(path, {
      lines: [number('LH'), number('LF')],
      branches: [number('BRH'), number('BRF')],
      missed: missedLines(record),
    })
  }
  return files
}

function missedLines(record: string): number[] {
  const found = record.matchAll(/^DA:(\d+),0$|^BRDA:(\d+),.*,(?:0|-)$/gm)
  const lines = [...found].map(([, line, branch]) => Number(line ?? branch))
  return [...new Set(lines)].sort((a, b) => a - b)
}

/** Files below the least, each with what is missing; those with a written reason are left out. */
export function belowLeast(
  files: ReadonlyMap<string, Covered>,
  reasons: Readonly<Record<string, string>>,
): string[] {
  return [...files].flatMap(([path, { lines, branches, missed }]) => {
    const low = percent(lines) < least || percent(branches) < least
    if (!low || reasons[path] !== undefined) return []
    return [
      `${path}: ${percent(lines).toFixed(1)} % of lines, ${percent(branches).toFixed(1)} % of branches; ` +
        `see lines ${missed.join(', ')}`,
    ]
  })
}

const percent = ([hit, found]: readonly [number, number]) =>
  found === 0 ? 100 : (100 * hit) / found

/** The tests deploy the committed artifacts; here they deploy what forge compiles itself and can see into. */
function prepare(folder: string): void {
  const root = import.meta.dirname
  for (const name of ['src', 'test'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  const config = readFileSync(join(root, 'foundry.toml'), 'utf8')
    .replaceAll('../node_modules', join(root, '../node_modules'))
    .replace('bin/solc', join(root, 'bin/solc'))
  writeFileSync(join(folder, 'foundry.toml'), config)
  const tests = join(folder, 'test')
  for (const entry of readdirSync(tests, { recursive: true, withFileTypes: true })) {
    if (!entry.name.endsWith('.sol')) continue
    const path = join(entry.parentPath, entry.name)
    const text = readFileSync(path, 'utf8')
      .replaceAll('"artifacts/", name, ".json"', 'name, ".sol:", name')
      .replace(/"artifacts\/(\w+)\.json"/g, '"$1.sol:$1"')
    writeFileSync(path, text)
  }
}

function main(): number {
  const forge = findForge()
  if (forge === undefined) {
    console.error('coverage: forge is neither in node_modules nor on the PATH')
    return 1
  }
  const folder = mkdtempSync(join(tmpdir(), 'wetee-coverage-'))
  try {
    prepare(folder)
    const args = ['coverage', '--report', 'lcov', ...process.argv.slice(2)]
    const { code } = runForge(forge, args, { FOUNDRY_PROFILE: 'coverage' }, folder)
    const report = join(folder, 'lcov.info')
    if (!existsSync(report)) return code
    if (code !== 0) console.error('coverage: a test failed')
    const files = parseLcov(readFileSync(report, 'utf8'))
    for (const [path, { lines, branches }] of files)
      console.log(
        `${path.padEnd(36)} lines ${percent(lines).toFixed(1).padStart(5)} %  branches ${percent(branches).toFixed(1).padStart(5)} %`,
      )
    const reasons = JSON.parse(
      readFileSync(join(import.meta.dirname, 'coverage-reasons.json'), 'utf8'),
    ) as Record<string, string>
    const low = belowLeast(files, reasons)
    for (const text of low) console.error(text)
    for (const path of Object.keys(reasons))
      if (!files.has(path)) console.error(`coverage-reasons.json names ${path}, which is not there`)
    return low.length === 0 ? code : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) process.exit(main())
