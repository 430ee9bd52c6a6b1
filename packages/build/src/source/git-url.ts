// Addresses of repositories: which are taken, and when two of them name one repository. Pure.
import { AttestationError, canonicalRepository } from '@wetee/attestation'
import { BuildError } from '../error.ts'

/** Git's name of the transport. `ext::` and the like run commands. Throws BuildError `build.git-url`. */
export function protocolOf(url: string): string {
  if (/^\/|^file:\/\/\//.test(url)) return 'file'
  if (/^https:\/\/[^\s]+$/.test(url)) return 'https'
  if (/^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])[:/]/.test(url)) return 'http'
  if (/^ssh:\/\/[^\s-][^\s]*$|^[a-z0-9_.]+@[a-z0-9.-]+:[^\s-][^\s]*$/i.test(url)) return 'ssh'
  throw new BuildError(
    'build.git-url',
    `"${url.slice(0, 200)}" is no address of a repository: expected https://, ssh://, user@host:path, file:/// or an absolute path`,
  )
}

/** Settings that let Git use one transport and no other, also where a repository or server names one. */
export function onlyProtocol(protocol: string): string[] {
  return ['-c', 'protocol.allow=never', '-c', `protocol.${protocol}.allow=always`]
}

/** Whether an address carries a password or token, which would be in state files, in logs and in the image's provenance. */
export function hasPassword(url: string): boolean {
  const [, scheme = '', login] = /^([a-z]+):\/\/([^/?#]*)@/i.exec(url) ?? []
  return login !== undefined && (scheme.toLowerCase() !== 'ssh' || login.includes(':'))
}

/** Whether two addresses name one repository: the same host and path, by whichever transport, with or without `.git`. What is no address names none. */
export function sameRepository(one: string, other: string): boolean {
  try {
    return canonicalRepository(one) === canonicalRepository(other)
  } catch (error) {
    if (error instanceof AttestationError) return false
    throw error
  }
}
