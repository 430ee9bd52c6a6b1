// Typed ABIs and creation code of the contracts, generated from their artifacts. Data only.
export { cloudAbi } from './generated/cloud.ts'
export { cloudBytecode } from './generated/cloud-bytecode.ts'
export { quorumAbi } from './generated/quorum.ts'
export { quorumBytecode } from './generated/quorum-bytecode.ts'
export { subnetAbi } from './generated/subnet.ts'
export { subnetBytecode } from './generated/subnet-bytecode.ts'
