// Dates of the Gregorian calendar in UTC. Pure.

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/**
 * Milliseconds since 1970 of a date and time that exist, years from 1000 and months from 1;
 * undefined for others (leap seconds among them).
 */
export function calendarMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0)
  const exists = year >= 1000 && day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60
  return exists ? Date.UTC(year, month - 1, day, hour, minute, second) : undefined
}
