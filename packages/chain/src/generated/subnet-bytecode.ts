// GENERATED from contracts/artifacts/Subnet.json by packages/chain/generate.ts. Do not edit.
export const subnetBytecode = '0x' as const
