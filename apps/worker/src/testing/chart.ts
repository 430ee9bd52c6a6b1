// For tests: the chart of deploy/kubernetes, rendered by as much of Helm's language as it uses. Reads files.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments, stringify } from 'yaml'

/** Where the chart is. */
export const chartFolder = join(import.meta.dirname, '../../../../deploy/kubernetes/worker')

/** An object of the chart. */
export type ChartObject = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly [field: string]: unknown
}

type Json = Record<string, unknown>
const digest = `sha256:${'a'.repeat(64)}`
/** Values of an operator who has filled in what has no default. */
export const chartValues: Readonly<Json> = {
  ...(parse(readFileSync(join(chartFolder, 'values.yaml'), 'utf8')) as Json),
  image: { reference: `registry.example/wetee-worker@${digest}`, pullPolicy: 'IfNotPresent' },
  agentDigest: digest,
  kubernetes: { networkPolicyEnforced: true, agentRepository: 'registry.example/agent' },
  ingress: { domain: 'apps.example', serviceType: 'LoadBalancer' },
}

/** What an expression of the chart gives: values, `toJson`, `toYaml`, `printf`, `int`, `indent`. Anything else is an error here. */
function evaluate(expression: string): string {
  const lookUp = (path: string): unknown => {
    if (path === '.Release.Service') return 'Helm'
    const found = path
      .replace(/^\.Values\./, '')
      .split('.')
      .reduce<unknown>((at, key) => (at as Json | undefined)?.[key], chartValues)
    if (found === undefined) throw new Error(`${path} is not among the values`)
    return found
  }
  let value: unknown
  for (const step of expression.split('|').map((text) => text.trim())) {
    const printf = /^printf "([^"]*%[ds][^"]*)" \(?(?:int )?(\.\S+?)\)?$/.exec(step)
    const indent = /^indent (\d+)$/.exec(step)
    if (step.startsWith('.')) value = lookUp(step)
    else if (printf !== null) value = printf[1]!.replace(/%[ds]/, String(lookUp(printf[2]!)))
    else if (step === 'toJson') value = JSON.stringify(value)
    else if (step.startsWith('toYaml ')) value = stringify(lookUp(step.slice(7))).trim()
    else if (indent !== null) value = ' '.repeat(Number(indent[1])) + String(value)
    else if (step.startsWith('include (print $.Template.BasePath')) value = 'config'
    else if (step === 'sha256sum') value = 'digest'
    else throw new Error(`the chart says ${step}, which this test does not know`)
  }
  return String(value)
}

/** Renders a template; `if` blocks are taken when their value is not empty. */
function render(template: string): string {
  return template
    .replace(
      /^ *\{\{- if (\S+) \}\}\n([\s\S]*?)^ *\{\{- end \}\}\n/gm,
      (_, path: string, body: string) => (evaluate(path) === '' ? '' : body),
    )
    .replace(/\{\{ (.*?) \}\}/g, (_, expression: string) => evaluate(expression))
}

/** All objects of the chart with these values. Throws for YAML that is none. */
export function renderChart(): ChartObject[] {
  return globSync('templates/*.yaml', { cwd: chartFolder })
    .sort()
    .flatMap((file) => parseAllDocuments(render(readFileSync(join(chartFolder, file), 'utf8'))))
    .map((document) => {
      const [error] = document.errors
      if (error !== undefined) throw error
      return document.toJS() as ChartObject
    })
}
