// Writes docs/reference/errors.md: the codes of errors that people meet, and what is said with each, read from the source.
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root } from './run.ts'

/** A code, what is said with it (a place that is filled in is `…`), and the part that says it. */
export type ErrorText = { readonly code: string; readonly text: string; readonly part: string }

const page = join(root, 'docs/reference/errors.md')
const codePattern = /^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+$/
/** File names and hosts look like codes and are none. */
const isNoCode = /\.(?:ts|js|json|yaml|yml|sh|md|sol|toml|conf|sock|local|internal|cgroup|slice)$/

/** Codes in a module: a literal beside which a message stands, among the arguments of a call or an object's fields. */
export function errorsIn(path: string, text: string): ErrorText[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const part = path.split('/')[1] ?? path
  const found: ErrorText[] = []
  const note = (code: ts.Node | undefined, message: ts.Node | undefined) => {
    if (code === undefined || !ts.isStringLiteral(code) || message === undefined) return
    if (!codePattern.test(code.text) || isNoCode.test(code.text)) return
    const said = wordsOf(message)
    if (said !== undefined && said.includes(' ')) found.push({ code: code.text, text: said, part })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) || ts.isCallExpression(node))
      node.arguments?.forEach((argument, index, all) => note(argument, all[index + 1]))
    if (ts.isObjectLiteralExpression(node))
      note(fieldOf(node, 'code'), fieldOf(node, 'message') ?? fieldOf(node, 'text'))
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function fieldOf(node: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  const field = node.properties.find(
    (property): property is ts.PropertyAssignment =>
      ts.isPropertyAssignment(property) && property.name.getText() === name,
  )
  return field?.initializer
}

function wordsOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const parts = [wordsOf(node.left), wordsOf(node.right)]
    return parts.includes(undefined) ? undefined : parts.join('')
  }
  if (ts.isConditionalExpression(node)) return wordsOf(node.whenTrue) ?? wordsOf(node.whenFalse)
  return undefined
}

/** The page: codes in their order, what several places say with one below each other. */
export function describeErrors(errors: readonly ErrorText[]): string {
  const byCode = Map.groupBy(errors, ({ code }) => code)
  const rows = [...byCode.keys()].toSorted().map((code) => {
    const all = byCode.get(code) ?? []
    const texts = [...new Set(all.map(({ text }) => text.replaceAll('|', '\\|').trim()))]
      // Where all is filled in there is nothing to search for, unless nothing else is said.
      .toSorted((a, b) => letters(b) - letters(a))
      .filter((text, index) => index === 0 || letters(text) > 5)
    const parts = [...new Set(all.map(({ part }) => part))].toSorted()
    return `| \`${code}\` | ${texts.join('<br>')} | ${parts.join(', ')} |`
  })
  return `# Errors

Every error has a code that stays, and a sentence that says what, where and what to do. \`…\` is filled in. This page is made from the source by \`npm run errors\`; search it for a piece of what
you were told. Codes of verdicts on evidence are in [attestation](attestation.md), of contracts in their [reference](contracts.md).

| Code | What it says | Said by |
| --- | --- | --- |
${rows.join('\n')}
`
}

const letters = (text: string): number => text.replace(/[^a-z]/gi, '').length

/** Codes of everything that is shipped, in the order of files. */
export function readErrors(): ErrorText[] {
  const isShipped = (path: string) => !/\.test\.|\/testing\/|\/generated\/|\/fuzz/.test(path)
  return globSync('{packages/*,apps/{agent,cli,dsecret,worker}}/src/**/*.ts', { cwd: root })
    .filter(isShipped)
    .toSorted()
    .flatMap((path) => errorsIn(path, readFileSync(join(root, path), 'utf8')))
}

if (import.meta.main) writeFileSync(page, describeErrors(readErrors()))
