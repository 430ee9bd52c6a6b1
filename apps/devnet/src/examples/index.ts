// Examples on a running devnet. Re-exports only.
export { deployExistingProgram, existingProgramSteps } from './existing-program.ts'
export { deployPriceFeed, deployPriceOracle, priceRules } from './price-oracle.ts'
export { deployAdmission, deployPrivateScoring, sealInput } from './private-scoring.ts'
export { deployRaffle, deployRandomDraw } from './random-draw.ts'
export {
  ask,
  deployConsumer,
  deployProgram,
  openStage,
  read,
  send,
  type Deployed,
  type Stage,
} from './stage.ts'
