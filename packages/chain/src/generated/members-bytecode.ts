// GENERATED from contracts/artifacts/Members.json by packages/chain/generate.ts. Do not edit.
export const membersBytecode = '0x' as const
