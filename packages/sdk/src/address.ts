// Addresses as people write them. Pure.
import { getAddress, isAddress, zeroAddress, type Address } from 'viem'
import { SdkError } from './error.ts'

/** An address with its checksum; throws `address.invalid`. */
export function requireAddress(what: string, text: string): Address {
  if (isAddress(text, { strict: false }) && text !== zeroAddress && isChecksummed(text))
    return getAddress(text)
  throw new SdkError(
    'address.invalid',
    `the ${what} "${text}" is no address: write 0x and 40 hex digits, in one case or with the right checksum`,
  )
}

function isChecksummed(text: string): boolean {
  const digits = text.slice(2)
  return digits === digits.toLowerCase() || digits === digits.toUpperCase() || isAddress(text)
}
