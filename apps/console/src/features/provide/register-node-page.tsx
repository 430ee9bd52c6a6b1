// Registering a dsecret node: its keys from its TEE, where it answers, the stake; then signing.
import { useState } from 'react'
import { parseDot, parseNodeKeys, planNodeRegistration } from '@wetee/sdk'
import { DropZone } from '../../ui/drop.tsx'
import { AddressField, attempt, DotField, Field, readAddress, TextField } from '../../ui/field.tsx'
import { Amount, Card, Facts, Failure, Page } from '../../ui/parts.tsx'
import { Act } from '../transactions/act.tsx'
import { Registered, useStakeRules } from './registration.tsx'

/** `--print-identity` prints less than 1 KiB. */
const maxKeysBytes = 16_384

export function RegisterNodePage() {
  const rules = useStakeRules()
  const [operator, setOperator] = useState('')
  const [endpoint, setEndpoint] = useState('')
  const [keysText, setKeysText] = useState('')
  const [stake, setStake] = useState('')
  const [done, setDone] = useState(false)
  const { value } = attempt(() => ({
    operator: readAddress(operator, 'the operator'),
    endpoint: endpoint.trim(),
    keys: parseNodeKeys(keysText),
    ...(stake.trim() === '' ? {} : { stakeWei: parseDot(stake) }),
  }))
  if (done) return <Registered what="dsecret node" />
  return (
    <Page
      title="Register a dsecret node"
      sub="A TEE that holds a share of the network's key with others: together they judge evidence, sign leases and release secrets. Whoever signs two statements that contradict each other loses the whole stake."
    >
      <Card title="Node" note="set it up first: the operators' guide says how">
        <div className="body form">
          <AddressField
            label="Operator"
            value={operator}
            onValue={setOperator}
            what="the operator"
            hint="The hot account of the node, which pays gas. The connected account becomes the owner: the keys were made for both."
          />
          <Field
            label="Endpoint"
            value={endpoint}
            onValue={setEndpoint}
            input={{ placeholder: 'node.example:7790' }}
            hint="Host and port where the node answers."
          />
          <KeysField text={keysText} change={setKeysText} />
          <DotField
            label="Stake in DOT"
            value={stake}
            onValue={setStake}
            hint={
              rules.data === undefined ? undefined : (
                <>
                  Empty: the minimum, <Amount wei={rules.data.nodeWei} />.
                </>
              )
            }
          />
          <div className="buttons">
            <Act
              kind="primary"
              disabled={value === undefined || value.endpoint === ''}
              plan={(signer) => {
                if (value === undefined) throw new Error('the form is not complete')
                return planNodeRegistration(signer, value)
              }}
              onDone={() => setDone(true)}
            >
              Review and sign
            </Act>
          </div>
        </div>
      </Card>
    </Page>
  )
}

/** What its TEE printed, written or from a file, and the keys in it. */
function KeysField({ text, change }: { text: string; change: (text: string) => void }) {
  const [failure, setFailure] = useState<unknown>()
  const keys = text.trim() === '' ? {} : attempt(() => parseNodeKeys(text))
  return (
    <>
      <TextField
        onValue={change}
        rows={5}
        label="Keys"
        value={text}
        hint="What `dsecret --print-identity` printed in its TEE: public keys, with a proof that it holds them."
        problem={keys.problem}
      />
      <DropZone
        accept=".json,application/json"
        maxBytes={maxKeysBytes}
        label="Choose the file with the keys"
        onText={(given) => {
          setFailure(undefined)
          change(given)
        }}
        onProblem={setFailure}
      >
        Or drop the file here.
      </DropZone>
      {failure !== undefined && <Failure error={failure} />}
      {keys.value !== undefined && (
        <Facts
          rows={[
            ['Statement key', <code key="s">{keys.value.statementKey}</code>],
            ['Encryption key', <code key="e">{keys.value.encryptionKey}</code>],
            ['TLS key', <code key="t">{keys.value.tlsKeyHash}</code>],
          ]}
        />
      )}
    </>
  )
}
