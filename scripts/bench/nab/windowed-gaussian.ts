// The windowed Gaussian detector of the Numenta Anomaly Benchmark, own code: the named reference. Pure.

const WINDOW = 6_400
const STEP = 100
const LEAST_DEVIATION = 1e-6
/** The published threshold 1.0, as scores were written with twelve digits. */
export const GAUSSIAN_ALARM = 1 - 5e-13

/** Scores by row: how improbable a value is under the normal distribution of the 6,400 before it, 0.5 to 1. */
export function windowedGaussian(values: readonly number[]): number[] {
  const kept = new Float64Array(WINDOW)
  const waiting: number[] = []
  let [size, mean, deviation] = [0, 0, 1]
  return values.map((value) => {
    const score = size === 0 ? 0 : 1 - tail(Math.abs(value - mean) / deviation)
    if (size < WINDOW) kept[size++] = value
    else {
      if (waiting.push(value) < STEP) return score
      kept.copyWithin(0, STEP)
      kept.set(waiting.splice(0), WINDOW - STEP)
    }
    ;[mean, deviation] = normalOf(kept, size)
    return score
  })
}

/** Mean and deviation, summed anew: the window of the published detector is summed for every value too. */
function normalOf(kept: Float64Array, size: number): [mean: number, deviation: number] {
  let sum = 0
  for (let i = 0; i < size; i++) sum += kept[i] ?? 0
  const mean = sum / size
  let squares = 0
  for (let i = 0; i < size; i++) squares += ((kept[i] ?? 0) - mean) ** 2
  return [mean, squares === 0 ? LEAST_DEVIATION : Math.sqrt(squares / size)]
}

/** Probability that a standard normal variable is above `z` >= 0: a series below 3, a continued fraction above. */
function tail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (z < 3) {
    let [term, sum] = [z, z]
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 200; n++) {
      term *= (z * z) / (2 * n + 1)
      sum += term
    }
    return 0.5 - density * sum
  }
  let fraction = 0
  for (let n = 60; n > 0; n--) fraction = n / (z + fraction)
  return density / (z + fraction)
}
