// Tables that become lists on a phone.
import type { ReactNode, Ref } from 'react'

/** A head's text; `num` above numbers, `unseen` where it is only read aloud. */
type Head = string | { readonly num: string } | { readonly unseen: string }

/** A table that becomes a list on a phone; its rows are made of `Cell`s. */
export function Table(props: {
  heads: readonly Head[]
  /** Rows in all with the heads, where not all are drawn. */
  rowCount?: number
  body?: Ref<HTMLTableSectionElement>
  children: ReactNode
}) {
  return (
    <div className="scroll">
      <table className="stack" aria-rowcount={props.rowCount}>
        <thead>
          <tr>
            {props.heads.map((head, at) => (
              <th key={at} scope="col" className={hasNumbers(head) ? 'num' : undefined}>
                {typeof head === 'string' ? (
                  head
                ) : 'num' in head ? (
                  head.num
                ) : (
                  <span className="unseen">{head.unseen}</span>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={props.body}>{props.children}</tbody>
      </table>
    </div>
  )
}

const hasNumbers = (head: Head) => typeof head === 'object' && 'num' in head

/** One value of a row, with what it is for where the heads are gone; an empty label where the value says so itself. */
export function Cell(props: { label: string; className?: string; children: ReactNode }) {
  return (
    <td data-label={props.label} className={props.className}>
      {props.children}
    </td>
  )
}
