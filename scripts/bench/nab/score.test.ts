// The scorer against published figures: those of the windowed Gaussian in numenta/NAB, results/windowedGaussian, standard profile.
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { corpusFolder, readCorpus } from './corpus.ts'
import { normalise, probationOf, scoreSeries } from './score.ts'
import { GAUSSIAN_ALARM, windowedGaussian } from './windowed-gaussian.ts'

const STANDARD = { tpWeight: 1, fpWeight: 0.11, fnWeight: 1 }

/** Series, raw score, rows that alarmed inside of windows and outside. */
const PUBLISHED: readonly (readonly [string, number, number, number])[] = [
  ['artificialNoAnomaly/art_daily_no_noise.csv', 0.0, 0, 0],
  ['artificialNoAnomaly/art_daily_perfect_square_wave.csv', 0.0, 0, 0],
  ['artificialNoAnomaly/art_daily_small_noise.csv', 0.0, 0, 0],
  ['artificialNoAnomaly/art_flatline.csv', 0.0, 0, 0],
  ['artificialNoAnomaly/art_noisy.csv', 0.0, 0, 0],
  ['artificialWithAnomaly/art_daily_flatmiddle.csv', -1.0, 0, 0],
  ['artificialWithAnomaly/art_daily_jumpsdown.csv', -1.0, 0, 0],
  ['artificialWithAnomaly/art_daily_jumpsup.csv', -1.0, 0, 0],
  ['artificialWithAnomaly/art_daily_nojump.csv', -1.0, 0, 0],
  ['artificialWithAnomaly/art_increase_spike_density.csv', -1.0, 0, 0],
  ['artificialWithAnomaly/art_load_balancer_spikes.csv', -0.692444609523, 18, 15],
  ['realAWSCloudwatch/ec2_cpu_utilization_24ae8d.csv', -1.26667875935, 2, 11],
  ['realAWSCloudwatch/ec2_cpu_utilization_53ea38.csv', -0.141423196117, 2, 3],
  ['realAWSCloudwatch/ec2_cpu_utilization_5f5533.csv', -2.0, 0, 0],
  ['realAWSCloudwatch/ec2_cpu_utilization_77c1ca.csv', -1.0, 0, 0],
  ['realAWSCloudwatch/ec2_cpu_utilization_825cc2.csv', 0.956537840284, 36, 0],
  ['realAWSCloudwatch/ec2_cpu_utilization_ac20cd.csv', 0.86067182427, 25, 0],
  ['realAWSCloudwatch/ec2_cpu_utilization_c6585a.csv', -1.32, 0, 12],
  ['realAWSCloudwatch/ec2_cpu_utilization_fe7f93.csv', 0.638757791772, 6, 1],
  ['realAWSCloudwatch/ec2_disk_write_bytes_1ef3de.csv', -4.19089678552, 9, 48],
  ['realAWSCloudwatch/ec2_disk_write_bytes_c0d644.csv', -1.09599853032, 13, 19],
  ['realAWSCloudwatch/ec2_network_in_257a54.csv', 0.86067182427, 4, 0],
  ['realAWSCloudwatch/ec2_network_in_5abac7.csv', -3.52193223519, 19, 50],
  ['realAWSCloudwatch/elb_request_count_8c0756.csv', -0.138449197924, 1, 0],
  ['realAWSCloudwatch/grok_asg_anomaly.csv', 2.37942230674, 69, 3],
  ['realAWSCloudwatch/iio_us-east-1_i-a2eb1cd9_NetworkIn.csv', -2.0, 0, 0],
  ['realAWSCloudwatch/rds_cpu_utilization_cc0c53.csv', -0.138449197924, 50, 0],
  ['realAWSCloudwatch/rds_cpu_utilization_e47b3b.csv', -0.138449197924, 2, 0],
  ['realAdExchange/exchange-2_cpc_results.csv', -1.0, 0, 0],
  ['realAdExchange/exchange-2_cpm_results.csv', -2.0, 0, 0],
  ['realAdExchange/exchange-3_cpc_results.csv', 2.50266326119, 5, 1],
  ['realAdExchange/exchange-3_cpm_results.csv', 0.862098587352, 1, 0],
  ['realAdExchange/exchange-4_cpc_results.csv', 0.292288463428, 3, 4],
  ['realAdExchange/exchange-4_cpm_results.csv', 1.27471036268, 4, 3],
  ['realTraffic/TravelTime_387.csv', -1.79598133079, 1, 6],
  ['realTraffic/TravelTime_451.csv', -1.0, 0, 0],
  ['realTraffic/occupancy_6005.csv', -1.0, 0, 0],
  ['realTraffic/occupancy_t4013.csv', 1.72522152023, 3, 0],
  ['realTraffic/speed_6005.csv', 0.832538201468, 1, 0],
  ['realTraffic/speed_7578.csv', 3.47059145681, 11, 1],
  ['realTraffic/speed_t4013.csv', 1.76631783122, 14, 0],
]

const folder = corpusFolder()
const there = existsSync(folder)
if (!there) console.log(`SKIPPED: no labelled series at ${folder}: set WETEE_VECTORS`)

describe.runIf(there)('published figures', () => {
  const corpus = there ? readCorpus(folder) : []

  test('of the windowed Gaussian are met on each of 41 series', () => {
    expect(corpus.map(({ name }) => name)).toEqual(PUBLISHED.map(([name]) => name))
    for (const [index, [name, raw, inside, outside]] of PUBLISHED.entries()) {
      const series = corpus[index]
      if (series === undefined) throw new Error(name)
      const scores = windowedGaussian(series.values)
      const score = scoreSeries(series, (row) => (scores[row] ?? 0) >= GAUSSIAN_ALARM, STANDARD)
      expect(score.raw, name).toBeCloseTo(raw, 10)
      expect([score.truePositives, score.falsePositives], name).toEqual([inside, outside])
    }
  }, 60_000)

  test('of the detector that never alarms are those of nothing found: 0', () => {
    const raws = corpus.map((series) => scoreSeries(series, () => false, STANDARD).raw)
    const windows = corpus.reduce((sum, series) => sum + series.windows.length, 0)
    const raw = raws.reduce((sum, one) => sum + one, 0)
    expect(raw).toBe(-windows)
    expect(normalise(raw, windows, STANDARD)).toBe(0)
  })

  test('of the detector that alarms at the first row of each window and nowhere else: 100', () => {
    const windows = corpus.reduce((sum, series) => sum + series.windows.length, 0)
    const raw = corpus.reduce((sum, series) => {
      const first = new Set(series.windows.map(([from]) => from))
      return sum + scoreSeries(series, (row) => first.has(row), STANDARD).raw
    }, 0)
    expect(normalise(raw, windows, STANDARD)).toBeCloseTo(100, 9)
  })
})

describe('scores of one series', () => {
  const series = {
    timesMs: Array.from({ length: 200 }, (_, row) => row),
    windows: [[100, 119]] as const,
  }
  const at = (...rows: number[]) => scoreSeries(series, (row) => rows.includes(row), STANDARD)

  test('count the earliest alarm of a window, and each false one', () => {
    expect(at(100).raw).toBeCloseTo(1, 12)
    expect(at(100, 110, 119).raw).toBe(at(100).raw)
    expect(at(119).raw).toBeLessThan(at(110).raw)
    expect(at(50).raw).toBeCloseTo(-1.11, 12)
    expect(at(120).raw).toBeGreaterThan(at(199).raw)
  })

  test('leave out the first 15 percent, of at most 5,000 rows', () => {
    expect(probationOf(200)).toBe(30)
    expect(probationOf(100_000)).toBe(750)
    expect(at(29).raw).toBe(-1)
    expect(at(30).raw).toBeCloseTo(-1.11, 12)
  })
})
