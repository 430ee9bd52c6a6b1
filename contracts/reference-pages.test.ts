// The reference pages name all of the interfaces and have the measured numbers. Reads files.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { codeLimits, type Artifact } from './build.ts'

const folder = import.meta.dirname
const reference = join(folder, '../docs/reference')
const read = (path: string) => readFileSync(path, 'utf8')
const readJson = (path: string) => JSON.parse(read(join(folder, path))) as unknown

/** Pages and the interfaces that they describe in full. */
const pages: Readonly<Record<string, readonly string[]>> = {
  'contracts.md': ['ILens'],
  'contracts-cloud.md': ['ICloud'],
  'contracts-subnet.md': ['ISubnet'],
  'contracts-quorum.md': ['IQuorum'],
  'contracts-keys.md': ['IKeys'],
  'contracts-secrets.md': ['ISecrets'],
  'contracts-bridge.md': ['IApis', 'IBridge', 'IForwarder'],
  'contracts-dao.md': ['IWeteeToken', 'IMembers', 'IWeteeGovernor', 'ITimelock', 'IAuthority'],
  'contracts-discipline.md': ['IComplaints', 'IMisconduct'],
  'money.md': [],
}

const artifacts = new Map(
  readdirSync(join(folder, 'artifacts')).map((file) => [
    file.replace(/\.json$/, ''),
    readJson(join('artifacts', file)) as Artifact,
  ]),
)
const abiOf = (name: string) => artifacts.get(name)?.abi ?? []

type Item = Artifact['abi'][number]

/** `name(argument, ...)` as the pages write it. */
const signatureOf = ({ name = '', inputs = [] }: Item) =>
  `${name}(${inputs.map((input) => input.name).join(', ')})`

/** What a page does not name: functions and events with their arguments, errors by name. */
function missingIn(page: string, abi: readonly Item[]): string[] {
  const named = new Set(spansOf(page).map((span) => span.replace(/\(.*/s, '')))
  const written = new Set(spansOf(page))
  return abi.flatMap((item) => {
    const known =
      item.type === 'error' ? named.has(item.name ?? '') : written.has(signatureOf(item))
    return known ? [] : [`${item.type} ${signatureOf(item)}`]
  })
}

/** What a page writes with arguments that no contract has. */
function unknownIn(page: string): string[] {
  const known = new Set([...artifacts.values()].flatMap(({ abi }) => abi.map(signatureOf)))
  return spansOf(page).filter((span) => /^\w+\((\w+(, \w+)*)?\)$/.test(span) && !known.has(span))
}

/** Names in the columns Events and Errors that no contract has. */
function unknownInColumns(page: string): string[] {
  const names = (type: string) =>
    new Set(
      [...artifacts.values()].flatMap(({ abi }) =>
        abi.filter((item) => item.type === type).map((item) => item.name ?? ''),
      ),
    )
  const known = { Events: names('event'), Errors: names('error') }
  const unknown: string[] = []
  let columns: string[] = []
  for (const line of page.split('\n')) {
    if (!line.startsWith('|')) columns = []
    else if (columns.length === 0) columns = cellsOf(line)
    else
      cellsOf(line).forEach((cell, i) => {
        const column = columns[i]
        if (column !== 'Events' && column !== 'Errors') return
        const wrong = spansOf(cell).filter(
          (span) => /^[A-Z]\w+$/.test(span) && !known[column].has(span),
        )
        unknown.push(...wrong.map((span) => `${column}: ${span}`))
      })
  }
  return unknown
}

const spansOf = (text: string) => [...text.matchAll(/`([^`\n]+)`/g)].map(([, span]) => span ?? '')
const cellsOf = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

/** Numbers of a test, as the pages write them; small ones say nothing. */
function numbersOf(source: string): string[] {
  const literals = [...source.matchAll(/same\([^;]*?, (\d[\d_]*), "/g)].map(([, n]) => n ?? '')
  return literals.map((n) => format(Number(n.replaceAll('_', '')))).filter((n) => n.length > 3)
}

const format = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 5 })

/** Tables of the pages, by their place. */
const tables: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'contracts.md': { sizes, gas: () => gas('Cloud'), deposits },
  'contracts-keys.md': { gas: gasOfSessions },
  'contracts-secrets.md': { gas: () => gas('Secrets') },
  'contracts-discipline.md': { gas: () => gas('Discipline') },
}

/** The page with its tables filled from artifacts and snapshots. */
function withTables(name: string, page: string): string {
  return Object.entries(tables[name] ?? {}).reduce((text, [place, make]) => {
    const between = new RegExp(`(<!-- ${place} -->\n)[^]*?(<!-- end -->)`)
    if (!between.test(text)) throw new Error(`${name} has no place for ${place}`)
    return text.replace(between, (_, start: string, end: string) => `${start}\n${make()}\n\n${end}`)
  }, page)
}

function sizes(): string {
  const rows = [...artifacts]
    .filter(([, { runtimeBytes }]) => runtimeBytes > 0)
    .map(([name, { runtimeBytes, bytecode }]) => [
      name,
      format(runtimeBytes),
      format((bytecode.length - 2) / 2),
      format(codeLimits.runtimeBytes - runtimeBytes),
    ])
  return table(['Contract', 'Runtime bytes', 'Creation bytes', 'Bytes left at run time'], rows)
}

/** Gas that was aimed at, by the name in the snapshot; without the calldata of the manifest. */
const gasTargets: Readonly<Record<string, number>> = {
  'create, second of an owner': 250_000,
  recharge: 60_000,
  settle: 90_000,
  'settle, first of an application': 90_000,
  'renew 20 leases, 2 of 3': 500_000,
  'renew 20 leases, 7 of 13': 640_000,
  'terminate, live lease': 110_000,
}

type Gas = Readonly<Record<string, string>>

function gas(contract: string): string {
  const measured = readJson(`snapshots/${contract}.json`) as Gas
  const isJudged = Object.keys(measured).some((what) => gasTargets[what] !== undefined)
  const rows = Object.entries(measured).map(([what, used]) => {
    const target = gasTargets[what]
    const judged = target === undefined ? '' : Number(used) <= target ? 'met' : 'missed'
    const aimed = isJudged ? [target === undefined ? '' : format(target), judged] : []
    return [what, format(Number(used)), ...aimed]
  })
  return table(['Transaction', 'Gas', ...(isJudged ? ['Target', ' '] : [])], rows)
}

/** Committees of a session's table. */
const committees = ['2 of 3', '4 of 7', '9 of 16', '33 of 64']

/** What each call of a session and of the Quorum beside it costs, by committee. */
function gasOfSessions(): string {
  const measured = {
    ...(readJson('snapshots/Keys.json') as Gas),
    ...(readJson('snapshots/Subnet.json') as Gas),
  }
  const calls = new Map<string, Map<string, string>>()
  for (const [name, used] of Object.entries(measured)) {
    const committee = committees.find((it) => name.includes(`, ${it}`))
    if (committee === undefined) continue
    const call = name.replace(`, ${committee}`, '')
    calls.set(call, (calls.get(call) ?? new Map<string, string>()).set(committee, used))
  }
  const rows = [...calls]
    .filter(([, byCommittee]) => byCommittee.size === committees.length)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([call, byCommittee]) => [
      call,
      ...committees.map((committee) => format(Number(byCommittee.get(committee)))),
    ])
  return table(['Transaction', ...committees], rows)
}

function deposits(): string {
  const measured = readJson('snapshots/StorageDeposits.json') as Readonly<
    Record<string, { gas: number; slotsAdded: number; slotsFreed: number; depositDot: number }>
  >
  const rows = Object.entries(measured).map(([what, m]) => [
    what,
    format(m.gas),
    format(m.slotsAdded),
    format(m.slotsFreed),
    format(m.depositDot),
  ])
  return table(['Action', 'Gas', 'Slots filled', 'Slots emptied', 'Deposit, DOT'], rows)
}

/** A table as the formatter writes it, numbers to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, ...[title, ...column(rows, i)].map(length)))
  const pad = (cell: string, i: number) =>
    i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
  const line = (cells: readonly string[]) => `| ${cells.map(pad).join(' | ')} |`
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')
}

const length = (text: string) => text.length
const column = (rows: readonly (readonly string[])[], i: number) => rows.map((row) => row[i] ?? '')

describe.each(Object.entries(pages))('%s', (name, interfaces) => {
  const page = read(join(reference, name))

  it.each(interfaces)('names every function, event and error of %s', (contract) => {
    const abi = abiOf(contract)
    expect(abi.length).toBeGreaterThan(0)
    expect(missingIn(page, abi)).toEqual([])
  })

  it('names only what the contracts have', () => {
    expect(unknownIn(page)).toEqual([])
    expect(unknownInColumns(page)).toEqual([])
  })

  it('is short, and its links lead somewhere', () => {
    expect(page.split('\n').length).toBeLessThan(400)
    const links = [...page.matchAll(/\]\(([^)#]+)/g)].map(([, link]) => link ?? '')
    expect(links.filter((link) => !existsSync(join(reference, link)))).toEqual([])
  })
})

describe('the pages', () => {
  it('leave out no interface', () => {
    const described = new Set(Object.values(pages).flat())
    const interfaces = [...artifacts.keys()].filter((name) => /^I[A-Z]/.test(name))
    expect(interfaces.filter((name) => !described.has(name))).toEqual([])
  })

  it.each(Object.keys(tables))(
    '%s has the sizes, gas and deposits of the snapshots; -u writes them',
    async (name) => {
      const path = join(reference, name)
      await expect(withTables(name, read(path))).toMatchFileSnapshot(path)
    },
  )

  it('have the numbers of the worked example that a test executes', () => {
    const numbers = numbersOf(read(join(folder, 'test/cloud/WorkedExample.t.sol')))
    const money = read(join(reference, 'money.md'))
    expect(numbers.length).toBeGreaterThan(12)
    expect(numbers.filter((number) => !money.includes(number))).toEqual([])
  })
})

describe('the check', () => {
  const abi: Item[] = [
    { type: 'function', name: 'pay', inputs: [{ name: 'to', type: 'address' }] },
    { type: 'error', name: 'Unpaid', inputs: [] },
  ]

  it('finds what is missing', () => {
    expect(missingIn('`pay(to)` or `Unpaid`', abi)).toEqual([])
    expect(missingIn('`pay` or pay(to)', abi)).toEqual(['function pay(to)', 'error Unpaid()'])
  })

  it('finds what no contract has', () => {
    expect(unknownIn('`app(appId)`, `app(id)`, `Ready(uint64 appId)`')).toEqual(['app(id)'])
    const head = '| Function | Events | Errors |\n| --- | --- | --- |\n'
    expect(unknownInColumns(`${head}| \`A\` | \`AppEnded\` | \`AppUnknown\` |`)).toEqual([])
    expect(unknownInColumns(`${head}| \`A\` | \`AppUnknown\` | \`NoSuch\` |`)).toEqual([
      'Events: AppUnknown',
      'Errors: NoSuch',
    ])
  })
})
