// GENERATED from contracts/artifacts/Quorum.json by packages/chain/generate.ts. Do not edit.
export const quorumBytecode = '0x' as const
