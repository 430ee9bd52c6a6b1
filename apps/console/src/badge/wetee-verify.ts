// `<wetee-verify app="3">`: a badge that any page can embed; it verifies an application in the reader's own browser. Network I/O.
import { openNetwork, verify } from '@wetee/sdk'
import { parseApp, refusalOf, verdictOf, type Verdict } from './verdict.ts'

/** The badge comes from a console: its network, and the page that shows every step, lie beside it. */
const home = new URL('./', import.meta.url)

const style = `
  :host { display: inline-block; font: 14px/1.4 system-ui, sans-serif; color-scheme: light dark }
  a { display: inline-flex; align-items: center; gap: 8px; padding: 5px 12px; border-radius: 99px;
    border: 1px solid currentColor; text-decoration: none; font-weight: 600 }
  a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px }
  .good { color: light-dark(#146c36, #5fd38a); background: light-dark(#e4f4ea, #142b1e) }
  .warn { color: light-dark(#7d4e00, #f0b84a); background: light-dark(#fdf1dc, #2e2410) }
  .bad { color: light-dark(#b3201f, #ff8d85); background: light-dark(#fdeaea, #351917) }
  .wait { color: light-dark(#526261, #9daaa8); background: light-dark(#f1f4f3, #1f2726) }
`

const marks = { good: '✓', warn: '!', bad: '✗', wait: '…' } as const

/**
 * Attributes: `app`, the number of the application; `network`, the URL of a network profile, by default the one beside the script.
 * Says what it found by the event `wetee-verify`, whose detail has `tone` and `text`. The page around it can paint over it: it is for
 * readers who trust the page, and leads those who do not to the console.
 */
class WeteeVerify extends HTMLElement {
  static readonly observedAttributes = ['app', 'network']
  readonly #link = document.createElement('a')
  #running: AbortController | undefined

  constructor() {
    super()
    const root = this.attachShadow({ mode: 'open' })
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(style)
    root.adoptedStyleSheets = [sheet]
    this.#link.target = '_blank'
    this.#link.rel = 'noopener noreferrer'
    this.#link.setAttribute('aria-live', 'polite')
    root.append(this.#link)
  }

  connectedCallback(): void {
    void this.#look()
  }

  disconnectedCallback(): void {
    this.#running?.abort()
  }

  attributeChangedCallback(): void {
    if (this.isConnected) void this.#look()
  }

  async #look(): Promise<void> {
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    const appId = parseApp(this.getAttribute('app'))
    if (appId === undefined)
      return this.#show({ tone: 'bad', text: 'Not verified: app names no application' })
    this.#link.href = new URL(`#/verify/${appId}`, home).href
    this.#show({ tone: 'wait', text: 'Verifying' })
    const { signal } = running
    let verdict: Verdict
    try {
      const profile = new URL(this.getAttribute('network') ?? 'network.json', home).href
      const network = await openNetwork(profile, { signal })
      verdict = verdictOf(await verify(network, { appId, relayed: true, signal }))
    } catch (error) {
      verdict = refusalOf(error)
    }
    if (signal.aborted) return
    this.#show(verdict)
    this.dispatchEvent(new CustomEvent('wetee-verify', { detail: verdict, bubbles: true }))
  }

  #show({ tone, text }: Verdict): void {
    this.#link.className = tone
    this.#link.textContent = `${marks[tone]} ${text}`
  }
}

customElements.define('wetee-verify', WeteeVerify)
