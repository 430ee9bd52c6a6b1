// Two byte streams made one, both ways, each direction ending for itself. Passes bytes.
import type { Duplex } from 'node:stream'

/** What one end sends the other gets; a stream that breaks takes the other with it. */
export function join(one: Duplex, other: Duplex): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy())
    from.on('close', () => {
      if (!from.readableEnded || !from.writableFinished) to.destroy()
    })
    from.pipe(to)
  }
}
