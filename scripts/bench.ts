// Benchmarks: `npm run bench -- <area> [--json]`, `--list` for the areas. Exit 1 when a ratio misses its target.
import { parseArgs } from 'node:util'
import { benchAnomaly } from './bench/anomaly.ts'
import { benchAttestation } from './bench/attestation.ts'
import { benchAttestationBrowser } from './bench/attestation-browser.ts'
import { benchAttestationMemory } from './bench/attestation-memory.ts'
import { benchBridge, benchBridgeFaults } from './bench/bridge.ts'
import { benchConsole } from './bench/console.ts'
import { benchDeploy } from './bench/deploy.ts'
import { benchDsecret } from './bench/dsecret.ts'
import { benchHotUpdate } from './bench/hot-update.ts'
import { benchIngress } from './bench/ingress.ts'
import { benchLogs } from './bench/logs.ts'
import { benchManifest } from './bench/manifest.ts'
import type { Measured } from './bench/measure.ts'
import { benchStart } from './bench/start.ts'
import { benchThresholdFloors } from './bench/threshold-floors.ts'
import { benchThreshold } from './bench/threshold.ts'
import { benchWorker } from './bench/worker.ts'
import { fail, printMeasured } from './bench/report.ts'

type Options = { readonly runtime: string }

const areas: Readonly<Record<string, (options: Options) => Promise<readonly Measured[]>>> = {
  anomaly: benchAnomaly,
  attestation: benchAttestation,
  'attestation-browser': benchAttestationBrowser,
  'attestation-memory': benchAttestationMemory,
  bridge: benchBridge,
  'bridge-faults': benchBridgeFaults,
  console: benchConsole,
  deploy: benchDeploy,
  dsecret: benchDsecret,
  'hot-update': benchHotUpdate,
  ingress: benchIngress,
  logs: benchLogs,
  manifest: benchManifest,
  start: ({ runtime }) => benchStart(runtime),
  threshold: benchThreshold,
  'threshold-floors': benchThresholdFloors,
  worker: benchWorker,
}
const runtimes = ['sandbox', 'docker', 'auto']
const usage = `usage: npm run bench -- <${Object.keys(areas).join('|')}> [--json] [--runtime ${runtimes.join('|')}]`

process.exitCode = await main()

async function main(): Promise<number> {
  const { values, positionals } = readArguments()
  const [name, ...others] = positionals
  if (values.list || name === undefined) {
    console.log(Object.keys(areas).join('\n'))
    return 0
  }
  const area = Object.hasOwn(areas, name) ? areas[name] : undefined
  if (area === undefined || others.length > 0) fail(`unknown area ${positionals.join(' ')}`, usage)
  if (!runtimes.includes(values.runtime)) fail(`unknown runtime ${values.runtime}`, usage)
  try {
    const measured = await area({ runtime: values.runtime })
    printMeasured(measured, values.json)
    return measured.every(({ ok }) => ok) ? 0 : 1
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        runtime: { type: 'string', default: 'sandbox' },
      },
    })
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), usage)
  }
}
