// Asks several RPCs the same at the same time and stops waiting once it is enough. I/O by what is asked.

/** One answer and who gave it. */
export type Vote<S, T> = { readonly source: S; readonly value: T }

/** A running poll. */
export type Poll<S, T> = {
  /** Votes that were in when it was enough; never fails. */
  readonly enough: Promise<readonly Vote<S, T>[]>
  /** Votes of all, once everybody has answered or given up. */
  readonly all: Promise<readonly Vote<S, T>[]>
}

/** When a poll ends. */
export type PollEnd<S, T> = {
  /** Whether these votes decide, whatever the outstanding ones say. */
  readonly isEnough: (votes: readonly Vote<S, T>[], outstanding: number) => boolean
  /** How long the others are waited for once two have answered, milliseconds. */
  readonly patienceMs: number
}

const FEWEST = 2

/** Starts one; a failure or `undefined` is no vote. */
export function startPoll<S, T>(
  sources: readonly S[],
  ask: (source: S) => Promise<T | undefined>,
  { isEnough, patienceMs }: PollEnd<S, T>,
): Poll<S, T> {
  const votes: Vote<S, T>[] = []
  let outstanding = sources.length
  let timer: NodeJS.Timeout | undefined
  let end: (votes: readonly Vote<S, T>[]) => void
  const enough = new Promise<readonly Vote<S, T>[]>((resolve) => {
    end = (found) => {
      clearTimeout(timer)
      resolve([...found])
    }
  })
  const settle = (source: S, value: T | undefined) => {
    outstanding--
    if (value !== undefined) votes.push({ source, value })
    if (outstanding === 0 || isEnough(votes, outstanding)) end(votes)
    else if (votes.length >= FEWEST) timer ??= setTimeout(() => end(votes), patienceMs)
  }
  const asked = sources.map((source) =>
    ask(source).then(
      (value) => settle(source, value),
      () => settle(source, undefined),
    ),
  )
  if (sources.length === 0) end!(votes)
  return { enough, all: Promise.all(asked).then(() => votes) }
}
