// What the hardware says of a launch, platform by platform.
import { expect, test } from 'vitest'
import type { SevSnpClaims, SgxClaims, TdxClaims } from '../appraisal/claims.ts'
import type { Hex } from '../bytes.ts'
import type { ImageEvent } from '../evidence/document.ts'
import { mrConfigId } from './configuration.ts'
import { replayImageEvents } from './image-event.ts'
import { eventLogHolds, hardwareId, launchedWith, launchField } from './launch.ts'

const bytes = (digits: string, size: number): Hex => `0x${digits.repeat(size)}`
const digest = bytes('c0', 32)
const image: ImageEvent = {
  register: 3,
  type: 'image',
  service: 'web',
  digest: `sha256:${'1a'.repeat(32)}`,
}
const tdx = {
  platform: 'tdx',
  mrConfigId: bytes('aa', 48),
  ppid: bytes('bb', 16),
  rtmr: [bytes('00', 48), bytes('00', 48), bytes('00', 48), replayImageEvents([image])],
} as unknown as TdxClaims
const sgx = {
  platform: 'sgx',
  configId: bytes('cc', 64),
  ppid: bytes('dd', 16),
} as unknown as SgxClaims
const snp = {
  platform: 'sev-snp',
  hostData: bytes('ee', 32),
  chipId: bytes('ff', 64),
} as unknown as SevSnpClaims

test('a configuration digest fills the launch field of each platform, zeros behind it', () => {
  expect(launchField('tdx', digest)).toEqual({ name: 'MRCONFIGID', value: mrConfigId(digest) })
  expect(launchField('sev-snp', digest)).toEqual({ name: 'HOST_DATA', value: digest })
  expect(launchField('sgx', digest)).toEqual({
    name: 'CONFIGID',
    value: `${digest}${'00'.repeat(32)}`,
  })
  expect(() => launchField('sgx', '0xc0')).toThrow(
    expect.objectContaining({ code: 'binding.invalid' }),
  )
})

test('the launch field is read from the claims of each platform', () => {
  expect(launchedWith(tdx)).toBe(bytes('aa', 48))
  expect(launchedWith(snp)).toBe(bytes('ee', 32))
  expect(launchedWith(sgx)).toBe(bytes('cc', 64))
})

test('a machine is named by PPID or chip id, and by neither when it is masked or zero', () => {
  expect(hardwareId(tdx)).toEqual({ platform: 'tdx', ppid: bytes('bb', 16) })
  expect(hardwareId(sgx)).toEqual({ platform: 'sgx', ppid: bytes('dd', 16) })
  expect(hardwareId(snp)).toEqual({ platform: 'sev-snp', chipId: bytes('ff', 64) })
  expect(hardwareId({ ...tdx, ppid: bytes('00', 16) })).toBeUndefined()
  expect(hardwareId({ ...snp, chipId: undefined })).toBeUndefined()
  expect(hardwareId({ ...snp, chipId: bytes('00', 64) })).toBeUndefined()
})

test('an event log holds where it replays to RTMR3, and elsewhere only when it is empty', () => {
  expect(eventLogHolds(tdx, [image])).toBe(true)
  expect(eventLogHolds(tdx, [])).toBe(false)
  expect(eventLogHolds(tdx, [image, image])).toBe(false)
  for (const claims of [snp, sgx]) {
    expect(eventLogHolds(claims, [])).toBe(true)
    expect(eventLogHolds(claims, [image])).toBe(false)
  }
})
