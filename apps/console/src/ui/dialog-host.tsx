// Where dialogs live: above every view, so that one stays open when the button that opened it goes, and ends with its view.
import { createContext, Suspense, useContext, useEffect, useState, type ReactNode } from 'react'
import { Boundary } from './boundary.tsx'
import { Loading } from './parts.tsx'

/** Draws a dialog that has `close` to end itself. */
export type DrawDialog = (close: () => void) => ReactNode

const OpenDialog = createContext<((draw: DrawDialog) => void) | undefined>(undefined)

/** A function that opens a dialog, in place of one that is open. */
export function useDialog(): (draw: DrawDialog) => void {
  const open = useContext(OpenDialog)
  if (open === undefined) throw new Error('there is no host of dialogs above this component')
  return open
}

type Opened = { readonly number: number; readonly draw: DrawDialog }

export function DialogHost({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState<Opened | undefined>()
  const [open] = useState(
    () => (draw: DrawDialog) =>
      setOpened((before) => ({ number: (before?.number ?? 0) + 1, draw })),
  )
  const [close] = useState(() => () => setOpened(undefined))
  useEffect(() => {
    window.addEventListener('hashchange', close)
    return () => window.removeEventListener('hashchange', close)
  }, [close])
  return (
    <OpenDialog value={open}>
      {children}
      {opened !== undefined && (
        <div className="dialog-place">
          <Boundary key={opened.number}>
            <Suspense fallback={<Coming />}>{opened.draw(close)}</Suspense>
          </Boundary>
        </div>
      )}
    </OpenDialog>
  )
}

/** Seen where a dialog's file takes its time. */
function Coming() {
  return (
    <div className="card late">
      <Loading lines={2} what="the dialog" />
    </div>
  )
}
