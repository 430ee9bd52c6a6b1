// What its owner is told of, and where: rules and address of the manifest, and the worker's own conditions now.
import type { AlertRule } from '@wetee/manifest'
import { formatDuration, type AppDetails } from '@wetee/sdk'
import { Badge, Card, Empty, Facts, Failure, Loading } from '../../ui/parts.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { useManifest } from './manifest.ts'
import { seriesText, seriesTitle } from '../metrics/series.ts'

const example = `x-wetee:
  alerts:
    webhook: https://hooks.example.org/wetee
    rules:
      - name: memory-full
        kind: above
        series: memoryBytes
        of: memoryLimitBytes
        value: 0.9
        severity: error`

export function AlertsTab({ app }: { app: AppDetails }) {
  const manifest = useManifest(app)
  if (manifest.isPending)
    return (
      <Card title="Alerts">
        <Loading what="the manifest" />
      </Card>
    )
  if (manifest.isError) return <Failure error={manifest.error} />
  const { alerts } = manifest.data
  return (
    <>
      <Card title="Channel" note="who is told">
        {alerts?.webhook === undefined ? (
          <Empty>
            <p>Nobody is told: its manifest names no webhook. Alerts are shown here alone.</p>
          </Empty>
        ) : (
          <div className="body">
            <Facts
              rows={[
                ['Webhook', <code key="w">{alerts.webhook}</code>],
                ['Asked by', `its worker ${app.workerId}, once for each alert and its end`],
              ]}
            />
          </div>
        )}
      </Card>
      <Card
        title="Rules of the manifest"
        note="beside those that its worker applies to every application"
      >
        {alerts === undefined || alerts.rules.length === 0 ? (
          <Empty>
            <p>It has no rules of its own. A new version may:</p>
            <pre className="code" tabIndex={0}>
              {example}
            </pre>
            <a className="button" href={`#/app/${app.appId}/update`}>
              Update
            </a>
          </Empty>
        ) : (
          <Rules rules={alerts.rules} />
        )}
      </Card>
      <Card title="Now" note="its worker's word">
        {app.conditions.length === 0 ? (
          <Empty>Nothing is wrong, as far as its worker can tell.</Empty>
        ) : (
          <div className="body">
            <Facts
              rows={app.conditions.map(({ code, text, remedy }) => [
                code,
                remedy === '' ? text : `${text}: ${remedy}`,
              ])}
            />
          </div>
        )}
      </Card>
    </>
  )
}

function Rules({ rules }: { rules: readonly AlertRule[] }) {
  return (
    <Table heads={['Rule', 'When', 'For', 'Severity', 'What to do']}>
      {rules.map((rule) => (
        <tr key={rule.name}>
          <Cell label="Rule">{rule.name}</Cell>
          <Cell label="When">{whenText(rule)}</Cell>
          <Cell label="For">
            {rule.forMs === 0 ? 'at once' : formatDuration(rule.forMs / 1_000)}
          </Cell>
          <Cell label="Severity">
            <Badge tone={rule.severity === 'error' ? 'bad' : 'warn'}>{rule.severity}</Badge>
          </Cell>
          <Cell label="What to do">{rule.remedy === '' ? '–' : rule.remedy}</Cell>
        </tr>
      ))}
    </Table>
  )
}

function whenText(rule: AlertRule): string {
  const title = seriesTitle(rule.series)
  switch (rule.kind) {
    case 'above':
      return rule.of === undefined
        ? `${title} above ${seriesText(rule.series, rule.value)}`
        : `${title} above ${Math.round(rule.value * 100)} % of ${seriesTitle(rule.of).toLowerCase()}`
    case 'below':
      return `${title} below ${seriesText(rule.series, rule.value)}`
    case 'rises':
      return `${title} rises by ${seriesText(rule.series, rule.value)} within ${rule.withinMinutes} min`
    case 'crosses':
      return `${title} will cross ${typeof rule.limit === 'number' ? seriesText(rule.series, rule.limit) : seriesTitle(rule.limit).toLowerCase()} within ${rule.withinMinutes} min`
    case 'anomaly':
      return `${title} is unlike what it has been`
  }
}
