// What is shown in place of a view that has failed: why, and a way on; the rest of the page stays.
import type { ReactNode } from 'react'
import { CatchBoundary } from '@tanstack/react-router'
import { Failure } from './parts.tsx'

/** Catches what fails in a part of a view; with another key it tries again. */
export function Boundary({ children }: { children: ReactNode }) {
  return (
    <CatchBoundary getResetKey={() => 0} errorComponent={ViewFailed}>
      {children}
    </CatchBoundary>
  )
}

export function ViewFailed({ error }: { error: unknown }) {
  return (
    <section className="card" aria-label="This view has failed">
      <Failure error={error} retry={() => window.location.reload()} />
    </section>
  )
}
