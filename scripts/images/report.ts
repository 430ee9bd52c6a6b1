// What a run of `npm run test:images` found out, kept and said as it comes. Prints.

/** One thing that was looked at. */
export type Check = {
  readonly image: string
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

/** Collects checks; each is said at once. */
export class Report {
  readonly checks: Check[] = []
  readonly #say: (line: string) => void

  constructor(say: (line: string) => void) {
    this.#say = say
  }

  get ok(): boolean {
    return this.checks.length > 0 && this.checks.every(({ ok }) => ok)
  }

  /** Looks at one thing: what `look` returns is its detail, what it throws is why it does not hold. Whether it holds. */
  async check(image: string, what: string, look: () => Promise<string>): Promise<boolean> {
    const found = await Promise.resolve()
      .then(look)
      .then(
        (detail) => ({ ok: true, detail }),
        (error: unknown) => ({
          ok: false,
          detail: error instanceof Error ? error.message : String(error),
        }),
      )
    this.checks.push({ image, what, ...found })
    const { ok, detail } = found
    this.#say(`${ok ? 'ok  ' : 'FAIL'} ${image}: ${what}${detail === '' ? '' : ` (${detail})`}`)
    return ok
  }
}

/** Throws with the sentence where something does not hold. */
export function must(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence)
}
