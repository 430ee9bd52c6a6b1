// GENERATED from contracts/artifacts/Cloud.json by packages/chain/generate.ts. Do not edit.
export const cloudBytecode = '0x' as const
