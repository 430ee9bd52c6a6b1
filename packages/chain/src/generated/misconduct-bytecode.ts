// GENERATED from contracts/artifacts/Misconduct.json by packages/chain/generate.ts. Do not edit.
export const misconductBytecode = '0x' as const
