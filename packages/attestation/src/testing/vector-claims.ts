// The claims that a valid case of the attestation vectors must give, by platform. Pure.
import type { Claims } from '../index.ts'
import type { VectorCase } from './vector-case.ts'

/** Claims by name, as far as the manifest knows them. */
export function expectedClaims(vector: VectorCase, claims: Claims): Record<string, unknown> {
  const { expect, kind } = vector
  return {
    flags: expect.flags,
    trustRoot: 'vector',
    simulated: kind === 'synthetic',
    ...EXPECTED[claims.platform](vector, claims),
  }
}

const hex = (value: string | number | undefined) => `0x${value}`

const EXPECTED: {
  readonly [P in Claims['platform']]: (
    vector: VectorCase,
    claims: Claims,
  ) => Record<string, unknown>
} = {
  tdx: (vector) => ({
    ...intel(vector),
    mrtd: hex(vector.fields?.['mrtd']),
    rtmr: [0, 1, 2, 3].map((index) => hex(vector.fields?.[`rtmr${index}`])),
    mrConfigId: hex(vector.fields?.['mr_config_id']),
  }),
  sgx: (vector) => ({
    ...intel(vector),
    mrEnclave: hex(vector.fields?.['mrenclave']),
    mrSigner: hex(vector.fields?.['mrsigner']),
    isvProdId: vector.fields?.['isvProdId'],
    isvSvn: vector.fields?.['isvSvn'],
    attributes: hex(vector.fields?.['attributes']),
  }),
  'sev-snp': ({ expect, fields = {} }) => ({
    product: expect.product,
    signedBy: expect.signedBy,
    reportedTcb: amdTcb(fields['reported_tcb'], expect.product),
    currentTcb: amdTcb(fields['current_tcb'], expect.product),
    committedTcb: amdTcb(fields['committed_tcb'], expect.product),
    launchTcb: amdTcb(fields['launch_tcb'], expect.product),
    vmpl: fields['vmpl'],
    guestSvn: fields['guest_svn'],
    guestPolicy: hex(String(fields['policy']).slice(2).padStart(16, '0')),
    measurement: hex(fields['measurement']),
    hostData: hex(fields['host_data']),
    reportData: hex(fields['report_data']),
    idKeyDigest: hex(fields['id_key_digest']),
    chipId: /^0*$/.test(String(fields['chip_id'])) ? undefined : hex(fields['chip_id']),
  }),
  nitro: ({ fields = {} }, claims) => ({
    moduleId: fields['module_id'],
    timestampMs: Date.parse(String(fields['timestamp'])),
    pcrs: {
      // The manifest names the first three.
      ...('pcrs' in claims ? claims.pcrs : {}),
      ...{ 0: hex(fields['pcr0']), 1: hex(fields['pcr1']), 2: hex(fields['pcr2']) },
    },
  }),
}

function intel({ expect, fields = {} }: VectorCase): Record<string, unknown> {
  return {
    tcbStatus: expect.tcbStatus,
    tcbDate: expect.tcbDate,
    advisoryIds: expect.advisoryIDs,
    fmspc: hex(expect.fmspc),
    reportData: hex(fields['report_data']),
  }
}

/** Numbers of a TCB version: lowest byte first; Turin has one more in front. */
function amdTcb(value: string | number | undefined, product: string | undefined) {
  const bytes = (String(value).match(/../g) ?? []).map((byte) => parseInt(byte, 16))
  const [first, second, third, fourth] = bytes
  const [snp, microcode] = [bytes[6], bytes[7]]
  return product === 'Turin'
    ? { fmc: first, bootloader: second, tee: third, snp: fourth, microcode }
    : { bootloader: first, tee: second, snp, microcode }
}
