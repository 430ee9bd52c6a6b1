// A view in a file of its own, which is fetched when it is first shown. Network I/O.
import { createElement, lazy, useState, type ComponentType } from 'react'
import { askAgain } from './ask-again.ts'

/** What is to be there before the page is drawn at first. */
const opening: Promise<unknown>[] = []

/**
 * Once the view that the page opens with has come, or will not for a second: drawn before, it would be a sign of loading first, which
 * React leaves in place for 300 ms at least.
 */
export async function openingView(): Promise<void> {
  const enough = new Promise((resolve) => setTimeout(resolve, 1_000))
  await Promise.race([Promise.allSettled(opening), enough])
}

/** The component that `pick` finds in the file that `load` imports; fetched at once where the page opens with it. */
export function lazyView<File, Props extends object>(
  load: () => Promise<File>,
  pick: (file: File) => ComponentType<Props>,
  isFirst = false,
): ComponentType<Props> {
  let come: ComponentType<Props> | undefined
  const fetched = async () => (come = pick(await importAgain(load)))
  const begun = isFirst ? fetched() : undefined
  if (begun !== undefined) opening.push(begun)
  // A failure is shown where the view would be.
  begun?.catch(() => undefined)
  const Later = lazy(async () => ({ default: await (begun ?? fetched()) }))
  return (props) => {
    // One of the two for as long as it is shown.
    const [View] = useState<ComponentType<Props>>(() => come ?? Later)
    return createElement(View, props)
  }
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
