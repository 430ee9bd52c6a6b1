// What is shown of a query: a failure with a way on, that it is read, that there is nothing, or what it has read.
import { useState, type ReactNode } from 'react'
import type { UseQueryResult } from '@tanstack/react-query'
import { Card, Empty, Failure, Loading } from './parts.tsx'

/** What a query has read; when it fails anew, the failure above it. */
export function Queried<T>(props: {
  query: UseQueryResult<T>
  what: string
  lines?: number
  /** Said of a list with nothing in it. */
  none?: ReactNode
  children: (data: T) => ReactNode
}) {
  const { query, what, lines = 4, none, children } = props
  const { data } = query
  const failure = useFailure(query)
  const isNone = none !== undefined && Array.isArray(data) && data.length === 0
  return (
    <>
      {failure !== undefined && <Failure error={failure} retry={() => void query.refetch()} />}
      {query.isPending && failure === undefined && <Loading what={what} lines={lines} />}
      {isNone ? <Empty>{none}</Empty> : data !== undefined && children(data)}
    </>
  )
}

/** Why it has failed; stays while it is asked again, so that a failure and its button do not come and go. */
export function useFailure(query: UseQueryResult): unknown {
  const { isError, isSuccess, error } = query
  const [last, setLast] = useState<unknown>()
  if (isError && last !== error) setLast(error)
  if (isSuccess && last !== undefined) setLast(undefined)
  if (isSuccess) return undefined
  return isError ? error : last
}

/** In place of what a query has not read: the failure, or a card while it is read. */
export function Unread(props: {
  query: UseQueryResult
  what: string
  title?: string
  lines?: number
}) {
  const { query, what, title = 'Overview', lines = 4 } = props
  const failure = useFailure(query)
  if (failure !== undefined) return <Failure error={failure} retry={() => void query.refetch()} />
  return (
    <Card title={title}>
      <Loading what={what} lines={lines} />
    </Card>
  )
}
