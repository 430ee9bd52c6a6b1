// A view in a file of its own, which is fetched when it is first shown. Network I/O.
import { lazy, type ComponentType } from 'react'
import { askAgain } from './ask-again.ts'

/** The component that `pick` finds in the file that `load` imports: a part of a view. Views themselves are fetched by their routes. */
export function lazyView<File, Props extends object>(
  load: () => Promise<File>,
  pick: (file: File) => ComponentType<Props>,
): ComponentType<Props> {
  return lazy(async () => ({ default: pick(await importAgain(load)) }))
}

/**
 * What `load` imports, asked for up to three more times where the network breaks off. Browsers remember that a module failed under its
 * address (HTML issue 6768), so it is asked for under another one where their message names it. Rejects with the last failure.
 */
export function importAgain<File>(
  load: () => Promise<File>,
  importFrom: (url: string) => Promise<File> = (url) =>
    import(/* @vite-ignore */ url) as Promise<File>,
  waits?: readonly number[],
): Promise<File> {
  let address: string | undefined
  const ask = (attempt: number) =>
    address === undefined ? load() : importFrom(`${address}?again=${attempt}`)
  const isWorthIt = (failure: unknown) => {
    address ??= addressIn(failure)
    return true
  }
  return askAgain(ask, isWorthIt, waits)
}

function addressIn(failure: unknown): string | undefined {
  return failure instanceof Error ? /https?:\/\/[^\s?]+/.exec(failure.message)?.[0] : undefined
}
