// What every dialog is drawn in. It is fetched with the first one: pages are read without any.
import { lazyView } from './lazy-view.ts'

/** Needs a `Suspense` above it, which the host of dialogs has. */
export const Dialog = lazyView(
  () => import('./modal.tsx'),
  (file) => file.Modal,
)
