// A simulated kernel for tests of what runs inside a TEE; nothing here has been compared with hardware.
export {
  createSimulatedFiles,
  type SimulatedCall,
  type SimulatedFiles,
  type SimulatedTree,
} from './simulated-files.ts'
export { createSimulatedTsm, type SimulatedProvider, type SimulatedTsm } from './simulated-tsm.ts'
export {
  createSimulatedMeasurements,
  extended,
  type SimulatedRegisters,
} from './simulated-measurements.ts'
export { createSimulatedGramine, type EnclaveUnderGramine } from './simulated-gramine.ts'
export {
  simulatedEnclaveMachine,
  simulatedSnpMachine,
  simulatedTdxMachine,
  type SimulatedMachine,
  type SnpGuestUnderLinux,
  type TdxGuestUnderLinux,
} from './simulated-machines.ts'
export {
  writeCertificateTable,
  writeUnsignedEnclaveQuote,
  writeUnsignedEnclaveReport,
  writeUnsignedSnpReport,
} from './report-writer.ts'
