// Runs the steps of a start or a check in order, shows them, and keeps what each of them proved.
import { Listr, PRESET_TIMER } from 'listr2'

/** What one step showed: a transaction hash, a digest, an amount; plain JSON. */
export type Proof = Readonly<Record<string, string | number | boolean>>
export type StepResult = {
  readonly name: string
  readonly ok: boolean
  readonly durationMs: number
  readonly proof?: Proof
  readonly error?: { readonly code: string; readonly message: string }
}
/** A step: what it is called, and what it does; `show` puts a line under it while it runs. */
export type Step = {
  readonly name: string
  readonly title: string
  run(show: (line: string) => void): Promise<Proof | undefined>
}

/** Stable code and text of anything thrown. */
export function describeError(error: unknown): { code: string; message: string } {
  const { code } = error as { code?: unknown }
  return {
    code: typeof code === 'string' ? code : 'unexpected',
    message: error instanceof Error ? error.message : String(error),
  }
}

/** The report of a devnet run. */
export class Steps {
  readonly results: StepResult[] = []
  readonly #quiet: boolean

  /** @param quiet plain lines on stderr instead of a live list on stdout */
  constructor(quiet: boolean) {
    this.#quiet = quiet
  }

  get ok(): boolean {
    return this.results.every((result) => result.ok)
  }

  /** Runs the steps one after the other; stops at the first that fails and throws what it threw. */
  async run(steps: readonly Step[]): Promise<void> {
    if (this.#quiet) {
      for (const step of steps) {
        process.stderr.write(`> ${step.title}\n`)
        await this.#runOne(step, (text) => process.stderr.write(`  ${step.title}: ${text}\n`))
      }
      return
    }
    const list = new Listr<unknown, 'default', 'verbose'>(
      steps.map((step) => ({
        title: step.title,
        task: (_context, task) => this.#runOne(step, (text) => (task.output = text)),
      })),
      {
        renderer: 'default',
        fallbackRenderer: 'verbose',
        rendererOptions: { timer: PRESET_TIMER, collapseErrors: false },
        fallbackRendererOptions: { timer: PRESET_TIMER },
        registerSignalListeners: false,
      },
    )
    await list.run()
  }

  async #runOne(step: Step, write: (line: string) => void): Promise<void> {
    const startedAt = performance.now()
    let last = ''
    const show = (text: string) => {
      if (text !== last) write(text)
      last = text
    }
    const durationMs = () => Math.round(performance.now() - startedAt)
    try {
      const proof = await step.run(show)
      this.results.push({
        name: step.name,
        ok: true,
        durationMs: durationMs(),
        ...(proof === undefined ? {} : { proof }),
      })
    } catch (error) {
      this.results.push({
        name: step.name,
        ok: false,
        durationMs: durationMs(),
        error: describeError(error),
      })
      throw error
    }
  }
}
