// The ARK's revocation list. Pure but for the crypto back end.
import { parseBareHex } from '../../bytes.ts'
import { AttestationError, within } from '../../error.ts'
import { requireCurrentList, requireLive, verifyRevocationList } from '../../x509/chain.ts'
import { parseRevocationList, type RevocationList } from '../../x509/crl.ts'
import { remember, type AppraisalContext } from '../cache.ts'
import type { VekChain } from './vek-chain.ts'

/** Serial number of every VCEK and VLEK that AMD has issued so far. */
const NO_SERIAL = '00'

/**
 * Checks a list (hex of DER) and what it says of a chain; returns when it was issued, milliseconds.
 * Throws AttestationError `ark-crl.*`, `ask.revoked` or `vek.revoked`.
 */
export async function requireNotRevoked(
  hex: string,
  { leaf, ask, ark }: VekChain,
  context: AppraisalContext,
): Promise<number> {
  const der = parseBareHex(hex)
  if (der === undefined || der.length === 0)
    throw new AttestationError('ark-crl.invalid', 'ark-crl: expected hex of a CRL')
  const list = await remember(context, 'ark-crl', [der, ark.der], () => {
    const parsed: RevocationList = within('ark-crl.invalid', 'ark-crl', () =>
      parseRevocationList(der),
    )
    verifyRevocationList(parsed, ark, 'ark-crl', context.checks)
    return parsed
  })
  requireCurrentList(list, 'ark-crl', context.atMs)
  requireLive(ask, list, 'ask.revoked')
  // All leaves have the serial number 0, so no list can name one of them: a chip whose key leaked
  // is for a denylist of chip ids. A leaf with a number of its own would be its issuer's to revoke
  // (RFC 5280 section 5), but AMD publishes no list but this one.
  if (leaf.serial !== NO_SERIAL) requireLive(leaf, list, 'vek.revoked')
  return list.thisUpdateMs
}
