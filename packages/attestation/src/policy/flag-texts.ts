// What each flag of claims means, in words. Pure.
import type { ClaimFlag } from '../appraisal/claims.ts'

/** Meaning by flag: half a sentence for refusals and tools. */
export const FLAG_TEXTS: Readonly<Record<ClaimFlag, string>> = {
  TD_DEBUG: 'the host can read this guest',
  NO_SEPT_VE_DISABLE: 'the host can make this guest fault on its own memory',
  SERVICE_TD: 'another guest may move this one',
  SGX_DEBUG: 'the host can read this enclave',
  SGX_PROVISION_KEY: 'the enclave may use the key that names the processor',
  SGX_LAUNCH_KEY: 'the enclave may use the key that allows other enclaves',
  UNKNOWN_ATTRIBUTES: 'has an attribute whose meaning is not known here',
  DEBUG: 'the host can read this guest',
  MIGRATE_MA: 'a migration agent may move this guest',
  NO_ALIAS_CHECK: 'the host may read and write its memory under other addresses',
  VMPL1: 'asked for at a lower privilege level',
  VMPL2: 'asked for at a lower privilege level',
  VMPL3: 'asked for at a lower privilege level',
  NITRO_DEBUG: 'the parent instance can read this enclave',
}
