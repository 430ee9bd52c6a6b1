// WalletConnect in a site whose builder asks for it: its project, its relay, and its packages, which are no part of this project. Reads files.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Plugin, UserConfig } from 'vite'

/** What a builder asks for. */
export type WalletConnectOptions = {
  /** Of the builder's own account at Reown: 32 hexadecimal digits. */
  readonly projectId: string
  /** Address of another relay than the company's: wss, or ws on the loopback address. */
  readonly relayUrl?: string | undefined
  /** Folder whose `node_modules` has the provider; the repository where none is named. */
  readonly packages?: string | undefined
}

const provider = '@walletconnect/ethereum-provider'

/** The newest under the Apache License, which is the one that is tested; later ones have a licence of their own. */
export const providerVersion = '2.21.8'

/** Of the provider, unless it is given another one. */
const publicRelay = 'wss://relay.walletconnect.org'

/** The relay as a source of a policy. Throws on a project or a relay that cannot be one. */
export function relaySource({ projectId, relayUrl }: WalletConnectOptions): string {
  if (!/^[0-9a-f]{32}$/.test(projectId))
    throw new Error(
      `expected --walletconnect with a project id, 32 hexadecimal digits in lower case, got ${projectId}`,
    )
  const { protocol, hostname, origin } = URL.parse(relayUrl ?? publicRelay) ?? {}
  const isLoopback = hostname === '127.0.0.1' || hostname === 'localhost'
  if (protocol !== 'wss:' && !(protocol === 'ws:' && isLoopback))
    throw new Error(
      `expected --walletconnect-relay with a wss URL, or with ws on the loopback address, got ${relayUrl}`,
    )
  return origin!
}

/** What the site is built with. Throws where the provider is not installed. */
export function walletConnectConfig(options: WalletConnectOptions): UserConfig {
  const source = relaySource(options)
  const importer = importerOf(options)
  // The provider's own dialog brings fonts, pictures and statistics from elsewhere: it is never opened, and stays out.
  const nothing = '\0nothing'
  const plugin: Plugin = {
    name: 'walletconnect',
    enforce: 'pre',
    resolveId(id) {
      if (id.startsWith('@reown/appkit')) return nothing
      return id === provider ? this.resolve(id, importer, { skipSelf: true }) : undefined
    },
    load: (id) => (id === nothing ? 'export const createAppKit = undefined' : undefined),
    transformIndexHtml: (page) => page.replace(/connect-src [^;"]*/, `$& ${source}`),
  }
  return { plugins: [plugin], define: walletConnectNames(options) }
}

/** Names in the source of the site, and what they are. */
export function walletConnectNames(options?: WalletConnectOptions): Record<string, string> {
  const text = (value: string | undefined) => JSON.stringify(value) ?? 'undefined'
  return {
    WALLETCONNECT_PROJECT: text(options?.projectId),
    WALLETCONNECT_RELAY: text(options?.relayUrl),
  }
}

/** What tells this site from others that are built of the same sources: the options, and all that is installed. */
export function walletConnectIdentity(options: WalletConnectOptions): string {
  const source = relaySource(options)
  const installed = join(importerOf(options), '../node_modules/.package-lock.json')
  return JSON.stringify([source, options, readFileSync(installed, 'utf8')])
}

/** A file that can import the provider. */
function importerOf({ packages }: WalletConnectOptions): string {
  const importer = join(packages ?? join(import.meta.dirname, '../..'), 'package.json')
  try {
    createRequire(importer).resolve(provider)
  } catch (cause) {
    throw new Error(
      `${provider} is not installed: npm install --no-save ${provider}@${providerVersion}. It is no part of this project: ${providerVersion} is under the Apache License, 2.21.9 and later are under a licence of their own, which whoever serves the site has to accept`,
      { cause },
    )
  }
  return importer
}
