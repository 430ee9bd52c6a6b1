// Names of wheels: which package, and whether and how well it fits CPython on Linux x86-64. Pure.
// https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/
import { normalizedName } from './requirements.ts'

/** A wheel's name taken apart. */
export type WheelName = {
  /** Normalized. */
  readonly name: string
  readonly version: string
  /** Every combination of its tags: Python, ABI, platform. */
  readonly tags: readonly (readonly [python: string, abi: string, platform: string])[]
}

/** The newest C library that a wheel may want: what Node 24 needs itself. */
const newestGlibc = 28
const older: Readonly<Record<string, number>> = {
  manylinux1: 5,
  manylinux2010: 12,
  manylinux2014: 17,
}
const maxTags = 200

/** Undefined for what is no name of a wheel. */
export function parseWheelName(file: string): WheelName | undefined {
  if (!/^[A-Za-z0-9._+!-]{1,300}\.whl$/.test(file)) return undefined
  const parts = file.slice(0, -'.whl'.length).split('-')
  const [name = '', version = ''] = parts
  if (parts.length !== 5 && !(parts.length === 6 && /^[0-9]/.test(parts[2] ?? ''))) return undefined
  const [pythons = [], abis = [], platforms = []] = parts.slice(-3).map((part) => part.split('.'))
  if (pythons.length * abis.length * platforms.length > maxTags) return undefined
  const tags = pythons.flatMap((python) =>
    abis.flatMap((abi) => platforms.map((platform) => [python, abi, platform] as const)),
  )
  return { name: normalizedName(name), version, tags }
}

/** How well a wheel fits CPython 3.`minor`: the larger the better; undefined where it does not. */
export function wheelFit({ tags }: WheelName, minor: number): number | undefined {
  const fits = tags.flatMap((tag) => fitOf(tag, minor) ?? [])
  return fits.length === 0 ? undefined : Math.max(...fits)
}

/** As pip orders them: made for this Python before stable ABIs, those before none; newer platforms first, and `any` last. */
function fitOf([python, abi, platform]: WheelName['tags'][number], minor: number) {
  const on = platform === 'any' ? 0 : glibcOf(platform)
  if (on === undefined) return undefined
  const [, kind, of] = /^(cp|py)3([0-9]{0,2})$/.exec(python) ?? []
  if (kind === undefined) return undefined
  const since = of === '' ? 0 : Number(of)
  if (since > minor) return undefined
  if (kind === 'cp' && abi === `cp3${minor}`) return since === minor ? 30_000 + on : undefined
  if (kind === 'cp' && abi === 'abi3') return 20_000 + since * 100 + on
  if (abi !== 'none') return undefined
  if (kind === 'cp') return since === minor ? 10_000 + on : undefined
  return since * 100 + on
}

/** The C library that a platform wants (2.x); undefined for other platforms. */
function glibcOf(platform: string): number | undefined {
  const [, name = '', minor] =
    /^(manylinux(?:1|20[0-9]{2}|_2_([0-9]{1,2})))_x86_64$/.exec(platform) ?? []
  const wanted = minor === undefined ? older[name] : Number(minor)
  return wanted !== undefined && wanted <= newestGlibc ? wanted : undefined
}
