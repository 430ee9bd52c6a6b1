// For tests: a port whose calls fail as the test decides, and a process that can die in the middle of any of them. Pure.

/** What becomes of one call: `lost` and `dead-after` take effect before the answer is lost or the process dies. */
export type CallFate = 'ok' | 'failed' | 'lost' | 'dead-before' | 'dead-after'

/** The process that makes the calls; a dead one never gets an answer again. */
export type Mortal = { dead: boolean }

/** The port as one process sees it; only `names` can fail. */
export function faulty<T extends object>(
  port: T,
  names: ReadonlySet<string>,
  caller: Mortal,
  fateOf: (name: string, args: readonly unknown[]) => CallFate,
): T {
  const call = async (name: string, args: unknown[], act: (...args: unknown[]) => unknown) => {
    const fate = caller.dead ? 'dead-before' : fateOf(name, args)
    if (fate === 'failed') throw failure(name)
    if (fate === 'dead-before') return die(caller)
    const answer = await act(...args)
    if (fate === 'dead-after' || isDead(caller)) return die(caller)
    if (fate === 'lost') throw failure(name)
    return answer
  }
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      const act = (...args: unknown[]): unknown => Reflect.apply(value, target, args)
      if (typeof name !== 'string' || !names.has(name)) return act
      return (...args: unknown[]) => call(name, args, act)
    },
  })
}

/** Asked anew: it may have died while the call was under way. */
const isDead = (caller: Mortal): boolean => caller.dead

function die(caller: Mortal): Promise<never> {
  caller.dead = true
  return new Promise(() => undefined)
}

function failure(name: string): Error {
  return Object.assign(new Error(`${name} failed by the test`), {
    code: 'test.failed',
    retryable: true,
  })
}
