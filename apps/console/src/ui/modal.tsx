// A modal dialog of the component library: it keeps the focus, closes with Escape, gives the focus back, and hides the page behind it.
import type { ReactNode } from 'react'
import { Dialog } from '@base-ui/react/dialog'

export function Modal(props: {
  title: string
  close: () => void
  /** False while something runs that has to be waited for. */
  closable?: boolean
  children: ReactNode
}) {
  const { title, close, closable = true, children } = props
  return (
    <Dialog.Root
      open
      // What is half written is not lost to a press beside it.
      disablePointerDismissal
      onOpenChange={() => {
        if (closable) close()
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <div className="page-head">
            <Dialog.Title className="lead">{title}</Dialog.Title>
            {closable && (
              <Dialog.Close className="button bare" aria-label="Close">
                ✕
              </Dialog.Close>
            )}
          </div>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
