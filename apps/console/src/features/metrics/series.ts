// What is measured of applications, in words and with its unit. Pure.
import type { SeriesName } from '@wetee/manifest'
import { formatDuration } from '@wetee/sdk'

const titles: Readonly<Record<SeriesName, string>> = {
  cpuMilli: 'CPU',
  memoryBytes: 'Memory',
  memoryLimitBytes: 'Memory limit',
  diskBytes: 'Disk',
  receivedBytesPerSecond: 'Received',
  sentBytesPerSecond: 'Sent',
  responseMs: 'Response time',
  restarts: 'Restarts',
  attestedShare: 'Attested',
  escrowSeconds: 'Funds last',
  diskLimitBytes: 'Disk limit',
}

/** A series in words; one that is newer than this page by its own name. */
export function seriesTitle(name: string): string {
  return (titles as Readonly<Record<string, string | undefined>>)[name] ?? name
}

/** A value with the unit that the end of its name says. */
export function seriesText(name: string, value: number): string {
  if (name.endsWith('BytesPerSecond')) return `${bytesText(value)}/s`
  if (name.endsWith('Bytes')) return bytesText(value)
  if (name.endsWith('Milli')) return `${Math.round(value) / 1_000} CPU`
  if (name.endsWith('Ms')) return `${Math.round(value)} ms`
  if (name.endsWith('Seconds')) return formatDuration(Math.round(value))
  if (name.endsWith('Share')) return `${Math.round(value * 100)} %`
  return String(Math.round(value * 100) / 100)
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

function bytesText(value: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10))
  return `${(value / 1_024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`
}
