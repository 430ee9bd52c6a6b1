// Generated clients compile with the compilers of this repository, whatever APIs and fields are called.
import { parseDefinition, serializeDefinition, type Definition } from '@wetee/bridge'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import type { ApiBook } from './book.ts'
import { solidityClient, typeScriptClient } from './client.ts'

const root = join(import.meta.dirname, '../../../..')
const text = { name: 'text', type: 'string', pointer: '/text' } as const

function book(...definitions: Partial<Definition>[]): ApiBook {
  const apis = definitions.map((some, index) => {
    const text = serializeDefinition({
      format: 'wetee/api/v1',
      name: `api-${index}`,
      method: 'GET',
      path: '/a',
      port: 80,
      request: [],
      response: [],
      ...some,
    })
    const terms = {
      priceWei: 0n,
      callbackGas: 1,
      maxPayloadBytes: 32,
      timeoutSeconds: 10,
      restricted: false,
    }
    const digest = `0x${'00'.repeat(32)}` as const
    const { name } = parseDefinition(text)
    const api = { apiId: index + 1, version: 2, name, terms, definitionDigest: digest }
    return { ...api, definition: parseDefinition(text) }
  })
  return { appId: 7n, registered: true, paused: false, latestApiId: 9, apis }
}

const every = [
  ...['bool', 'string', 'address', 'bytes', 'bytes4', 'uint8', 'int256', 'uint256[]', 'string[]'],
]
/** Names that are words of the languages, or alike once their dashes are gone. */
const awkward = book(
  { name: 'price', response: [{ name: 'price', type: 'uint256', pointer: '/p' }] },
  {
    name: '2nd-price',
    request: every.slice(0, 8).map((type, n) => ({ name: `a-${n}`, type, in: 'query' as const })),
    response: every.map((type, n) => ({ name: `f_${n}`, type, pointer: '/p' })),
  },
  {
    name: 'function',
    request: [
      { name: 'memory', type: 'string', in: 'query' },
      { name: 'a-b', type: 'uint256', in: 'query' },
      { name: 'aB', type: 'uint256', in: 'query' },
      { name: 'callId', type: 'uint64', in: 'query' },
      { name: 'options', type: 'bool', in: 'query' },
    ],
    response: [text, { name: 'mapping', type: 'bool', pointer: '/m' }],
  },
  {
    name: 'many',
    request: every.map((type, n) => ({ name: `a${n}`, type, in: 'query' as const })),
    response: Array.from({ length: 20 }, (_, n) => ({ ...text, name: `t${n}` })),
  },
)

type Solc = { compile(input: string, callbacks: { import(path: string): unknown }): string }

function compileSolidity(sources: Record<string, string>): string[] {
  const solc = createRequire(join(root, 'contracts/package.json'))('solc') as Solc
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(
      Object.entries(sources).map(([path, content]) => [path, { content }]),
    ),
    settings: { outputSelection: { '*': { '*': ['evm.bytecode.object'] } }, evmVersion: 'cancun' },
  }
  const read = (path: string) => {
    const own = path.replace(/^@wetee\/contracts\//, 'contracts/')
    const file = [own, `node_modules/${path}`].map((one) => join(root, one)).find(existsSync)
    return file === undefined ? { error: 'not there' } : { contents: readFileSync(file, 'utf8') }
  }
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as {
    errors?: { severity: string; formattedMessage: string }[]
  }
  return (output.errors ?? [])
    .filter(({ severity }) => severity === 'error')
    .map(({ formattedMessage }) => formattedMessage)
}

test('the Solidity client compiles, with a contract that takes its answers', () => {
  const client = solidityClient(awkward, { name: 'Client', contracts: '@wetee/contracts' })
  const consumer = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;
import {Client} from "Client.sol";
import {WeteeConsumer} from "@wetee/contracts/src/bridge/WeteeConsumer.sol";
import {IBridge} from "@wetee/contracts/src/bridge/IBridge.sol";
contract Consumer is Client {
  uint256 public price;
  constructor(IBridge b) WeteeConsumer(b) {}
  function ask() external { _askPrice(); _askFunction("a", 1, 2, 3, true); _askMany(""); }
  function _onPrice(uint64, PriceAnswer memory answer) internal override { price = answer.price; }
  function _onApi2ndPrice(uint64, Api2ndPriceAnswer memory) internal override {}
  function _onFunction(uint64, FunctionAnswer memory) internal override {}
  function _onMany(uint64, ManyAnswer memory) internal override {}
}`
  expect(compileSolidity({ 'Client.sol': client, 'Consumer.sol': consumer })).toEqual([])
})

/** What a client needs of the sdk: all of its sources take long to check, and a client is run against them end to end. */
const sdkText = `import type { Definition } from '@wetee/bridge'
export type Network = { readonly name: string }
export type KnownApi = {
  readonly appId: bigint
  readonly apiId: number
  readonly version: number
  readonly definition: Definition
}
export declare function callApi<T>(
  network: Network,
  api: KnownApi,
  values: readonly unknown[],
  options?: { readonly signal?: AbortSignal },
): Promise<T>
`

test('the TypeScript client type-checks in the strictest way, and its answers have types', () => {
  const folder = mkdtempSync(join(import.meta.dirname, '../../client-test-'))
  try {
    const file = join(folder, 'client.ts')
    const use = join(folder, 'use.ts')
    writeFileSync(file, typeScriptClient(awkward))
    const sdk = join(folder, 'sdk.ts')
    writeFileSync(sdk, sdkText)
    writeFileSync(
      use,
      `import type { Network } from '@wetee/sdk'
import { price, function_ } from './client.ts'
export async function both(network: Network): Promise<[bigint, string, boolean]> {
  const answer = await function_(network, 'a', 1n, 2n, 3n, true)
  return [(await price(network)).price, answer.text, answer.mapping]
}
`,
    )
    const base = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) =>
      readFileSync(path, 'utf8'),
    ).config as object
    const { options } = ts.parseJsonConfigFileContent(base, ts.sys, root)
    const program = ts.createProgram([file, use], {
      ...options,
      ...{ composite: false, noEmit: true, skipLibCheck: true, types: [] },
      paths: { '@wetee/sdk': [sdk] },
    })
    const problems = [file, use].flatMap((path) => {
      const source = program.getSourceFile(path)
      return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    })
    expect(
      problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    ).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('there is no client of nothing', () => {
  const none = { ...awkward, apis: [] }
  const code: unknown = expect.objectContaining({ code: 'api.none-defined' })
  expect(() => typeScriptClient(none)).toThrow(code)
  expect(() => solidityClient(none, { name: 'A', contracts: 'c' })).toThrow(code)
})
