// Progress on stderr: a live list on a terminal, one line per event elsewhere.
import { Listr, ListrLogger, ProcessOutput, type ListrTaskWrapper } from 'listr2'
import type { Context } from '../context.ts'

/** A step of a command; `show` puts a line under it while it runs. */
export type Step = {
  readonly title: string
  run(show: (line: string) => void, retitle: (title: string) => void): Promise<void>
}

/** Runs the steps one after the other and throws what the first failing one threw. */
export async function runSteps(context: Context, steps: readonly Step[]): Promise<void> {
  const stream = context.stderr as NodeJS.WriteStream
  const output = new ProcessOutput(stream, stream)
  const logger = new ListrLogger({
    processOutput: output,
    useIcons: context.interactive && context.colour,
  })
  const tasks = steps.map((step) => ({
    title: step.title,
    task: (_: unknown, task: Pick<ListrTaskWrapper<unknown, never, never>, 'output' | 'title'>) =>
      step.run(
        (line) => {
          task.output = line
        },
        (title) => {
          task.title = title
        },
      ),
  }))
  const shared = { exitOnError: true, registerSignalListeners: false } as const
  const list = context.interactive
    ? new Listr(tasks, { ...shared, renderer: 'default', rendererOptions: { logger } })
    : new Listr(tasks, {
        ...shared,
        renderer: 'verbose',
        rendererOptions: { logger, logTitleChange: true },
      })
  await list.run()
}
