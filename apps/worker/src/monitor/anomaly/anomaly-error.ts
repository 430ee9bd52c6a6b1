// The one error of the anomaly model. Pure.

/** A state that was not made by this version of the model; a new model starts from nothing. */
export class AnomalyError extends Error {
  override readonly name = 'AnomalyError'
  readonly code = 'anomaly.state-invalid'
  readonly retryable = false
}
