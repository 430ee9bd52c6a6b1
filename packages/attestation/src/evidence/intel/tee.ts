// Intel's two kinds of trusted execution environments. Types only.

/** TDX guests and SGX enclaves: their quotes and collateral differ in what is named here. */
export type IntelTee = 'tdx' | 'sgx'
