// Who else may read a secret: another application with the manifest it has now, or all applications of an account.
import { useState } from 'react'
import { isAddress } from 'viem'
import { planGrant, readerOf, type AppDetails } from '@wetee/sdk'
import { Choice, Field } from '../../ui/field.tsx'
import { AskDialog } from '../transactions/ask-dialog.tsx'

export function GrantDialog(props: { app: AppDetails; name: string; close: () => void }) {
  const { app, name, close } = props
  const [kind, setKind] = useState<'app' | 'owner'>('app')
  const [text, setText] = useState('')
  const given = text.trim()
  const isFine =
    kind === 'app' ? /^[1-9]\d{0,18}$/.test(given) : isAddress(given, { strict: false })
  return (
    <AskDialog
      title={`Who else may read ${name}`}
      close={close}
      plan={
        isFine
          ? async (signer) =>
              planGrant(
                signer,
                app.appId,
                name,
                await readerOf(
                  signer,
                  kind === 'app' ? { appId: BigInt(given) } : { owner: given },
                ),
              )
          : undefined
      }
    >
      <Choice
        label="Reader"
        value={kind}
        onValue={setKind}
        options={[
          ['app', 'one application, with exactly the manifest that it has now'],
          ['owner', 'every application of an account'],
        ]}
      />
      <Field
        label={kind === 'app' ? 'Number of the application' : 'Address of the account'}
        value={text}
        onValue={setText}
        problem={
          given === '' || isFine
            ? undefined
            : kind === 'app'
              ? 'Expected a number such as 12.'
              : 'Expected 0x and 40 hex digits.'
        }
        hint="What was released stays known to its reader, also after you revoke this."
        input={{ spellCheck: false }}
      />
    </AskDialog>
  )
}
