// A Compose file that is being written: kept for the session of the browser, checked as it changes, with its problems at their lines.
import { useDeferredValue, useRef, useState } from 'react'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Failure } from '../../ui/parts.tsx'
import { checkCompose, linesOf, type Checked } from './draft.ts'
import { Editor } from './editor.tsx'
import { Problems } from './problems.tsx'

/** What has been written, and what a check of it finds. */
export type Compose = {
  readonly text: string
  readonly change: (text: string) => void
  readonly checked: Checked
  /** Why it could not be checked. */
  readonly error: unknown
}

const nothing: Checked = { problems: [], warnings: [] }

/** The text under `draftKey`, or `first`; checked as the application `name`, as soon as there is any. */
export function useCompose(draftKey: string, first: string, name: string): Compose {
  const [text, setText] = useState(() => sessionStorage.getItem(draftKey) ?? first)
  const written = useDeferredValue(text)
  const { data, error } = useQuery({
    queryKey: ['compose', written, name],
    enabled: written.trim() !== '',
    queryFn: () => checkCompose(written, name),
    placeholderData: keepPreviousData,
    refetchInterval: false,
    staleTime: Infinity,
    gcTime: 0,
  })
  const change = (next: string) => {
    setText(next)
    sessionStorage.setItem(draftKey, next)
  }
  return { text, change, checked: data ?? nothing, error }
}

export function ComposeEditor({ compose }: { compose: Compose }) {
  const { text, change, checked, error } = compose
  const [problem, setProblem] = useState<unknown>()
  const focusLine = useRef<((line: number) => void) | null>(null)
  return (
    <>
      <Editor
        text={text}
        onText={(next) => {
          setProblem(undefined)
          change(next)
        }}
        onProblem={setProblem}
        lines={linesOf(checked)}
        focusLine={focusLine}
      />
      {problem !== undefined && <Failure error={problem} />}
      {error !== null && <Failure error={error} />}
      {text.trim() !== '' && (
        <Problems checked={checked} show={(line) => focusLine.current?.(line)} />
      )}
    </>
  )
}

/** What whoever writes values that look like credentials has to say; nothing where none does. */
export function NoCredentials(props: {
  checked: Checked
  value: boolean
  change: (value: boolean) => void
}) {
  const { checked, value, change } = props
  if (!checked.warnings.some(({ code }) => code.includes('credential'))) return null
  return (
    <label>
      <input type="checkbox" checked={value} onChange={(event) => change(event.target.checked)} />{' '}
      The values that look like credentials are none: they may be public for ever
    </label>
  )
}
