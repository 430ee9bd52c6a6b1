// A view in a file of its own, which is fetched when it is first shown. Network I/O.
import { lazy, type ComponentType, type LazyExoticComponent } from 'react'

/** Waits before a file is asked for again, in milliseconds. */
const WAITS = [200, 1_000, 3_000] as const

/** The component that `pick` finds in the file that `load` imports; at once where the page opens with it. */
export function lazyView<File, Props>(
  load: () => Promise<File>,
  pick: (file: File) => ComponentType<Props>,
  isFirst = false,
): LazyExoticComponent<ComponentType<Props>> {
  const begun = isFirst ? importAgain(load) : undefined
  // A failure is shown where the view would be.
  begun?.catch(() => undefined)
  return lazy(async () => ({ default: pick(await (begun ?? importAgain(load))) }))
}

/**
 * What `load` imports, asked for up to three more times where the network breaks off. Browsers remember that a module failed under its
 * address (HTML issue 6768), so it is asked for under another one where their message names it. Rejects with the last failure.
 */
export async function importAgain<File>(
  load: () => Promise<File>,
  importFrom: (url: string) => Promise<File> = (url) =>
    import(/* @vite-ignore */ url) as Promise<File>,
  waits: readonly number[] = WAITS,
): Promise<File> {
  let failure: unknown
  try {
    return await load()
  } catch (error) {
    failure = error
  }
  const address = addressIn(failure)
  for (const [index, wait] of waits.entries()) {
    await new Promise((resolve) => setTimeout(resolve, wait))
    try {
      return await (address === undefined ? load() : importFrom(`${address}?again=${index + 1}`))
    } catch (error) {
      failure = error
    }
  }
  throw failure
}

function addressIn(failure: unknown): string | undefined {
  return failure instanceof Error ? /https?:\/\/[^\s?]+/.exec(failure.message)?.[0] : undefined
}
