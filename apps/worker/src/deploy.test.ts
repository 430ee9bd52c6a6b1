// What is under deploy/: the unit of systemd, the chart for Kubernetes.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configSchema } from './config.ts'
import { NODE_FLAGS } from './node-flags.ts'
import { chartFolder, chartValues, renderChart } from './testing/chart.ts'

const deploy = join(import.meta.dirname, '../../../deploy')
const read = (path: string) => readFileSync(join(deploy, path), 'utf8')
const unit = read('worker/wetee-worker.service')

test('the unit hands over at a reload, leaves applications running at a stop, and never gives up', () => {
  for (const line of [
    'Type=notify',
    'NotifyAccess=all',
    'ExecReload=/bin/kill -HUP $MAINPID',
    'KillMode=process',
    'Restart=always',
    'NoNewPrivileges=yes',
  ])
    expect(unit.split('\n')).toContain(line)
  // A mount namespace of its own would hide volumes from the engine.
  expect(unit).not.toMatch(/^(ProtectSystem|ProtectHome|PrivateTmp|PrivateMounts|ReadWritePaths)=/m)
})

test('the unit and the image start Node as the benchmark does', () => {
  const program = '/opt/wetee/apps/worker/src/main.ts'
  expect(unit).toContain(`/bin/node ${NODE_FLAGS.join(' ')} ${program} --config`)
  const command = JSON.stringify(['node', ...NODE_FLAGS, program]).replaceAll(',', ', ')
  expect(read('Dockerfile')).toContain(`ENTRYPOINT ${command}\n`)
})

const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0
if (!hasAnalyze) console.log('SKIPPED: the unit is not read by systemd-analyze, which is not here')
test.skipIf(!hasAnalyze)('systemd can read the unit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-unit-'))
  const file = join(folder, 'wetee-worker.service')
  // Only that Node does not lie there on this machine.
  writeFileSync(file, unit.replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true'))
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
  rmSync(folder, { recursive: true, force: true })
  expect(stderr.split('\n').filter((line) => line.includes('wetee-worker'))).toEqual([])
  expect(status).toBe(0)
})

type Json = Record<string, unknown>
const schema = JSON.parse(readFileSync(join(chartFolder, 'values.schema.json'), 'utf8')) as Json
const objects = renderChart()
const objectOf = (kind: string) =>
  objects.find((object) => object.kind === kind) as unknown as Json & { data: Json }

test('the chart has its objects, and every value is in the schema', () => {
  expect(objects.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Service', 'StatefulSet'])
  const properties = schema['properties'] as Record<string, Json>
  expect(Object.keys(chartValues).sort()).toEqual(Object.keys(properties).sort())
  for (const [name, value] of Object.entries(chartValues))
    if (properties[name]?.['additionalProperties'] === false)
      expect(Object.keys(properties[name]['properties'] as Json)).toEqual(
        expect.arrayContaining(Object.keys(value as Json)),
      )
})

test('the configuration of the chart is one that the worker takes', () => {
  const config = configSchema.parse(JSON.parse(String(objectOf('ConfigMap').data['worker.json'])))
  expect(config.runtime.kind).toBe('kubernetes')
  expect(config.ingress).toMatchObject({ host: '0.0.0.0', domain: 'apps.example', namePort: 8443 })
})

type Container = {
  name: string
  securityContext: Json
  volumeMounts: { name: string }[]
  ports?: { name: string; containerPort: number }[]
}
test('the pod is one that Pod Security restricted admits, mounts what it names, and listens where the service leads', () => {
  const { spec } = objectOf('StatefulSet') as unknown as {
    spec: {
      replicas: number
      volumeClaimTemplates: { metadata: { name: string } }[]
      template: {
        spec: {
          securityContext: Json
          initContainers: Container[]
          containers: Container[]
          volumes: (Json & { name: string })[]
        }
      }
    }
  }
  const pod = spec.template.spec
  expect(spec.replicas).toBe(1)
  expect(pod.securityContext).toMatchObject({
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  })
  const allowed = ['configMap', 'secret', 'emptyDir', 'persistentVolumeClaim', 'projected']
  for (const { name, ...source } of pod.volumes)
    expect(allowed, name).toContain(Object.keys(source)[0])
  const names = [
    ...pod.volumes.map(({ name }) => name),
    ...spec.volumeClaimTemplates.map(({ metadata }) => metadata.name),
  ]
  for (const { securityContext, volumeMounts } of [...pod.initContainers, ...pod.containers]) {
    expect(securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
    for (const { name } of volumeMounts) expect(names).toContain(name)
  }
  const service = objectOf('Service') as unknown as { spec: { ports: { targetPort: string }[] } }
  expect(pod.containers[0]?.ports).toEqual([{ name: 'names', containerPort: 8443 }])
  expect(service.spec.ports.map(({ targetPort }) => targetPort)).toEqual(['names'])
})
