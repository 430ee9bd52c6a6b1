// DER of certificates and lists that nobody signed: right in form, for what only reads forms. Pure.

/** An element with a definite, minimal length. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const size: number[] = []
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) size.unshift(rest % 256)
  const length = content.length < 0x80 ? [content.length] : [0x80 | size.length, ...size]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

/** GeneralizedTime, or UTCTime when `short`. */
export function derTime(atMs: number, short = false): Buffer {
  const digits = new Date(atMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:T]/g, '')
  return short ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

const ALGORITHM = der(0x30, der(0x06, Buffer.from([0x2a, 0x03])))
const SIGNATURE = der(0x03, Buffer.alloc(129))
const name = (text: string) => der(0x30, der(0x31, der(0x30, der(0x0c, Buffer.from(text)))))

/** A certificate; `extension` is hex that appears in it. */
export function makeCertificate(
  subject: string,
  fromMs: number,
  untilMs: number,
  extension = '',
): Buffer {
  const signed = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([0])),
    ALGORITHM,
    name('issuer'),
    der(0x30, derTime(fromMs, true), derTime(untilMs)),
    name(subject),
    der(0x30, ALGORITHM, SIGNATURE),
    der(0xa3, der(0x04, Buffer.from(extension, 'hex'))),
  )
  return der(0x30, signed, ALGORITHM, SIGNATURE)
}

/** A revocation list. */
export function makeRevocationList(issuer: string, fromMs: number, untilMs: number): Buffer {
  const version = der(0x02, Buffer.from([1]))
  const dates = [derTime(fromMs, true), derTime(untilMs)]
  const signed = der(0x30, version, ALGORITHM, name(issuer), ...dates)
  return der(0x30, signed, ALGORITHM, SIGNATURE)
}

/** One PEM block. */
export function toPem(certificate: Uint8Array): string {
  const lines = Buffer.from(certificate).toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}
