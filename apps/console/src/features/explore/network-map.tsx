// The network at a glance: workers by region with how much of them is taken, and the committee; each leads to its page.
import { teeClassNames, type NodeRow, type WorkerRow } from '@wetee/sdk'
import { useNodes, useOverview, useWorkers } from '../../network/network.tsx'
import { cpuText, memoryText } from '../../ui/format.ts'
import { Card, Empty, Loading } from '../../ui/parts.tsx'
import { byRegion, nodeLook, workerLook } from './regions.ts'

export function NetworkMap() {
  const workers = useWorkers().data
  const nodes = useNodes().data
  const overview = useOverview().data
  const known = workers !== undefined && nodes !== undefined && overview !== undefined
  return (
    <Card title="Map" note="regions are the workers' own word; the bar is the CPU that is taken">
      {!known && <Loading what="the map" lines={3} />}
      {known && workers.length + nodes.length === 0 && <Empty>Nothing is here yet.</Empty>}
      {known && workers.length + nodes.length > 0 && (
        <div className="map body">
          {byRegion(workers).map(([region, members]) => (
            <section key={region} aria-label={`Workers in ${region}`}>
              <h3>{region}</h3>
              <div className="places">
                {members.map((worker) => (
                  <Worker key={String(worker.workerId)} worker={worker} />
                ))}
              </div>
            </section>
          ))}
          <section aria-label="Committee on the map">
            <h3>
              <a href="#/keys">Committee</a>
              {overview.members.length > 0 && (
                <span className="quiet">
                  {' '}
                  {overview.threshold} of {overview.members.length} are enough
                </span>
              )}
            </h3>
            <div className="places">
              {nodes
                .filter(({ status }) => status !== 'slashed')
                .map((node) => (
                  <Node
                    key={String(node.nodeId)}
                    node={node}
                    member={overview.members.includes(node.nodeId)}
                    now={overview.block.timestamp}
                  />
                ))}
            </div>
          </section>
        </div>
      )}
    </Card>
  )
}

function Worker({ worker }: { worker: WorkerRow }) {
  const { workerId, capacity, reserved } = worker
  const [look, word] = workerLook(worker)
  const share = capacity.cpuMilli === 0 ? 0 : reserved.cpuMilli / capacity.cpuMilli
  const free = `${cpuText(capacity.cpuMilli - reserved.cpuMilli)} and ${memoryText(capacity.memoryMiB - reserved.memoryMiB)} free`
  return (
    <a
      className={`place ${look}`}
      href={`#/worker/${workerId}`}
      title={`Worker ${workerId}: ${word}, ${teeClassNames(worker.teeClasses)}, ${free}, ${worker.apps} applications`}
      aria-label={`Worker ${workerId}, ${word}`}
    >
      {String(workerId)}
      <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
        <rect className="fill" width={Math.min(1, share) * 100} height="4" />
      </svg>
    </a>
  )
}

function Node({ node, member, now }: { node: NodeRow; member: boolean; now: bigint }) {
  const [look, word] = nodeLook(node, member, now)
  return (
    <a
      className={`place round ${look}`}
      href={`#/node/${node.nodeId}`}
      title={`dsecret node ${node.nodeId}: ${word}, ${node.vendor}`}
      aria-label={`dsecret node ${node.nodeId}, ${word}`}
    >
      {String(node.nodeId)}
    </a>
  )
}
