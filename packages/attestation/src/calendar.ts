// Dates of the Gregorian calendar in UTC. Pure.

/**
 * Milliseconds since 1970 of a date and time that exist, months from 1; undefined for others (leap
 * seconds among them).
 */
export function calendarMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (!(hour < 24 && minute < 60 && second < 60)) return undefined
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // `Date` carries days and months over, and takes years below 100 for those of 1900.
  const exists =
    date.getUTCDate() === day && date.getUTCMonth() === month - 1 && date.getUTCFullYear() === year
  return exists ? date.getTime() : undefined
}
