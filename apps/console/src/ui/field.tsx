// A labelled input with a hint that becomes the problem, where there is one.
import { useId, type InputHTMLAttributes, type ReactNode } from 'react'
import { isAddress } from 'viem'
import { parseDot } from '@wetee/sdk'

type Shared = { label: string; hint?: ReactNode; problem?: string | undefined }

/** One line of text. */
export function Field(
  props: Shared & {
    value: string
    onValue: (text: string) => void
    input?: InputHTMLAttributes<HTMLInputElement>
  },
) {
  const id = useId()
  return (
    <Labelled {...props} id={id}>
      <input
        id={id}
        className="input"
        autoComplete="off"
        {...props.input}
        value={props.value}
        onChange={(event) => props.onValue(event.target.value)}
        aria-invalid={props.problem !== undefined}
        aria-describedby={`${id}-hint`}
      />
    </Labelled>
  )
}

type Known = Omit<Parameters<typeof Field>[0], 'problem' | 'input'>

/** An amount of DOT. */
export function DotField(props: Known) {
  const { problem } = reading(props.value, parseDot)
  return <Field {...props} input={{ inputMode: 'decimal' }} problem={problem} />
}

/** A number, read by whoever asks for it. */
export function NumberField(props: Known & { problem?: string | undefined }) {
  return <Field {...props} input={{ inputMode: 'numeric' }} />
}

/** An address; `what` it is of is said where it is none. */
export function AddressField({ what, ...props }: Known & { what: string }) {
  const { problem } = reading(props.value, (text) => readAddress(text, what))
  return <Field {...props} input={{ placeholder: '0x…', spellCheck: false }} problem={problem} />
}

/** Several lines, in the font of code unless they are prose. */
export function TextField(
  props: Shared & {
    value: string
    onValue: (text: string) => void
    rows?: number
    /** Sentences, not code. */
    prose?: boolean
  },
) {
  const id = useId()
  return (
    <Labelled {...props} id={id}>
      <textarea
        id={id}
        className={props.prose === true ? 'input prose' : 'input mono'}
        rows={props.rows ?? 6}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
        value={props.value}
        onChange={(event) => props.onValue(event.target.value)}
        aria-invalid={props.problem !== undefined}
        aria-describedby={`${id}-hint`}
      />
    </Labelled>
  )
}

/** One of several. */
export function Choice<T extends string>(
  props: Shared & {
    value: T
    onValue: (value: T) => void
    options: readonly (readonly [value: T, label: string])[]
  },
) {
  const id = useId()
  return (
    <Labelled {...props} id={id}>
      <select
        id={id}
        className="input"
        value={props.value}
        onChange={(event) => {
          const chosen = props.options.find(([value]) => value === event.target.value)
          if (chosen !== undefined) props.onValue(chosen[0])
        }}
        aria-describedby={`${id}-hint`}
      >
        {props.options.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </Labelled>
  )
}

function Labelled({
  id,
  label,
  hint,
  problem,
  children,
}: Shared & { id: string; children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      <span className="hint" id={`${id}-hint`}>
        {problem ?? hint}
      </span>
    </div>
  )
}

/** An address, or one sentence. */
export function readAddress(text: string, what: string): `0x${string}` {
  const address = text.trim()
  if (isAddress(address, { strict: false })) return address
  throw new Error(`For ${what} write an address: 0x and 40 hex digits.`)
}

/** What a reader makes of a text: its value, or one sentence about what is wrong; nothing of nothing. */
export function reading<T>(
  text: string,
  read: (text: string) => T,
): { readonly value?: T; readonly problem?: string } {
  return text.trim() === '' ? {} : attempt(() => read(text.trim()))
}

/** What is made of all inputs of a form, or the first sentence about what is wrong. */
export function attempt<T>(make: () => T): { readonly value?: T; readonly problem?: string } {
  try {
    return { value: make() }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
