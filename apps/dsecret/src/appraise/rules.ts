// Rules of the Subnet that instances and machines share: reference values, ids, revocation floors. I/O through the view.
import { hardwareId, platformId, type LaunchClaims } from '@wetee/attestation'
import { teeClassBits } from '@wetee/manifest'
import type { Block, ChainView, FloorSubject, Hex } from '../chain/chain-view.ts'
import { NodeError } from '../node-error.ts'

/** Throws NodeError `measurement.unknown`, `measurement.tee-class`, `measurement.not-yet-valid`, `measurement.deprecated`, `measurement.revoked`. */
export async function requireAccepted(
  view: Pick<ChainView, 'reference'>,
  role: number,
  { platform, measurementId }: Pick<LaunchClaims, 'platform' | 'measurementId'>,
  { number, timestamp }: Block,
): Promise<void> {
  const { status, teeClass, validFrom, until } = await view.reference(role, measurementId, number)
  const refuse = (why: string, text: string) =>
    new NodeError(`measurement.${why}`, `measurement ${measurementId} ${text}`)
  if (status === 'none') throw refuse('unknown', 'is not among the reference values of the Subnet')
  if (status === 'revoked') throw refuse('revoked', 'was revoked: run the released program')
  // A value that stands for other hardware vouches for another vendor.
  if (teeClass !== teeClassBits[platform])
    throw refuse('tee-class', `is the reference value of other hardware than ${platform}`)
  if (timestamp < validFrom) throw refuse('not-yet-valid', `counts from second ${validFrom} on`)
  if (status === 'deprecated' && timestamp >= until)
    throw refuse('deprecated', `counted until second ${until}: run the released program`)
}

/** The id of the machine that signed. Throws NodeError `platform.masked` where the host hides it. */
export function requireMachineId(
  { network }: Pick<ChainView, 'network'>,
  claims: LaunchClaims,
): Hex {
  const machine = hardwareId(claims)
  if (machine === undefined)
    throw new NodeError(
      'platform.masked',
      'the report does not say which machine made it: the host has to turn masking of the chip id off',
    )
  const { chainId, contracts } = network
  return platformId({ ...machine, chainId: BigInt(chainId), subnet: contracts.subnet })
}

/** Throws NodeError `revoked.<subject>` when the block is not above the floor of one of the subjects. */
export async function requireAboveFloors(
  view: Pick<ChainView, 'revocationFloor'>,
  subjects: Readonly<Partial<Record<FloorSubject, Hex | bigint>>>,
  evidenceBlock: bigint,
  at: bigint,
): Promise<void> {
  const entries = Object.entries(subjects) as [FloorSubject, Hex | bigint][]
  const floors = await Promise.all(
    entries.map(([subject, id]) => view.revocationFloor(subject, word(id), at)),
  )
  for (const [index, [subject]] of entries.entries()) {
    const floor = floors[index] ?? 0n
    if (evidenceBlock <= floor)
      throw new NodeError(
        `revoked.${subject}`,
        `evidence of block ${evidenceBlock} no longer counts: the ${subject} was revoked up to block ${floor}`,
      )
  }
}

/** An id as the contract keys its floors: 32 bytes. */
function word(id: Hex | bigint): Hex {
  const digits = typeof id === 'bigint' ? id.toString(16) : id.slice(2)
  return `0x${digits.padStart(64, '0')}`
}
