// The processor's time of this process: what other programs on the machine change least. Reads the clock of the process.

/** Milliseconds that all threads of this process have computed since it began. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
