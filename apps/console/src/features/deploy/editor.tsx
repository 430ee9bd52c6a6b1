// A Compose file with line numbers; lines with problems stand out, and files can be dropped.
import { useRef } from 'react'
import { readTextFile, useFileDrop } from '../../ui/drop.tsx'

/** Larger files are refused by the manifest package too. */
const maxComposeBytes = 262_144

export function Editor(props: {
  text: string
  onText: (text: string) => void
  onProblem: (error: unknown) => void
  lines: ReadonlyMap<number, 'bad' | 'warn'>
  focusLine: React.RefObject<((line: number) => void) | null>
}) {
  const { text, lines } = props
  const { over, handlers } = useFileDrop((file) => {
    if (file !== undefined) readTextFile(file, maxComposeBytes).then(props.onText, props.onProblem)
  })
  const area = useRef<HTMLTextAreaElement>(null)
  const count = text.split('\n').length
  props.focusLine.current = (line) => {
    const start =
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0)
    area.current?.focus()
    area.current?.setSelectionRange(start, start)
  }
  return (
    <div className={over ? 'editor over' : 'editor'} {...handlers}>
      <div className="gutter" aria-hidden="true">
        {Array.from({ length: count }, (_, index) => (
          <b key={index} className={lines.get(index + 1) ?? ''}>
            {index + 1}
          </b>
        ))}
      </div>
      <textarea
        ref={area}
        value={text}
        rows={Math.max(count, 16)}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        aria-label="Compose file"
        aria-invalid={[...lines.values()].includes('bad')}
        aria-describedby="compose-problems"
        onChange={(event) => props.onText(event.target.value)}
      />
    </div>
  )
}
