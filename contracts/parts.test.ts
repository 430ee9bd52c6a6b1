// Contracts in parts answer, all parts together, exactly what their interface promises. Reads the artifacts.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { toFunctionSignature, type Abi, type AbiFunction } from 'viem'

/** Interfaces and the contracts that answer for them at one address, the first one first. */
const parts: Readonly<Record<string, readonly string[]>> = {
  IQuorum: ['Quorum'],
  IKeys: ['Keys'],
  ISecrets: ['Secrets'],
  IApis: ['Apis'],
  IBridge: ['Bridge'],
  IForwarder: ['Forwarder'],
  ISubnet: ['Subnet', 'Registry'],
  ICloud: ['Cloud', 'Applications', 'Moves', 'Deliveries'],
}

function read(name: string): Abi {
  const text = readFileSync(join(import.meta.dirname, 'artifacts', `${name}.json`), 'utf8')
  return (JSON.parse(text) as { abi: Abi }).abi
}

/** What a caller sees of a function: name, inputs, outputs, whether it changes state or takes wei. */
function describeFunction(f: AbiFunction): string {
  const outputs = toFunctionSignature({ ...f, name: 'returns', inputs: f.outputs })
  const mutability = f.stateMutability === 'pure' ? 'view' : f.stateMutability
  return `${toFunctionSignature(f)} ${outputs} ${mutability}`
}

function functionsOf(name: string): string[] {
  return read(name)
    .filter((item) => item.type === 'function')
    .map(describeFunction)
}

/** Events or errors by name and arguments; of an event also what is indexed. */
function declared(name: string, type: 'event' | 'error'): string[] {
  return read(name).flatMap((item) => {
    if (item.type !== type) return []
    const inputs = item.inputs.map((i) =>
      'indexed' in i && i.indexed ? `${i.type} indexed` : i.type,
    )
    return [`${item.name}(${inputs.join(',')})`]
  })
}

describe.each(Object.entries(parts))('%s', (name, contracts) => {
  it('is answered in full by its parts', () => {
    const answered = new Set(contracts.flatMap(functionsOf))
    expect(functionsOf(name).filter((f) => !answered.has(f))).toEqual([])
  })

  it('has each function in one part, or in all of them where it reads what they share', () => {
    const places = contracts.flatMap(functionsOf)
    const count = (f: string) => places.filter((place) => place === f).length
    const odd = functionsOf(name).filter((f) => count(f) !== 1 && count(f) !== contracts.length)
    expect(odd).toEqual([])
    const changing = functionsOf(name).filter((f) => !f.endsWith(' view') && count(f) !== 1)
    expect(changing).toEqual([])
  })

  it('names all that changes anything, but for a move to another authority and several calls at once', () => {
    const named = new Set(functionsOf(name))
    const changing = contracts.flatMap(functionsOf).filter((f) => !f.endsWith(' view'))
    const unnamed = changing.filter((f) => !named.has(f) && !/^(setAuthority|multicall)\(/.test(f))
    expect(unnamed).toEqual([])
  })

  it.each(['event', 'error'] as const)(
    'declares every %s of its parts once, and no other',
    (type) => {
      const own = declared(name, type)
      const used = new Set(contracts.flatMap((contract) => declared(contract, type)))
      expect(own.filter((item) => !used.has(item))).toEqual([])
      const named = new Set(own.map((item) => item.split('(')[0]))
      const strange = [...used].filter(
        (item) => named.has(item.split('(')[0]) && !own.includes(item),
      )
      expect(strange).toEqual([])
    },
  )
})
