// The console's list of 1,000 applications on a real chain in Chromium: how long until it is there, and how it scrolls. Starts processes.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { root } from '../run.ts'
import { compare, median, type Measured } from './measure.ts'

const FIRST_PAGE_SECONDS = 1
const LOAD_SECONDS = 1.5
/** Frames come with the screen's next refresh: where one is late, the next one is twice as long. */
const FRAME_TARGET = 1.05

type Figures = {
  readonly firstPageSeconds: readonly number[]
  readonly loadSeconds: readonly number[]
  readonly frameMs: readonly number[]
  readonly blankMs: readonly number[]
}

/** Three rows: from the address to the first view, to the list, and a frame while it is scrolled. */
export async function benchConsole(): Promise<Measured[]> {
  const child = fork(join(root, 'tests/end-to-end/testing/console-list-process.ts'))
  const [{ firstPageSeconds, loadSeconds, frameMs, blankMs }] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the console with many applications ended with ${code}`)
    }),
  ])) as [Figures]
  const list = (values: readonly number[], digits: number) =>
    values.map((value) => value.toFixed(digits)).join(', ')
  console.error(
    `first pages: ${list(firstPageSeconds, 2)} s; lists: ${list(loadSeconds, 2)} s; frames: ${list(frameMs, 1)} ms, blank: ${list(blankMs, 1)} ms`,
  )
  const first = { name: 'budget', value: FIRST_PAGE_SECONDS }
  const load = { name: 'budget with 1,000 applications', value: LOAD_SECONDS }
  const frame = { name: 'the same scrolling of an empty page', value: median(blankMs) }
  return [
    compare('console.first-page', median(firstPageSeconds), 's', first, 1),
    compare('console.apps-load', median(loadSeconds), 's', load, 1),
    compare('console.apps-frame', median(frameMs), 'ms', frame, FRAME_TARGET),
  ]
}
