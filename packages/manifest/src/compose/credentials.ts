// Values that look like credentials: a manifest is public for ever. Pure; a guess, so only warnings
// come of it.

const namedSecret =
  /(?:^|[_.-])(?:PASSWORDS?|PASSWD|PASSPHRASE|PASS|PWD|SECRETS?|TOKENS?|CREDENTIALS?|API_?KEYS?|ACCESS_?KEYS?|PRIVATE_?KEYS?|SECRET_?KEYS?|AUTH|MNEMONIC|SEED)(?:$|[_.-])/i
// Names that only say where a secret lies, or how long it lasts.
const namedHarmless = /(?:_FILE|_PATH|_DIR|_NAME|_ID|_URL|_TTL|_TYPE|_LENGTH|_EXPIRY|_EXPIRES_IN)$/i
const harmlessValue = /^(?:|true|false|yes|no|none|null|[0-9]{1,6}|\/[\w./-]*)$/i

const shapes: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'a private key'],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, 'an AWS access key'],
  [/\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,}/, 'a GitHub token'],
  [/\bglpat-[A-Za-z0-9_-]{18,}/, 'a GitLab token'],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, 'a Slack token'],
  [/\bAIza[A-Za-z0-9_-]{30,}/, 'a Google API key'],
  [/\b(?:sk|rk)[-_](?:live|test|proj|ant)?[-_]?[A-Za-z0-9_-]{20,}/, 'a secret API key'],
  [/\bnpm_[A-Za-z0-9]{30,}/, 'an npm token'],
  [
    /\beyJ[A-Za-z0-9_-]{8,2048}\.eyJ[A-Za-z0-9_-]{8,4096}\.[A-Za-z0-9_-]{8,}/,
    'a signed token (JWT)',
  ],
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{1,256}:[^\s/@]{1,256}@/i, 'a URL with a password'],
  [/(?:^|[^0-9a-fA-F])(?:0x)?[0-9a-fA-F]{64}(?:$|[^0-9a-fA-F])/, 'a key of 32 bytes'],
  [/^(?:[a-z]{3,8} ){11}(?:[a-z]{3,8} ){0,12}[a-z]{3,8}$/, 'a wallet’s recovery phrase'],
]

/** What a value seems to be, or undefined. `name` is the variable's, where it has one. */
export function suspectedCredential(value: string, name?: string): string | undefined {
  if (name !== undefined && !harmlessValue.test(value))
    if (namedSecret.test(name) && !namedHarmless.test(name)) return `the value of ${name}`
  const text = value.slice(0, 16_384)
  for (const [shape, what] of shapes) if (shape.test(text)) return what
  return text.split(/[\s,;=&"'`|]+/).some(looksRandom) ? 'a long random token' : undefined
}

/** At least 24 characters of one token alphabet, with letters and digits, and little repetition. */
function looksRandom(word: string): boolean {
  if (word.length < 24 || word.length > 512) return false
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(word) || !/[0-9]/.test(word) || !/[A-Za-z]/.test(word))
    return false
  // An account's or a contract's: these are public.
  if (/^0x[0-9a-f]{40}$/i.test(word)) return false
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(word)) return false
  const hexadecimal = /^[0-9a-f]+$/i.test(word)
  return entropyBits(word) >= (hexadecimal ? 3 : 3.8)
}

/** Shannon entropy in bits per character. */
function entropyBits(word: string): number {
  const counts = new Map<string, number>()
  for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values())
    bits -= (count / word.length) * Math.log2(count / word.length)
  return bits
}
