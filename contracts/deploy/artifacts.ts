// Compiled contracts as they are deployed, and whether code on a chain is theirs. Reads contracts/artifacts.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeDeployData, getAddress, size, slice, type Abi, type Hex } from 'viem'
import { formatAbiItem } from 'viem/utils'

/** A committed artifact (contracts/build.ts). */
export type DeployableArtifact = {
  readonly abi: Abi
  readonly bytecode: Hex
  readonly runtimeBytes: number
  readonly runtimeOffset: number
  readonly immutables: readonly (readonly [number, number])[]
}

const cache = new Map<string, DeployableArtifact>()

/** The artifact of a contract by its name in Solidity. */
export function readArtifact(contract: string): DeployableArtifact {
  const known = cache.get(contract)
  if (known !== undefined) return known
  const artifact = JSON.parse(readFileSync(pathOf(contract), 'utf8')) as DeployableArtifact
  cache.set(contract, artifact)
  return artifact
}

/** What a contract answers: with its interface, since a part may answer at its address. */
export function abiOf(contract: string): Abi {
  const { abi } = readArtifact(contract)
  if (!existsSync(pathOf(`I${contract}`))) return abi
  const own = new Set(abi.map(signatureOf))
  return [...abi, ...readArtifact(`I${contract}`).abi.filter((item) => !own.has(signatureOf(item)))]
}

/** Creation code with its constructor arguments. */
export function creationCode(contract: string, args: readonly unknown[]): Hex {
  const { abi, bytecode } = readArtifact(contract)
  return encodeDeployData({ abi, bytecode, args })
}

/**
 * Says where code on a chain differs from the compiled one; undefined when it is the same. Places that the constructor
 * fills in are left out: what stands there follows from the creation code and its arguments.
 */
export function codeDifference(contract: string, code: Hex): string | undefined {
  const { bytecode, runtimeOffset, runtimeBytes, immutables } = readArtifact(contract)
  if (size(code) !== runtimeBytes)
    return `it has ${size(code)} bytes of code, ${contract} has ${runtimeBytes}`
  const compiled = slice(bytecode, runtimeOffset, runtimeOffset + runtimeBytes)
  const filled = new Set(
    immutables.flatMap(([start, length]) => Array.from({ length }, (_, i) => start + i)),
  )
  for (let i = 0; i < runtimeBytes; i++)
    if (!filled.has(i) && byteAt(code, i) !== byteAt(compiled, i))
      return `byte ${i} of its code is ${byteAt(code, i)}, that of ${contract} is ${byteAt(compiled, i)}`
  return undefined
}

/** Addresses among what the constructor wrote into the code of a contract, each once. */
export function addressesInCode(contract: string, code: Hex): Hex[] {
  const words = readArtifact(contract).immutables.map(([start, length]) =>
    slice(code, start, start + length),
  )
  const addresses = words
    .filter((word) => size(word) === 32 && slice(word, 0, 12) === `0x${'00'.repeat(12)}`)
    .map((word) => getAddress(slice(word, 12)))
  return [...new Set(addresses)]
}

const pathOf = (contract: string) => join(import.meta.dirname, '../artifacts', `${contract}.json`)
const signatureOf = (item: Abi[number]) =>
  item.type === 'constructor' || item.type === 'fallback' || item.type === 'receive'
    ? item.type
    : formatAbiItem(item)
const byteAt = (hex: Hex, index: number) => hex.slice(2 + 2 * index, 4 + 2 * index).toLowerCase()
