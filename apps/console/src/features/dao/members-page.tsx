// The members of the DAO; joining while that is open to all, and leaving.
import { useQuery } from '@tanstack/react-query'
import { isAddressEqual } from 'viem'
import { listMembers, planMembership } from '@wetee/sdk'
import { useNetwork } from '../../network/network.tsx'
import { Badge, Card, Empty, Hash } from '../../ui/parts.tsx'
import { Queried } from '../../ui/queried.tsx'
import { Cell, Table } from '../../ui/table.tsx'
import { useWallet } from '../../wallet/wallet.tsx'
import { Act } from '../transactions/act.tsx'
import { DaoFrame } from './dao-frame.tsx'

export function MembersPage() {
  const network = useNetwork()
  const { account } = useWallet()
  const members = useQuery({ queryKey: ['members'], queryFn: () => listMembers(network) })
  const { data } = members
  const isMember =
    account !== undefined && data?.members.some((one) => isAddressEqual(one, account)) === true
  return (
    <DaoFrame
      view="members"
      actions={
        <>
          <Act
            shown={data?.publicJoin === true && !isMember}
            plan={(signer) => planMembership(signer, 'join')}
          >
            Join
          </Act>
          <Act
            kind="danger"
            danger="Leave the DAO"
            shown={isMember}
            plan={(signer) => planMembership(signer, 'resign')}
          >
            Leave the DAO
          </Act>
        </>
      }
    >
      <Card
        title="Members"
        {...(data === undefined
          ? {}
          : {
              note: `${data.members.length}; ${data.publicJoin ? 'anybody may join' : 'new ones by proposal'}`,
            })}
      >
        <Queried query={members} what="the members">
          {({ members: all }) =>
            all.length === 0 ? (
              <Empty>There are none.</Empty>
            ) : (
              <Table heads={['Account', 'Note']}>
                {all.map((member) => (
                  <tr key={member}>
                    <Cell label="Account">
                      <Hash hex={member} what="the member's address" />
                    </Cell>
                    <Cell label="Note">
                      {account !== undefined && isAddressEqual(member, account) ? (
                        <Badge tone="good">you</Badge>
                      ) : (
                        '–'
                      )}
                    </Cell>
                  </tr>
                ))}
              </Table>
            )
          }
        </Queried>
      </Card>
    </DaoFrame>
  )
}
