// Sealed secrets on their way to the nodes: given to them once the chain names them, also after a reload.
import { useEffect } from 'react'
import { useQuery } from '@tanstack/react-query'
import { publishSecret, throughWorker, type AppDetails } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Failure } from '../../ui/parts.tsx'
import { bytesOf, forgetPending, usePending, type PendingUpload } from './pending-uploads.ts'
import { saveCopy } from './set-dialog.tsx'

export function Uploads({ app }: { app: AppDetails }) {
  const network = useNetwork()
  const pending = usePending(network, app.appId)
  return pending.map((one) => <Upload key={one.digest} app={app} one={one} />)
}

type Progress = { readonly state: 'not-on-chain' } | { readonly state: 'kept'; nodes: number }

function Upload({ app, one }: { app: AppDetails; one: PendingUpload }) {
  const network = useNetwork()
  const { digest } = one
  const endpoint = app.worker?.endpoint
  const upload = useQuery({
    queryKey: ['upload', digest],
    queryFn: async ({ signal }): Promise<Progress> => {
      const { number: at } = await network.reader.finalized()
      const [appId] = await network.reader.view('secrets', 'secretOf', [digest], at)
      if (appId === 0n) return { state: 'not-on-chain' }
      const via = endpoint === undefined ? network : throughWorker(network, endpoint)
      const { nodes } = await publishSecret(via, bytesOf(one), { signal })
      return { state: 'kept', nodes: nodes.length }
    },
    refetchInterval: ({ state }) => (state.data?.state === 'kept' ? false : 3_000),
  })
  const kept = upload.data?.state === 'kept' ? upload.data.nodes : undefined
  useEffect(() => {
    if (kept === undefined) return
    const timer = setTimeout(() => forgetPending(network, digest), 20_000)
    return () => clearTimeout(timer)
  }, [kept, network, digest])
  const label = `${one.name}, version ${one.version}`
  return (
    <div className={`notice ${kept !== undefined ? 'good' : 'warn'}`} role="status">
      <strong>
        {kept !== undefined
          ? `${label}: ${kept} nodes keep it. Instances are given it when they start anew.`
          : upload.isError
            ? `${label} is not with the nodes yet. This page goes on trying.`
            : upload.data?.state === 'not-on-chain'
              ? `${label} is sealed, but not on chain yet.`
              : `${label} is on its way to the nodes …`}
      </strong>
      {upload.isError && <Failure error={upload.error} retry={() => void upload.refetch()} />}
      <span className="buttons">
        <button
          type="button"
          className="button small"
          onClick={() => saveCopy(one.appId, one.name, one.version, bytesOf(one))}
        >
          Download your copy
        </button>
        <button
          type="button"
          className="button small"
          onClick={() => forgetPending(network, digest)}
        >
          {kept !== undefined ? 'Close' : 'Forget it'}
        </button>
      </span>
    </div>
  )
}
