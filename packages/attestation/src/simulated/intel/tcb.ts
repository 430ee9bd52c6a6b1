// The simulated processor family: names, and the SVNs that its TCB levels ask for. Node only.
import { createHash } from 'node:crypto'
import { PLATFORM_STATUSES, type PlatformStatus } from '../../endorsement/intel/tcb-info.ts'

/** States a chip can be put into: the levels of TCB info. */
export type SimulatedTcb = PlatformStatus
/** What runs on a chip: guests (TDX) and enclaves (SGX). */
export type SimulatedTee = 'tdx' | 'sgx'
/** Which of the vendor's CAs has issued a chip's certificates. */
export type SimulatedCa = 'platform' | 'processor'

/** SVNs of a state, at the size of the fields of a quote and a certificate. */
export type SimulatedSvns = {
  readonly sgx: readonly number[]
  readonly pce: number
  readonly tee: readonly number[]
}

/** All states, newest level first. */
export const TCB_STATES: readonly SimulatedTcb[] = PLATFORM_STATUSES
/** "SIMULA" in ASCII: no processor has this FMSPC. */
export const FMSPC = '53494d554c41'
export const OTHER_FMSPC = '53494d554c42'
export const PCE_ID = '0000'
export const OTHER_PCE_ID = '0001'

/** Newest SVN of the TDX module by generation; the levels below it are out of date and revoked. */
export const MODULE_SVNS: Readonly<Record<number, number>> = { 1: 5, 3: 3 }
const MODULE_GENERATION = 1

const signer = (name: string) => createHash('sha256').update(`Simulated ${name} signer`).digest()

/** The quoting enclave of a TEE: its newest SVN, product, and signer of 32 bytes. */
export const QUOTING_ENCLAVES: Readonly<
  Record<SimulatedTee, { isvSvn: number; isvProdId: number; mrSigner: Uint8Array }>
> = {
  tdx: { isvSvn: 4, isvProdId: 2, mrSigner: signer('TD quoting enclave') },
  sgx: { isvSvn: 8, isvProdId: 1, mrSigner: signer('quoting enclave') },
}

const pad = (values: readonly number[]) =>
  Array.from({ length: 16 }, (_, index) => values[index] ?? 0)

/**
 * SVNs of a chip in a state, which are the least that its level asks for: older microcode and PCE
 * where it is out of date, component 4 lower where hardening is needed, component 5 where a
 * setting is.
 */
export function svnsOf(state: SimulatedTcb): SimulatedSvns {
  const old = state === 'Revoked' ? 2 : state.startsWith('OutOfDate') ? 1 : 0
  const microcode = 7 - old
  const hardening = state.includes('SWHardening') ? 2 : 3
  const setting = state.includes('Configuration') ? 0 : 1
  return {
    sgx: pad([microcode, microcode, 2, 2, hardening, setting, 0, 3]),
    pce: old === 0 ? 11 : 10,
    tee: pad([MODULE_SVNS[MODULE_GENERATION] ?? 0, MODULE_GENERATION, microcode]),
  }
}
