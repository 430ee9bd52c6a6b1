// `npm run test:kubernetes [-- --if-built] [-- --build]`: the Kubernetes driver against a real API server. Starts processes.
import { parseArgs } from 'node:util'
import { buildPrograms, missingPrograms } from './kubernetes/build.ts'
import { assetsFolder } from './kubernetes/recipe.ts'
import { run } from './run.ts'

const { values } = parseArgs({
  options: {
    /** Builds, tests nothing. */
    build: { type: 'boolean', default: false },
    /** Tests only when nothing has to be built. */
    'if-built': { type: 'boolean', default: false },
  },
})
const folder = assetsFolder(process.env)
const missing = missingPrograms(folder)

if (missing.length > 0 && values['if-built'])
  console.log(
    `SKIPPED: the Kubernetes driver is not tested: ${folder} has no ${missing.join(', ')}`,
  )
else {
  if (missing.length > 0) {
    console.log(`building ${missing.join(', ')} into ${folder} (once; half an hour on two cores)`)
    await buildPrograms(folder, (line) => console.log(line))
  }
  if (!values.build) {
    process.env['KUBEBUILDER_ASSETS'] = folder
    const { code } = await run('vitest', ['run', '--project', 'kubernetes'])
    process.exitCode = code
  }
}
