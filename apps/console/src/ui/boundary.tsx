// What is shown in place of a view that has failed: why, and a way on; the rest of the page stays.
import { Component, type ReactNode } from 'react'
import { Failure } from './parts.tsx'

type State = { readonly error?: unknown }

export class Boundary extends Component<{ children: ReactNode }, State> {
  override state: State = {}

  static getDerivedStateFromError(this: void, error: unknown): State {
    return { error }
  }

  override render(): ReactNode {
    if (!('error' in this.state)) return this.props.children
    return (
      <section className="card" aria-label="This view has failed">
        <Failure error={this.state.error} retry={() => window.location.reload()} />
      </section>
    )
  }
}
