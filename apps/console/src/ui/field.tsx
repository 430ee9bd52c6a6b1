// A labelled input with a hint that becomes the problem, where there is one.
import type { InputHTMLAttributes, ReactElement, ReactNode } from 'react'
import { Field as Labelled } from '@base-ui/react/field'
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
  return (
    <Control {...props} className="input" render={<input autoComplete="off" {...props.input} />} />
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
  const { rows = 6, prose = false } = props
  return (
    <Control
      {...props}
      className={prose ? 'input prose' : 'input mono'}
      render={<textarea rows={rows} spellCheck={false} autoComplete="off" autoCapitalize="off" />}
    />
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
  const { options, onValue } = props
  return (
    <Control
      {...props}
      className="input"
      onValue={(text) => {
        const chosen = options.find(([value]) => value === text)
        if (chosen !== undefined) onValue(chosen[0])
      }}
      render={
        <select>
          {options.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      }
    />
  )
}

/** An element that takes a value, with its label and what is said about it. */
function Control(
  props: Shared & {
    value: string
    onValue: (text: string) => void
    className: string
    render: ReactElement
  },
) {
  const { label, hint, problem, value, onValue, className, render } = props
  return (
    <Labelled.Root className="field" invalid={problem !== undefined}>
      <Labelled.Label>{label}</Labelled.Label>
      <Labelled.Control
        className={className}
        value={value}
        onValueChange={onValue}
        render={render}
      />
      <Labelled.Description className="hint" render={<span />}>
        {problem ?? hint}
      </Labelled.Description>
    </Labelled.Root>
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
