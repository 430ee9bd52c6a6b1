// A modal dialog of the browser's own: it keeps the focus, closes with Escape, and gives the focus back.
import { useEffect, useId, useRef, type ReactNode } from 'react'

export function Dialog(props: {
  title: string
  close: () => void
  /** False while something runs that has to be waited for. */
  closable?: boolean
  children: ReactNode
}) {
  const { close, closable = true } = props
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    dialog?.showModal()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={ref}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        if (closable) close()
      }}
    >
      <div className="in">
        <div className="page-head">
          <h2 id={id} className="lead">
            {props.title}
          </h2>
          {closable && (
            <button type="button" className="button bare" onClick={close} aria-label="Close">
              ✕
            </button>
          )}
        </div>
        {props.children}
      </div>
    </dialog>
  )
}
