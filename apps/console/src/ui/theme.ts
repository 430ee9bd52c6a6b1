// Light, dark, or what the system says. Remembers the choice.
import { useState } from 'react'

const key = 'wetee.theme'
const choices = ['system', 'light', 'dark'] as const
export type Theme = (typeof choices)[number]

const stored = (): Theme =>
  choices.find((choice) => choice === localStorage.getItem(key)) ?? 'system'

/** Puts the remembered choice on the page. */
export function applyTheme(theme: Theme = stored()): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

/** The choice, and the function that takes the next one. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState(stored)
  const next = () => {
    const chosen = choices[(choices.indexOf(theme) + 1) % choices.length] ?? 'system'
    localStorage.setItem(key, chosen)
    applyTheme(chosen)
    setTheme(chosen)
  }
  return [theme, next]
}

/** Calls whenever the page's colours have changed, by the choice or by the system; the function that ends this. */
export function onThemeChange(changed: () => void): () => void {
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  const chosen = new MutationObserver(changed)
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  system.addEventListener('change', changed)
  return () => {
    chosen.disconnect()
    system.removeEventListener('change', changed)
  }
}
