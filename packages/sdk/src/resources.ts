// CPU and memory as people write them. Pure.

/** `16`, `0.5`: CPUs as thousandths, at least one; undefined for anything else. */
export function cpuMilliOf(text: string): number | undefined {
  const match = /^(\d{1,6})(?:\.(\d{1,3}))?$/.exec(text.trim())
  const value = match === null ? 0 : Math.round(Number(match[0]) * 1000)
  return value >= 1 ? value : undefined
}

/** `64GiB`, `512MiB`, `2TiB` in MiB, 1 to 2^32 - 1; undefined for anything else. */
export function memoryMiBOf(text: string): number | undefined {
  const match = /^(\d{1,7})(?:\.(\d{1,3}))?\s*(M|G|T)iB$/i.exec(text.trim())
  const factor = { M: 1, G: 1024, T: 1_048_576 }[(match?.[3] ?? '').toUpperCase()] ?? 0
  const value = match === null ? 0 : Math.floor(Number(`${match[1]}.${match[2] ?? '0'}`) * factor)
  return value >= 1 && value <= 0xffff_ffff ? value : undefined
}
