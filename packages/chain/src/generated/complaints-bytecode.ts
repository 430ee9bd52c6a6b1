// GENERATED from contracts/artifacts/Complaints.json by packages/chain/generate.ts. Do not edit.
export const complaintsBytecode = '0x' as const
