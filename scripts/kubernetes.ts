// `npm run test:kubernetes`: the Kubernetes driver against a real API server, or what it sends against Kubernetes' validation. Starts
// processes.
import { parseArgs } from 'node:util'
import { buildPrograms, missingPrograms } from './kubernetes/build.ts'
import {
  assetsFolder,
  programNames,
  validationModule,
  wrapperModules,
} from './kubernetes/recipe.ts'
import { run } from './run.ts'

const { values } = parseArgs({
  options: {
    /** Builds, tests nothing. */
    build: { type: 'boolean', default: false },
    /** Tests only when nothing has to be built. */
    'if-built': { type: 'boolean', default: false },
    /** Only what is sent against Kubernetes' own validation: builds in minutes. */
    validation: { type: 'boolean', default: false },
  },
})
const folder = assetsFolder(process.env)
const modules = values.validation ? [validationModule] : wrapperModules
const names = values.validation ? validationModule.programs.map(({ name }) => name) : programNames
const missing = missingPrograms(folder, names)

if (missing.length > 0 && values['if-built'])
  console.log(
    `SKIPPED: the Kubernetes driver is not tested: ${folder} has no ${missing.join(', ')}`,
  )
else {
  if (missing.length > 0) {
    console.log(`building ${missing.join(', ')} into ${folder}, once`)
    await buildPrograms(folder, modules, (line) => console.log(line))
  }
  if (!values.build) {
    process.env['KUBEBUILDER_ASSETS'] = folder
    const only = values.validation ? ['validation'] : []
    const { code } = await run('vitest', ['run', '--project', 'kubernetes', ...only])
    process.exitCode = code
  }
}
