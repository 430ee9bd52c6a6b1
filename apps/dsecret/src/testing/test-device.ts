// A TEE in memory on a simulated chip, for tests. No I/O.
import type { SimulatedChip } from '@wetee/attestation/simulated'
import { TeeError, type TeeDevice } from '@wetee/tee-device'
import type { Hex } from '../chain/chain-view.ts'

/** The device of a guest; `sealing: false`: a TEE that cannot seal, as real TDX. */
export function testDevice(
  chip: SimulatedChip,
  launch: { readonly mrtd: Hex; readonly mrConfigId: Hex },
  { sealing = true }: { readonly sealing?: boolean } = {},
): TeeDevice {
  const guest = chip.launch(launch)
  return {
    platform: 'tdx',
    simulated: true,
    report: () => Promise.resolve(guest.report()),
    extend: (register, digest) => Promise.resolve(guest.extend(register, digest)),
    quote: (reportData) => Promise.resolve(guest.quote(reportData)),
    sealingKey: (context) =>
      sealing
        ? Promise.resolve(chip.sealingKey(launch.mrtd, context))
        : Promise.reject(new TeeError('tee.no-sealing-key', 'this TEE seals nothing')),
  }
}
