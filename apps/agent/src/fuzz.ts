// Fuzz targets of everything that the agent reads from outside, and valid inputs to mutate. AgentError, NodeRefusal, TeeError and
// SecretsError may escape a target. Starts the launcher.
import { answerSeeds, answerTargets } from './fuzz/answers.ts'
import { callSeeds, callTargets } from './fuzz/calls.ts'
import { launchSeeds, launchTargets } from './fuzz/launches.ts'
import { launcherSeeds, launcherTargets } from './fuzz/launcher.ts'

/** Targets by name. */
export const fuzzTargets: Record<string, (input: Uint8Array) => void | Promise<void>> = {
  ...launchTargets,
  ...answerTargets,
  ...callTargets,
  ...launcherTargets,
}

/** Valid inputs to mutate, by target. */
export const fuzzSeeds: Record<string, readonly Uint8Array[]> = {
  ...launchSeeds,
  ...answerSeeds,
  ...callSeeds,
  ...launcherSeeds,
}
