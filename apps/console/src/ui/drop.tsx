// A text file that is dropped, or chosen, with a bound on its size.
import { useRef, useState, type ReactNode } from 'react'

/** Reads a file of at most `maxBytes`; throws one sentence about a larger one. */
export async function readTextFile(file: File, maxBytes: number): Promise<string> {
  if (file.size > maxBytes)
    throw new Error(`${file.name} has ${file.size} bytes, at most ${maxBytes} are read`)
  return file.text()
}

/** What an element needs to take a file that is dropped on it, and whether one is held over it now. */
export function useFileDrop(take: (file: File | undefined) => void) {
  const [over, setOver] = useState(false)
  const handlers = {
    onDragOver: (event: React.DragEvent) => {
      event.preventDefault()
      setOver(true)
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: React.DragEvent) => {
      event.preventDefault()
      setOver(false)
      take(event.dataTransfer.files[0])
    },
  }
  return { over, handlers }
}

export function DropZone(props: {
  accept: string
  maxBytes: number
  label: string
  onText: (text: string, name: string) => void
  onProblem: (error: unknown) => void
  children: ReactNode
}) {
  const input = useRef<HTMLInputElement>(null)
  const take = (file: File | undefined) => {
    if (file === undefined) return
    readTextFile(file, props.maxBytes).then(
      (text) => props.onText(text, file.name),
      props.onProblem,
    )
  }
  const { over, handlers } = useFileDrop(take)
  return (
    <div className={over ? 'drop over' : 'drop'} {...handlers}>
      <p>{props.children}</p>
      <input
        ref={input}
        type="file"
        hidden
        accept={props.accept}
        aria-label={props.label}
        onChange={(event) => {
          take(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
      <button type="button" className="button small" onClick={() => input.current?.click()}>
        {props.label}
      </button>
    </div>
  )
}
