// Lists exported values that no other file of the repository uses; exit 1 when there are any. Reads files.
import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { root } from './run.ts'
import { publishedPackages } from './stage.ts'

/** Tools load these by name. */
const loadedByName = /(^|\/)(fuzz|[a-z]+-simulation|vitest\.config)\.ts$/

const files = globSync(
  [
    '{packages,apps}/*/{src/**/,}*.{ts,tsx}',
    '{contracts,contracts/deploy,scripts}/*.ts',
    'scripts/{bench,defences,images,release}/*.ts',
    'examples/*/*.ts',
    'tests/**/*.ts',
  ],
  { cwd: root, exclude: (path) => /node_modules|\/dist(\/|$)|\/generated(\/|$)/.test(path) },
).map((path) => join(root, path))

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => readFileSync(path, 'utf8')).config,
  ts.sys,
  root,
)
const program = ts.createProgram(files, {
  ...options,
  composite: false,
  noEmit: true,
  jsx: ts.JsxEmit.ReactJSX,
})
const checker = program.getTypeChecker()
const sources = files.flatMap((file) => program.getSourceFile(file) ?? [])

/** What strangers import: all that the entry files of published packages export. */
const publicEntries = new Set(
  publishedPackages.flatMap((folder) => {
    const text = readFileSync(join(root, folder, 'package.json'), 'utf8')
    const { exports } = JSON.parse(text) as { exports: Record<string, string> }
    return Object.values(exports).map((path) => join(root, folder, path))
  }),
)

const resolve = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol

/** The export that `const { name } = await import(...)` takes. */
function importedProperty(node: ts.Identifier): ts.Symbol | undefined {
  const { parent } = node
  if (!ts.isBindingElement(parent) || !ts.isObjectBindingPattern(parent.parent)) return undefined
  return checker.getTypeAtLocation(parent.parent).getProperty(node.text)
}

/** Marks every exported symbol that `source` names outside its own declaration; a private index that passes it on does not. */
function collectUses(source: ts.SourceFile, used: Set<ts.Symbol>): void {
  const visit = (node: ts.Node): void => {
    if (ts.isExportDeclaration(node) && !publicEntries.has(source.fileName)) return
    if (ts.isIdentifier(node)) {
      const symbol = importedProperty(node) ?? checker.getSymbolAtLocation(node)
      const target = symbol && resolve(symbol)
      if (target?.declarations?.some((d) => d.getSourceFile() !== source)) used.add(target)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
}

const used = new Set<ts.Symbol>()
for (const source of sources) collectUses(source, used)

const unused: string[] = []
for (const source of sources) {
  const path = relative(root, source.fileName)
  const module = checker.getSymbolAtLocation(source)
  if (module === undefined || publicEntries.has(source.fileName) || loadedByName.test(path))
    continue
  for (const symbol of checker.getExportsOfModule(module)) {
    const target = resolve(symbol)
    // A type that an exported signature names is exported with it, whether or not somebody names it today.
    if (used.has(target) || (target.flags & ts.SymbolFlags.Value) === 0) continue
    const declaration = target.declarations?.[0]
    if (declaration?.getSourceFile() !== source) continue
    const { line } = source.getLineAndCharacterOfPosition(declaration.getStart())
    unused.push(`${path}:${line + 1} ${symbol.name}`)
  }
}
for (const entry of unused) console.log(entry)
console.log(`unused exports: ${unused.length} in ${sources.length} files`)
process.exit(unused.length === 0 ? 0 : 1)
