// The contracts keep the Hub's rules, and each rule refuses a sample that breaks it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSources, type AbiParameter, type Artifact } from './build.ts'
import {
  bounds,
  callBytes,
  codeOnly,
  eventBytes,
  findViolations,
  hubLimits,
  longestChain,
  unboundedEvents,
  type Project,
  type RuleName,
} from './hub-rules.ts'

const folder = join(import.meta.dirname, 'artifacts')
const artifacts = new Map(
  readdirSync(folder).map((file) => [
    file.replace(/\.json$/, ''),
    JSON.parse(readFileSync(join(folder, file), 'utf8')) as Artifact,
  ]),
)
const project: Project = { sources: readSources(), artifacts }

const sample = (change: Partial<Artifact>): Artifact => ({
  source: 'src/sample/Sample.sol',
  abi: [],
  bytecode: '0x6001',
  runtimeBytes: 1,
  runtimeOffset: 0,
  immutables: [],
  storage: [],
  ...change,
})
const withArtifact = (change: Partial<Artifact>, name = 'Sample'): Project => ({
  sources: new Map(),
  artifacts: new Map([[name, sample(change)]]),
})
const withSource = (code: string, path = 'src/sample/Sample.sol'): Project => ({
  sources: new Map([[path, code]]),
  artifacts: new Map(),
})
const broken = (found: Project): RuleName[] => [
  ...new Set(findViolations(found).map(({ rule }) => rule)),
]
const words = (count: number): AbiParameter[] =>
  Array.from({ length: count }, (_, i) => ({ name: `word${i}`, type: 'uint256' }))
const zeros = (bytes: number) => `0x${'00'.repeat(bytes)}`

describe('the contracts', () => {
  it('keep every rule', () => {
    expect(findViolations(project)).toEqual([])
  })

  it('emit without a bound only what OpenZeppelin emits', () => {
    const unbounded = [...artifacts].flatMap(([name, { abi }]) =>
      abi
        .filter((item) => item.type === 'event' && eventBytes(item) > hubLimits.eventBytes)
        .map((item) => `${name}.${item.name ?? ''}`),
    )
    expect(unbounded.sort()).toEqual([...unboundedEvents].sort())
  })

  it('use every bound that is stated', () => {
    const names = new Set<string>()
    const collect = ({ name, components = [] }: AbiParameter): void => {
      names.add(name)
      components.forEach(collect)
    }
    for (const { abi } of artifacts.values())
      for (const item of abi) (item.inputs ?? []).forEach(collect)
    expect(Object.keys(bounds).filter((name) => !names.has(name.replace('[]', '')))).toEqual([])
  })

  it('call each other no deeper than the Hub takes', () => {
    const chain = longestChain(project)
    expect(chain).toContain('Registry')
    expect(chain).toContain('Moves')
    expect(chain.length).toBeLessThanOrEqual(hubLimits.callDepth)
  })
})

describe('a rule', () => {
  it.each<[RuleName, string, Project, Project]>([
    [
      'code size',
      'runtime code above 24,576 bytes',
      withArtifact({ bytecode: zeros(24_577), runtimeBytes: 24_577 }),
      withArtifact({ bytecode: zeros(24_576), runtimeBytes: 24_576 }),
    ],
    [
      'code size',
      'creation code above 49,152 bytes',
      withArtifact({ bytecode: zeros(49_153) }),
      withArtifact({ bytecode: zeros(49_152) }),
    ],
    [
      'event size',
      'event data of 14 words',
      withArtifact({ abi: [{ type: 'event', name: 'Sampled', inputs: words(14) }] }),
      withArtifact({ abi: [{ type: 'event', name: 'Sampled', inputs: words(13) }] }),
    ],
    [
      'event size',
      'a text without a bound in an event',
      withArtifact({
        abi: [{ type: 'event', name: 'Sampled', inputs: [{ name: 'text', type: 'string' }] }],
      }),
      withArtifact({
        abi: [{ type: 'event', name: 'Sampled', inputs: [{ name: 'uri', type: 'string' }] }],
      }),
    ],
    [
      'calldata size',
      'an argument without a bound',
      withArtifact(
        { abi: [{ type: 'function', name: 'sample', inputs: [{ name: 'x', type: 'bytes' }] }] },
        'ISample',
      ),
      withArtifact(
        {
          abi: [
            { type: 'function', name: 'sample', inputs: [{ name: 'manifest', type: 'bytes' }] },
          ],
        },
        'ISample',
      ),
    ],
    [
      'immutables',
      'more than 4 KiB that the constructor writes',
      withArtifact({ immutables: Array.from({ length: 129 }, (_, i) => [i * 32, 32]) }),
      withArtifact({ immutables: Array.from({ length: 128 }, (_, i) => [i * 32, 32]) }),
    ],
    [
      'opcodes',
      'SELFDESTRUCT',
      withArtifact({ bytecode: '0x6000ff', runtimeBytes: 3 }),
      withArtifact({ bytecode: '0x60ff00feff', runtimeBytes: 5 }),
    ],
    [
      'opcodes',
      'CREATE2 in the runtime code',
      withArtifact({ bytecode: '0x60005ff5', runtimeBytes: 4 }),
      withArtifact({ bytecode: '0xf56000', runtimeBytes: 2, runtimeOffset: 1 }),
    ],
    [
      'native transfer',
      'transfer of wei',
      withSource('payable(to).transfer(1 wei);'),
      withSource('token.safeTransfer(to, 1); // to.transfer(1)'),
    ],
    ['native transfer', 'send of wei', withSource('to.send(1);'), withSource('_send(to, 1);')],
    [
      'gas constants',
      'a call with a fixed gas',
      withSource('to.call{value: 1, gas: 5000}("");'),
      withSource('to.call{value: 1}("");'),
    ],
    ['gas constants', 'a look at the gas', withSource('gasleft() > 1'), withSource('uint gas_;')],
    [
      'randomness',
      'prevrandao',
      withSource('uint256 seed = block.prevrandao;'),
      withSource('revert("no block.prevrandao");'),
    ],
    ['randomness', 'a block hash', withSource('blockhash(1)'), withSource('block.timestamp')],
    [
      'block numbers',
      'a use that is not known',
      withSource('uint256 at = block.number;'),
      withSource('l.evidenceBlock >= block.number', 'src/cloud/Leases.sol'),
    ],
    [
      'block numbers',
      'a time reckoned in blocks',
      withSource('l.evidenceBlock >= block.number - 300', 'src/cloud/Leases.sol'),
      withSource('l.evidenceBlock >= block.number', 'src/cloud/Leases.sol'),
    ],
    ['assembly', 'assembly', withSource('assembly { }'), withSource('/* assembly */ int a;')],
    ['assembly', 'clones', withSource('Clones.clone(a)'), withSource('string a = "Clones";')],
    [
      'transient storage',
      '21 slots',
      withSource('bool transient a;'.repeat(21)),
      withSource('bool transient a;'.repeat(20)),
    ],
    [
      'transient storage',
      'slots that are not counted',
      withSource('import {TransientSlot} from "x";'),
      withSource('contract A is ReentrancyGuardTransient {}'),
    ],
  ])('about %s refuses %s', (rule, _, wrong, right) => {
    expect(broken(wrong)).toEqual([rule])
    expect(broken(right)).toEqual([])
  })

  it('about call depth refuses a chain of 21', () => {
    const chain = (length: number): Project => {
      const names = Array.from({ length }, (_, i) => `C${i}`)
      return {
        sources: new Map(
          names.map((name, i) => {
            const next = `I${names[i + 1] ?? 'None'}`
            return [
              `src/${name}/${name}.sol`,
              `import {${next}} from "../x/${next}.sol"; ${next} immutable next; next.run();`,
            ]
          }),
        ),
        artifacts: new Map(
          names.map((name) => [name, sample({ source: `src/${name}/${name}.sol` })]),
        ),
      }
    }
    // The DAO before the first.
    const outside = longestChain(chain(10)).length - 10
    expect(broken(chain(20 - outside))).toEqual([])
    expect(broken(chain(21 - outside))).toEqual(['call depth'])
  })

  it('about call depth counts calls, not names of types, and the parts of a contract where they may answer', () => {
    const caller = (text: string) => {
      const source = 'src/user/User.sol'
      const run = { type: 'function', name: 'run', inputs: [] }
      const codes = ['Cloud', 'Applications', 'Moves', 'Deliveries', 'User']
      const artifacts = new Map(
        codes.map((name) => [name, sample({ source: `src/cloud/${name}.sol`, abi: [run] })]),
      )
      artifacts.set('User', sample({ source }))
      const sources = new Map([[source, `import {ICloud} from "../cloud/ICloud.sol"; ${text}`]])
      return longestChain({ sources, artifacts }).join(' > ')
    }
    expect(caller('ICloud.App memory app;')).not.toContain('User > Cloud')
    expect(caller('ICloud(cloud).run(1);')).not.toContain('User > Cloud > Applications')
    expect(caller('ICloud public cloud; cloud.other();')).toContain('User > Cloud > Applications')
  })

  it('about parts refuses storage of its own and a function that is hidden', () => {
    const get = (name: string) => ({ type: 'function', name, inputs: [] })
    const parts = (change: Partial<Artifact>): Project => ({
      sources: new Map([['src/subnet/SubnetState.sol', '    uint64 public nodeCount;\n']]),
      artifacts: new Map([
        ['Subnet', sample({ storage: ['a 0 0 t'], abi: [get('nodeCount'), get('bond')] })],
        ['Registry', sample({ storage: ['a 0 0 t'], abi: [get('nodeCount')], ...change })],
      ]),
    })
    expect(broken(parts({}))).toEqual([])
    expect(broken(parts({ storage: ['a 0 0 t', 'b 1 0 t'] }))).toEqual(['parts'])
    expect(broken(parts({ abi: [get('bond')] }))).toEqual(['parts'])
  })
})

describe('sizes in the encoding of the ABI', () => {
  it('are those of the specification', () => {
    const inputs = [
      { name: 'a', type: 'uint8' },
      { name: 'uri', type: 'string' },
      { name: 'leases', type: 'tuple[]', components: words(13) },
      { name: 'pair', type: 'uint8[2]' },
    ]
    expect(callBytes({ type: 'function', inputs })).toBe(
      4 + 32 + (64 + 128) + (64 + 64 * 13 * 32) + 64,
    )
    const indexed = inputs.map((input) => ({ ...input, indexed: input.name !== 'uri' }))
    expect(eventBytes({ type: 'event', inputs: indexed })).toBe(64 + 128)
  })

  it('leave comments and texts out of the code', () => {
    expect(codeOnly('a // b\n"c\\"d" e /* f\n */ g').replace(/ +/g, ' ')).toBe('a \n e \n g')
  })
})
